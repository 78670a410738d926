"""Workflow commands of GitHub Actions, which show findings and drifts beside the lines they are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from authscribe.finding import Finding, Severity
from authscribe.report.model import Lines, Report, Style

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report, lines: Lines, style: Style) -> str:
    """One command for each finding and drift."""
    del lines, style
    found = [_finding(finding) for finding in report.findings]
    for drift in report.drifts:
        repair = f"; run: {report.repair}" if report.repair else ""
        level = "error" if drift.state.counts else "notice"
        found.append(
            _command(level, {"file": report.path(drift), "title": drift.state.value}, f"not up to date{repair}")
        )
    return "".join(f"{line}\n" for line in found)


def _finding(finding: Finding) -> str:
    place = finding.place
    properties = {"file": place.path}
    if place.line:
        properties |= {"line": str(place.line), "col": str(place.column)}
    if place.end_line:
        properties |= {"endLine": str(place.end_line), "endColumn": str(place.end_column)}
    message = f"{finding.message}\nhelp: {finding.help}"
    return _command(_COMMANDS[finding.severity], properties | {"title": finding.code}, message)


def _command(name: str, properties: Mapping[str, str], message: str) -> str:
    joined = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {joined}::{_message(message)}"


def _message(text: str) -> str:
    """The escapes of the runner's command grammar."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
