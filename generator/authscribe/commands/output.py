"""Write reports and answers: the end of every command."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from authscribe.findings.finding import Lines, Severity
from authscribe.findings.source_lines import select_lines
from authscribe.readers.text import decode
from authscribe.report.model import Report, Style, wants_color
from authscribe.report.registry import render_report

_WIDTH: Final = 100


class Write(Protocol):
    """Function that writes text to standard output, or to standard error."""

    def __call__(self, message: str, *, nl: bool = True, err: bool = False) -> None:
        """Write `message`, with a newline after it if `nl`."""


class Output(NamedTuple):
    """Destination and format of a report, and what counts as failure."""

    format: str
    file: Path | None
    write: Write
    is_terminal: bool
    fail_on: Severity
    exit_zero: bool


def emit_report(report: Report, output: Output) -> None:
    """Write the report in the requested format, to the requested file or to standard output."""
    is_screen = output.is_terminal and output.file is None
    style = Style(
        color=wants_color(is_screen, os.environ),
        width=shutil.get_terminal_size((_WIDTH, 24)).columns if is_screen else _WIDTH,
    )
    write_text(render_report(output.format, replace(report, lines=_complete_lines(report)), style), output)


def _complete_lines(report: Report) -> Lines:
    """Return the lines of the report, and those of files that are no sources: the configuration, templates.

    Lines that are known are not read again: they may hold a mask in the place of a value.
    """
    missing = {
        finding.place.path
        for finding in report.findings
        if finding.place.line and (finding.place.path, finding.place.line) not in report.lines
    }
    return {**select_lines(report.findings, _read_texts(missing)), **report.lines}


def _read_texts(paths: Iterable[str]) -> dict[str, str]:
    texts = {}
    for path in paths:
        with suppress(OSError):
            texts[path] = decode(path, Path(path).read_bytes()).text
    return texts


def write_text(text: str, output: Output) -> None:
    """Write text as it is, to the requested file or to standard output."""
    if output.file is None:
        output.write(text, nl=False)
    else:
        output.file.write_text(text, encoding="utf-8", newline="\n")
