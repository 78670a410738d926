"""One line for each finding and drift, for editors and for grep."""

from __future__ import annotations

from collections.abc import Mapping

from authscribe.encoders import terminal
from authscribe.report.model import Report, Style


def render(report: Report, texts: Mapping[str, str], style: Style) -> str:
    """`path:line:column: severity[code] message`, and `path: state`."""
    del texts, style
    lines = [f"{f.place}: {f.severity.value}[{f.code}] {f.message}" for f in report.findings]
    lines += [f"{report.path(drift)}: {drift.state.value}" for drift in report.drifts]
    return "".join(f"{terminal(line)}\n" for line in lines)
