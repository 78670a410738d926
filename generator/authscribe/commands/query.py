"""What the verbs that answer a question share: how the answer is found, and how it is laid out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from authscribe.commands.output import Output, emit_report, write_text
from authscribe.connectors.context import ConnectorContext
from authscribe.encoders.text import escape_terminal
from authscribe.findings.finding import DefinitionError
from authscribe.report.exit_codes import WRONG_INPUT
from authscribe.report.model import Report
from authscribe.resolve.resolver import Resolution
from authscribe.workspace.load import LoadedSources, load_sources
from authscribe.workspace.options import Options
from authscribe.workspace.workspace import Workspace, find_workspace

VERSION: Final = 1


def answer_query(verb: str, options: Options, output: Output, answer: Callable[[Workspace, LoadedSources], str]) -> int:
    """Writes the answer, or the findings that keep it from being given."""
    loaded = LoadedSources((), {}, {})
    try:
        found = find_workspace(options, Path.cwd())
        loaded = load_sources(found.sources)
        result = answer(found, loaded)
    except DefinitionError as error:
        emit_report(Report(verb=verb, findings=error.findings), loaded.texts, output)
        return WRONG_INPUT
    write_text(result, output)
    return 0


def read_contexts(arguments: Sequence[str], found: Workspace, resolution: Resolution) -> Iterator[ConnectorContext]:
    """Connectors as they lie on the disk, beside their schemes."""
    from authscribe.connectors.context import create_context
    from authscribe.connectors.reader import ConnectorReader
    from authscribe.connectors.selection import select_folders

    reader = ConnectorReader.of(resolution.catalogue.platform)
    for folder in select_folders(arguments, found):
        yield create_context(reader.read(folder), resolution)


def format_cell(value: JsonValue) -> str:
    """A value in one cell of a table for people."""
    return ", ".join(str(item) for item in value) if isinstance(value, list) else "" if value is None else str(value)


def align_columns(rows: Sequence[Sequence[str]]) -> str:
    """The rows with their columns aligned, safe to print."""
    safe = [[escape_terminal(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*safe, strict=True)]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in safe
    )
