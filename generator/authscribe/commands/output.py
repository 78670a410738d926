"""Where a report goes: the end of every verb."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from authscribe.findings.finding import Severity
from authscribe.readers.text import decode
from authscribe.report.model import Lines, Report, Style, select_lines, wants_color
from authscribe.report.registry import render_report

_WIDTH: Final = 100


class Write(Protocol):
    """Writes text to standard output, or to standard error."""

    def __call__(self, message: str, *, nl: bool = True, err: bool = False) -> None:
        """Write `message`, with a newline after it if `nl`."""


class Output(NamedTuple):
    """Where a report goes, in which format, and what counts as failure."""

    format: str
    file: Path | None
    write: Write
    is_terminal: bool
    fail_on: Severity
    exit_zero: bool


def emit_report(result: Report, texts: Mapping[str, str], output: Output) -> None:
    """Writes the report in the format asked for, to the file asked for or to standard output."""
    emit_with_lines(result, gather_lines(result, texts), output)


def gather_lines(result: Report, texts: Mapping[str, str], known: Lines | None = None) -> Lines:
    """The lines that a report points at: those that are known, of the sources, and of files that are no sources.

    What is known is not read again: it may hold a mask in the place of a value.
    """
    gathered = known or {}
    missing = [f for f in result.findings if f.place.line and (f.place.path, f.place.line) not in gathered]
    others = {finding.place.path for finding in missing} - set(texts)
    return {**select_lines(result.findings, {**_texts(others), **texts}), **gathered}


def emit_with_lines(result: Report, found: Lines, output: Output) -> None:
    """Writes the report beside lines that were gathered on the way."""
    is_screen = output.is_terminal and output.file is None
    style = Style(
        color=wants_color(is_screen, os.environ),
        width=shutil.get_terminal_size((_WIDTH, 24)).columns if is_screen else _WIDTH,
    )
    write_text(render_report(output.format, result, found, style), output)


def _texts(paths: Iterable[str]) -> dict[str, str]:
    """The text of files that are no sources but have findings: the configuration, templates."""
    found = {}
    for path in paths:
        with suppress(OSError):
            found[path] = decode(path, Path(path).read_bytes()).text
    return found


def write_text(text: str, output: Output) -> None:
    """Writes text as it is, to the file asked for or to standard output."""
    if output.file is None:
        output.write(text, nl=False)
    else:
        output.file.write_text(text, encoding="utf-8", newline="\n")
