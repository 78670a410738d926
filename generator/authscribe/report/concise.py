"""One line for each finding and drift, for editors and grep."""

from __future__ import annotations

from authscribe.encoders.text import escape_terminal
from authscribe.report.model import Report, Style


def render_concise(report: Report, style: Style) -> str:
    """Return lines of the form `path:line:column: severity[code] message`, then `path: state` for drift."""
    del style
    lines = [f"{f.place}: {f.severity.value}[{f.code}] {f.message}" for f in report.findings]
    lines += [f"{report.show_path(drift)}: {drift.state.value}" for drift in report.drifts]
    return "".join(f"{escape_terminal(line)}\n" for line in lines)
