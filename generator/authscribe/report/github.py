"""Workflow commands of GitHub Actions, which annotate files with findings and drift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from authscribe.encoders.text import escape_terminal
from authscribe.findings.finding import Severity, pluralize
from authscribe.report.model import Report, ReportItem, Style, list_items

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_LIMIT: Final = 10
"""Annotations of one severity that GitHub shows for a step; it drops all further ones."""


def render_github(report: Report, style: Style) -> str:
    """Return one workflow command for each finding and drift, the most severe first.

    Items beyond GitHub's limit follow as lines of the log, in a group that tells how many there are.
    """
    del style
    items = tuple(list_items(report))
    by_severity = {severity: [item for item in items if item.severity is severity] for severity in Severity}
    annotated = (_render_item(item) for group in by_severity.values() for item in group[:_LIMIT])
    left = {severity: group[_LIMIT:] for severity, group in by_severity.items()}
    return "".join(f"{line}\n" for line in (*annotated, *_render_left(left)))


def _render_item(item: ReportItem) -> str:
    place = item.place
    # A finding about the command line is about no file.
    properties = {"file": place.path} if place.path != "." else {}
    if place.line:
        properties |= {"line": str(place.line), "col": str(place.column)}
    if place.end_line:
        properties |= {"endLine": str(place.end_line), "endColumn": str(place.end_column)}
    message = escape_terminal(item.message) + (f"\nhelp: {escape_terminal(item.help)}" if item.help else "")
    return _render_command(_COMMANDS[item.severity], properties | {"title": item.code}, message)


def _render_left(left: Mapping[Severity, Sequence[ReportItem]]) -> Iterator[str]:
    counts = [pluralize(len(items), f"more {severity.value}") for severity, items in left.items() if items]
    if counts:
        yield f"::group::{', '.join(counts)}"
        yield from (_render_log_line(item) for items in left.values() for item in items)
        yield "::endgroup::"


def _render_log_line(item: ReportItem) -> str:
    """Return a line that the runner takes for text: it finds commands in its old syntax anywhere in a line."""
    line = f"{item.severity.value}[{item.code}] {item.place}: {item.message}"
    return escape_terminal(line).replace("##[", "## [")


def _render_command(name: str, properties: Mapping[str, str], message: str) -> str:
    joined = ",".join(f"{key}={_escape_property(value)}" for key, value in properties.items())
    return f"::{name} {joined}::{_escape_message(message)}"


def _escape_message(text: str) -> str:
    """Escape text for the message of a workflow command, by the command grammar of GitHub's runner."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_message(escape_terminal(text)).replace(":", "%3A").replace(",", "%2C")
