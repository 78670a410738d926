"""GitLab's Code Quality report: a JSON list that a merge request shows beside the changed lines.

The form is that of GitLab's documentation, "Code Quality report format".
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Final

from authscribe.encoders.json import encode_json_document
from authscribe.findings.finding import Severity
from authscribe.report.model import Remark, Report, Style, list_remarks

_SEVERITIES: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render_gitlab(report: Report, style: Style) -> str:
    """One entry for each finding and drift; a fingerprint stays when lines above the place come or go."""
    del style
    return encode_json_document(list(_entries(report)))


def _entries(report: Report) -> Iterator[dict[str, object]]:
    seen: Counter[str] = Counter()
    for remark in list_remarks(report):
        identity = "\n".join((remark.code, remark.place.path, remark.message))
        seen[identity] += 1
        yield {
            "description": _description(remark),
            "check_name": remark.code,
            "fingerprint": hashlib.sha256(f"{identity}\n{seen[identity]}".encode()).hexdigest(),
            "severity": _SEVERITIES[remark.severity],
            "location": {"path": remark.place.path, "lines": {"begin": max(remark.place.line, 1)}},
        }


def _description(remark: Remark) -> str:
    return f"{remark.message}; {remark.help}" if remark.help else remark.message
