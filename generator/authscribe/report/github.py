"""Workflow commands of GitHub Actions, which show findings and drifts beside the lines they are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from authscribe.encoders.text import escape_terminal
from authscribe.findings.finding import Severity
from authscribe.report.model import Remark, Report, Style, list_remarks

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render_github(report: Report, style: Style) -> str:
    """One command for each finding and drift."""
    del style
    return "".join(f"{_remark(remark)}\n" for remark in list_remarks(report))


def _remark(remark: Remark) -> str:
    place = remark.place
    properties = {"file": escape_terminal(place.path)}
    if place.line:
        properties |= {"line": str(place.line), "col": str(place.column)}
    if place.end_line:
        properties |= {"endLine": str(place.end_line), "endColumn": str(place.end_column)}
    message = escape_terminal(remark.message) + (f"\nhelp: {escape_terminal(remark.help)}" if remark.help else "")
    return _command(_COMMANDS[remark.severity], properties | {"title": remark.code}, message)


def _command(name: str, properties: Mapping[str, str], message: str) -> str:
    joined = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {joined}::{_message(message)}"


def _message(text: str) -> str:
    """The escapes of the runner's command grammar."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
