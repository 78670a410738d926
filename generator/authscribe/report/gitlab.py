"""GitLab Code Quality report: a JSON list that a merge request shows beside the changed lines.

GitLab's documentation defines it under "Code Quality report format".
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Final

from authscribe.encoders.json import encode_json_document
from authscribe.findings.finding import Severity
from authscribe.report.model import Report, ReportItem, Style, list_items

_SEVERITIES: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render_gitlab(report: Report, style: Style) -> str:
    """Return one entry for each finding and drift; fingerprints do not depend on line numbers."""
    del style
    return encode_json_document(list(_list_entries(report)))


def _list_entries(report: Report) -> Iterator[dict[str, object]]:
    counts: Counter[str] = Counter()
    for item in list_items(report):
        identity = "\n".join((item.code, item.place.path, item.message))
        counts[identity] += 1
        yield {
            "description": _describe(item),
            "check_name": item.code,
            "fingerprint": hashlib.sha256(f"{identity}\n{counts[identity]}".encode()).hexdigest(),
            "severity": _SEVERITIES[item.severity],
            "location": {"path": item.place.path, "lines": {"begin": max(item.place.line, 1)}},
        }


def _describe(item: ReportItem) -> str:
    return f"{item.message}; {item.help}" if item.help else item.message
