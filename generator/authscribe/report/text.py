"""The report for people: each finding with its source line and what would be right, each drift with its diff.

The only module, with the progress display, that knows rich.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from authscribe.build.content import Content
from authscribe.drift.compare import Drift, DriftState
from authscribe.encoders.text import escape_terminal
from authscribe.findings.finding import Finding, Lines, Place, Severity
from authscribe.report.model import Report, Style, pluralize, summarize

_DIFF_LIMIT: Final = 100
_COLORS: Final = {
    Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan",
    DriftState.CHANGED: "yellow", DriftState.MISSING: "red", DriftState.ORPHANED: "magenta",
    DriftState.EDITED: "bold red", DriftState.STALE_INPUT: "cyan", DriftState.VERSION_ONLY: "cyan",
}  # fmt: skip
_HINTS: Final = {
    DriftState.EDITED: "edited: move the change into the definitions or a template, or overwrite it with --force",
    DriftState.ORPHANED: "orphaned: delete what is no longer produced with --prune",
}


def render_text(report: Report, style: Style) -> str:
    """The report with one empty line between findings, a summary, and the command that repairs the drift."""
    blocks = ["\n".join(_finding(finding, report.lines, style)) for finding in report.findings]
    drifts = "\n".join(_drifts(report, style))
    blocks += [block for block in (drifts, "\n".join(_ending(report, style))) if block]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _finding(finding: Finding, lines: Lines, style: Style) -> Iterator[str]:
    head = _painted(f"{finding.severity.value}[{finding.code}]", _COLORS[finding.severity], style)
    yield f"{head}: {escape_terminal(finding.message)}"
    gutter = len(str(max((place.line for place in _places(finding)), default=0)))
    yield f"{' ' * gutter}--> {escape_terminal(str(finding.place))}"
    yield from _excerpt(finding.place, "", lines, gutter, style)
    for label in finding.labels:
        yield f"{' ' * gutter}::: {escape_terminal(str(label.place))}"
        yield from _excerpt(label.place, label.message, lines, gutter, style)
    yield f"{' ' * gutter} = {_painted('help', 'bold', style)}: {escape_terminal(finding.help)}"


def _places(finding: Finding) -> Iterator[Place]:
    yield finding.place
    yield from (label.place for label in finding.labels)


def _excerpt(place: Place, message: str, lines: Lines, gutter: int, style: Style) -> Iterator[str]:
    """The source line with the span underlined; long lines are cut around the span."""
    line = lines.get((place.path, place.line), "")
    if not line.strip():
        return
    start = min(max(place.column - 1, 0), len(line))
    end = place.end_column - 1 if place.end_line == place.line else len(line)
    before, marked, after = _window(line, start, max(end, start + 1), style.width - gutter - 4)
    underline = " " * _columns(before) + _painted("^" * max(_columns(marked), 1), "bold", style)
    yield f"{' ' * gutter} |"
    yield f"{place.line:>{gutter}} | {before}{marked}{after}"
    yield f"{' ' * gutter} | {underline}{f' {escape_terminal(message)}' if message else ''}"


def _window(line: str, start: int, end: int, width: int) -> tuple[str, str, str]:
    """The parts before, in and after the span, tabs as blanks, cut to the width with an ellipsis."""
    before, marked, after = (
        escape_terminal(part.replace("\t", "    ")) for part in (line[:start], line[start:end], line[end:])
    )
    room = max(width, 20)
    if len(before) + len(marked) + len(after) <= room:
        return before, marked, after
    marked = marked if len(marked) <= room // 2 else f"{marked[: room // 2 - 3]}..."
    before = before if len(before) <= room // 3 else f"...{before[-(room // 3 - 3) :]}"
    left = room - len(before) - len(marked)
    return before, marked, after if len(after) <= left else f"{after[: max(left - 3, 0)]}..."


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _drifts(report: Report, style: Style) -> Iterator[str]:
    if report.verb in ("generate", "docs") and not report.dry_run:
        folder = f"{report.out_dir}/" if report.out_dir else ""
        yield from (f"{'wrote':<9}{folder}{escape_terminal(path)}" for path in report.written[:20])
        if len(report.written) > 20:
            yield f"{'wrote':<9}... and {pluralize(len(report.written) - 20, 'more file')}"
    if report.verb == "scaffold":
        verb = "would write" if report.dry_run else "wrote"
        yield from (f"{verb:<13}{report.out_dir}/{escape_terminal(path)}" for path in report.written)
        yield from (f"{'kept':<13}{report.out_dir}/{escape_terminal(path)}" for path in report.kept)
    width = max((len(drift.state.value) for drift in report.drifts), default=0) + 2
    for drift in report.drifts:
        state = _painted(f"{drift.state.value:<{width}}", _COLORS[drift.state], style)
        note = f"  ({drift.note})" if drift.note else ""
        yield f"{state}{escape_terminal(report.path(drift))}{note}"
        if report.show_diff:
            yield from _diff(drift, report.path(drift), style)


def _diff(drift: Drift, path: str, style: Style) -> Iterator[str]:
    """From what is on disk to what the definitions produce."""
    if not drift.state.counts:
        return
    import difflib

    lines = list(
        difflib.unified_diff(
            _lines(drift.actual), _lines(drift.expected), f"{path} (on disk)", f"{path} (definitions)", lineterm=""
        )
    )
    for line in lines[:_DIFF_LIMIT]:
        color = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        yield f"  {_painted(escape_terminal(line.rstrip()), color, style)}"
    if len(lines) > _DIFF_LIMIT:
        yield f"  ... {pluralize(len(lines) - _DIFF_LIMIT, 'more line')}"


def _lines(content: Content | None) -> list[str]:
    return (content.data if content else b"").decode("utf-8", "replace").replace("\r\n", "\n").splitlines()


def _ending(report: Report, style: Style) -> Iterator[str]:
    yield from (hint for state, hint in _HINTS.items() if report.drifted(state))
    line = summarize(report)
    if line:
        yield line
    if report.repair is not None and report.has_drift:
        yield f"run: {_painted(escape_terminal(report.repair), 'bold', style)}"


def _painted(text: str, color: str, style: Style) -> str:
    if not style.color or not color or not text:
        return text
    from rich.color import ColorSystem
    from rich.style import Style as RichStyle

    return RichStyle.parse(color).render(text, color_system=ColorSystem.STANDARD)
