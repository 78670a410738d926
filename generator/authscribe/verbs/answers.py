"""What the verbs that answer a question share: how the answer is found, and how it is laid out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from authscribe import encoders, loading, workspace
from authscribe.finding import DefinitionError
from authscribe.lint.subject import Subject
from authscribe.loading import Loaded
from authscribe.report.model import Report
from authscribe.resolve import Resolution
from authscribe.verbs.output import WRONG_INPUT, Output, emit, write
from authscribe.workspace import Options, Workspace

VERSION: Final = 1


def answered(verb: str, options: Options, output: Output, answer: Callable[[Workspace, Loaded], str]) -> int:
    """Writes the answer, or the findings that keep it from being given."""
    loaded = Loaded((), {}, {})
    try:
        found = workspace.find(options, Path.cwd())
        loaded = loading.load(found.sources)
        result = answer(found, loaded)
    except DefinitionError as error:
        emit(Report(verb=verb, findings=error.findings), loaded.texts, output)
        return WRONG_INPUT
    write(result, output)
    return 0


def subjects(arguments: Sequence[str], found: Workspace, resolution: Resolution) -> Iterator[Subject]:
    """Connectors as they lie on the disk, beside their schemes."""
    from authscribe.connectors.reader import Reader
    from authscribe.lint.subject import subject
    from authscribe.verbs import choice

    reader = Reader.of(resolution.catalogue.platform)
    for folder in choice.folders(arguments, found):
        yield subject(reader.read(folder), resolution)


def cell(value: JsonValue) -> str:
    """A value in one cell of a table for people."""
    return ", ".join(str(item) for item in value) if isinstance(value, list) else "" if value is None else str(value)


def columns(rows: Sequence[Sequence[str]]) -> str:
    """The rows with their columns aligned, safe to print."""
    safe = [[encoders.terminal(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*safe, strict=True)]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in safe
    )
