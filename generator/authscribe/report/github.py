"""Workflow commands of GitHub Actions, which annotate files with findings and drift."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from authscribe.encoders.text import escape_terminal
from authscribe.findings.finding import Severity
from authscribe.report.model import Report, ReportItem, Style, list_items

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render_github(report: Report, style: Style) -> str:
    """Return one workflow command for each finding and drift."""
    del style
    return "".join(f"{_render_item(item)}\n" for item in list_items(report))


def _render_item(item: ReportItem) -> str:
    place = item.place
    properties = {"file": escape_terminal(place.path)}
    if place.line:
        properties |= {"line": str(place.line), "col": str(place.column)}
    if place.end_line:
        properties |= {"endLine": str(place.end_line), "endColumn": str(place.end_column)}
    message = escape_terminal(item.message) + (f"\nhelp: {escape_terminal(item.help)}" if item.help else "")
    return _render_command(_COMMANDS[item.severity], properties | {"title": item.code}, message)


def _render_command(name: str, properties: Mapping[str, str], message: str) -> str:
    joined = ",".join(f"{key}={_escape_property(value)}" for key, value in properties.items())
    return f"::{name} {joined}::{_escape_message(message)}"


def _escape_message(text: str) -> str:
    """Escape text for the message of a workflow command, by the command grammar of GitHub's runner."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_message(text).replace(":", "%3A").replace(",", "%2C")
