"""One line for each finding and drift, for editors and grep."""

from __future__ import annotations

from authscribe.encoders.text import escape_terminal
from authscribe.report.model import Report, Style


def render_concise(report: Report, style: Style) -> str:
    """Return lines of the form `path:line:column: severity[code] message`, then `path: state` for drift.

    Drift of a page has a line, and the row that is not up to date.
    """
    del style
    lines = [f"{f.place}: {f.severity.value}[{f.code}] {f.message}" for f in report.findings]
    for drift in report.drifts:
        change = f" ({drift.change.describe()})" if drift.change is not None else ""
        lines.append(f"{report.locate_drift(drift)}: {drift.state.value}{change}")
    return "".join(f"{escape_terminal(line)}\n" for line in lines)
