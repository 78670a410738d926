"""Write reports and answers: the end of every command."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from authscribe.findings.finding import Finding, Lines, Place, Severity
from authscribe.findings.source_lines import select_lines
from authscribe.readers.pasted_secrets import withhold_named, withhold_secrets
from authscribe.readers.text import decode
from authscribe.report.locations import move_drifts, move_findings
from authscribe.report.model import Report, Style, wants_color
from authscribe.report.registry import REPOSITORY_FORMATS, render_report
from authscribe.runtime.paths import find_repository, show_path

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

    @property
    def is_screen(self) -> bool:
        """Return whether a person reads what is written, on a terminal."""
        return self.is_terminal and self.file is None


def emit_report(report: Report, output: Output) -> None:
    """Write the report in the requested format, to the requested file or to standard output."""
    style = Style(
        color=wants_color(output.is_screen, os.environ),
        width=_measure_screen() if output.is_screen else _WIDTH,
        is_whole=output.file is not None,
    )
    report = _show_from_here(report)
    if output.format in REPOSITORY_FORMATS:
        report = _show_in_repository(report)
    write_text(render_report(output.format, report._replace(lines=_complete_lines(report)), style), output)


def _measure_screen() -> int:
    """Return the columns of the terminal."""
    # Imported here: no service that checks every commit has a terminal.
    from shutil import get_terminal_size

    return get_terminal_size((_WIDTH, 24)).columns


def _show_from_here(report: Report) -> Report:
    """Return the report with paths of sources relative to the current folder, not to that of the configuration."""
    directory = Path.cwd()

    # Few sources have findings, and showing the paths of thousands takes time.
    @cache
    def show(path: str) -> str:
        file = report.sources.get(path)
        return path if file is None or Path(path).is_absolute() else show_path(file, directory)

    return move_findings(report, show)


def _show_in_repository(report: Report) -> Report:
    """Return the report with paths relative to the root of the repository."""
    root = find_repository(Path.cwd(), os.environ)
    show = partial(_show_in_folder, folder=root)
    settled = report._replace(findings=tuple(map(_settle_finding, report.findings)))
    return move_drifts(move_findings(settled, show), show)


def _settle_finding(finding: Finding) -> Finding:
    """Return the finding with a place that exists, since services show no other.

    A place such as an option, a revision or a missing file moves to its message; the deepest folder above replaces it.
    """
    path = finding.place.path
    while path and not os.path.lexists(path):
        path = os.path.dirname(path)  # noqa: PTH120 - a Path has no empty path
    if path == finding.place.path:
        return finding
    message = f"{finding.place}: {finding.message}" if finding.place.path else finding.message
    return finding._replace(place=Place(path or "."), message=message)


def _show_in_folder(path: str, folder: Path) -> str:
    """Return the path relative to a folder; links to folders are resolved, since services do not follow them."""
    file = Path(os.path.abspath(path))  # noqa: PTH100 - keeps a link to a file
    return show_path(Path(os.path.realpath(file.parent), file.name), folder)


def _complete_lines(report: Report) -> Lines:
    """Return the lines of the report, and those of files that are no sources: the configuration, templates.

    Lines that are known are not read again: they may hold a mask in the place of a value. In others, values that are
    named as credentials are masked.
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
            texts[path] = withhold_named(decode(path, Path(path).read_bytes()).text)
    return texts


def write_text(text: str, output: Output) -> None:
    """Write text to the requested file or to standard output; values of secrets that it quotes are withheld."""
    text = withhold_secrets(text)
    if output.file is None:
        output.write(text, nl=False)
    else:
        output.file.write_text(text, encoding="utf-8", newline="\n")
