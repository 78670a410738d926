"""One line for each finding and drift, for editors and for grep."""

from __future__ import annotations

from authscribe.encoders.text import escape_terminal
from authscribe.report.model import Report, Style


def render_concise(report: Report, style: Style) -> str:
    """`path:line:column: severity[code] message`, and `path: state`."""
    del style
    found = [f"{f.place}: {f.severity.value}[{f.code}] {f.message}" for f in report.findings]
    found += [f"{report.path(drift)}: {drift.state.value}" for drift in report.drifts]
    return "".join(f"{escape_terminal(line)}\n" for line in found)
