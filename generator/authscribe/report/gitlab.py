"""GitLab Code Quality report: a JSON list that a merge request shows beside the changed lines.

GitLab's documentation defines it under "Code Quality report format".
"""

from __future__ import annotations

from typing import Final

from authscribe.encoders.json import encode_json_document
from authscribe.findings.finding import Severity
from authscribe.report.model import Report, ReportItem, Style, list_items

_SEVERITIES: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render_gitlab(report: Report, style: Style) -> str:
    """Return one entry for each finding and drift."""
    del style
    return encode_json_document([_describe_item(item) for item in list_items(report)])


def _describe_item(item: ReportItem) -> dict[str, object]:
    return {
        "description": f"{item.message}; {item.help}" if item.help else item.message,
        "check_name": item.code,
        "fingerprint": item.fingerprint,
        "severity": _SEVERITIES[item.severity],
        "location": {"path": item.place.path, "lines": {"begin": max(item.place.line, 1)}},
    }
