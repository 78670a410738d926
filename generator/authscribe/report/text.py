"""Report for people: findings with their source lines and fixes, drift with its diff.

Besides the progress display, this is the only module that uses rich.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from authscribe.drift.drift import Drift, DriftState
from authscribe.encoders.text import escape_terminal
from authscribe.findings.finding import Finding, Lines, Place, Severity, pluralize
from authscribe.report.model import REPAIRING, Report, Style, Verb, summarize

if TYPE_CHECKING:
    from authscribe.build.content import AnyContent

_CHANGED_LIMIT: Final = 20
_FEW: Final = {Severity.WARNING: 6, Severity.INFO: 3}
_SHOWN_OF_MANY: Final = {Severity.WARNING: 5, Severity.INFO: 1}
_GROUPING: Final = (Verb.GENERATE, Verb.CHECK, Verb.LINT)
_DIFF_LIMIT: Final = 100
_DIFF_WIDTH: Final = 200
"""Characters of a line of a diff: generated HTML and JSON have lines that are longer than a file should be."""
_COLORS: Final = {
    Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan",
    DriftState.CHANGED: "yellow", DriftState.MISSING: "red", DriftState.ORPHANED: "magenta",
    DriftState.EDITED: "bold red", DriftState.STALE_INPUT: "cyan", DriftState.VERSION_ONLY: "cyan",
}  # fmt: skip
_HINTS: Final = {
    DriftState.EDITED: "edited: move the change to the definitions or a template, or run with --force to overwrite it",
    DriftState.ORPHANED: "orphaned: run with --prune to delete files that are no longer produced",
}


def render_text(report: Report, style: Style) -> str:
    """Return the findings, written files and drift, a summary, and the command that resolves the drift."""
    blocks = [
        "\n".join((*_render_finding(finding, report.lines, style), *_render_more(finding, more, style)))
        for finding, more in _group_findings(report)
    ]
    files = "\n".join((*_render_written(report), *_render_drifts(report, style)))
    blocks += [block for block in (files, "\n".join(_render_ending(report, style))) if block]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _group_findings(report: Report) -> Iterator[tuple[Finding, int]]:
    """Yield the findings to show, each with the number of those that are left out after it.

    Of more than a few warnings of one rule about one file, only the first are shown, and of infos only one.
    Every error is, and every finding of a command whose answer they are.
    """
    counts = Counter(map(_make_group_key, report.findings))
    shown: Counter[tuple[str, str, str]] = Counter()
    for finding in report.findings:
        key = _make_group_key(finding)
        shown[key] += 1
        if report.verb not in _GROUPING or counts[key] <= _FEW.get(finding.severity, counts[key]):
            yield finding, 0
        elif shown[key] <= (limit := _SHOWN_OF_MANY[finding.severity]):
            yield finding, counts[key] - limit if shown[key] == limit else 0


def _make_group_key(finding: Finding) -> tuple[str, str, str]:
    return finding.severity, finding.code, finding.place.path


def _render_more(finding: Finding, more: int, style: Style) -> Iterator[str]:
    if more:
        note = f"{more} more '{finding.code}' findings in this file; --output-format concise lists them"
        yield f" = {_paint('note', 'bold', style)}: {note}"


def _render_finding(finding: Finding, lines: Lines, style: Style) -> Iterator[str]:
    head = _paint(f"{finding.severity.value}[{finding.code}]", _COLORS[finding.severity], style)
    yield f"{head}: {escape_terminal(finding.message)}"
    gutter = len(str(max((place.line for place in finding.places), default=0)))
    yield f"{' ' * gutter}--> {escape_terminal(str(finding.place))}"
    yield from _render_excerpt(finding.place, "", lines, gutter, style)
    for label in finding.labels:
        yield f"{' ' * gutter}::: {escape_terminal(str(label.place))}"
        yield from _render_excerpt(label.place, label.message, lines, gutter, style)
    yield f"{' ' * gutter} = {_paint('help', 'bold', style)}: {escape_terminal(finding.help)}"


def _render_excerpt(place: Place, message: str, lines: Lines, gutter: int, style: Style) -> Iterator[str]:
    """Yield the source line with the span underlined; a long line is cut around the span."""
    line = lines.get((place.path, place.line), "")
    if not line.strip():
        return
    start = min(max(place.column - 1, 0), len(line))
    end = place.end_column - 1 if place.end_line == place.line else len(line)
    before, marked, after = _cut_line(line, start, max(end, start + 1), style.width - gutter - 4)
    underline = " " * _measure_width(before) + _paint("^" * max(_measure_width(marked), 1), "bold", style)
    yield f"{' ' * gutter} |"
    yield f"{place.line:>{gutter}} | {before}{marked}{after}"
    yield f"{' ' * gutter} | {underline}{f' {escape_terminal(message)}' if message else ''}"


def _cut_line(line: str, start: int, end: int, width: int) -> tuple[str, str, str]:
    """Return the parts of a line before, in and after the span, cut to the width, with tabs as spaces."""
    room = max(width, 20)
    # One character more than there is room for shows that a part is cut, however long the line is.
    spans = ((max(start - room - 1, 0), start), (start, min(end, start + room + 1)), (end, end + room + 1))
    before, marked, after = (escape_terminal(line[first:last].replace("\t", "    ")) for first, last in spans)
    if len(before) + len(marked) + len(after) <= room:
        return before, marked, after
    marked = marked if len(marked) <= room // 2 else f"{marked[: room // 2 - 3]}..."
    before = before if len(before) <= room // 3 else f"...{before[-(room // 3 - 3) :]}"
    left = room - len(before) - len(marked)
    return before, marked, after if len(after) <= left else f"{after[: max(left - 3, 0)]}..."


def _measure_width(text: str) -> int:
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _render_written(report: Report) -> Iterator[str]:
    """Yield the files that the run wrote or deleted, and of a scaffold also those that it kept or would write."""
    folder = f"{report.out_dir}/" if report.out_dir else ""
    if report.verb in (Verb.GENERATE, *REPAIRING) and not report.dry_run:
        yield from _render_changed("wrote", report.written, folder)
        yield from _render_changed("deleted", report.deleted, folder)
    if report.backup:
        yield f"{'copied':<9}edited files to {folder}{report.backup}"
    if report.verb is Verb.SCAFFOLD:
        action = "would write" if report.dry_run else "wrote"
        yield from (f"{action:<13}{folder}{escape_terminal(path)}" for path in report.written)
        yield from (f"{'kept':<13}{folder}{escape_terminal(path)}" for path in report.kept)


def _render_changed(action: str, paths: Sequence[str], folder: str) -> Iterator[str]:
    yield from (f"{action:<9}{folder}{escape_terminal(path)}" for path in paths[:_CHANGED_LIMIT])
    if len(paths) > _CHANGED_LIMIT:
        yield f"{action:<9}... and {pluralize(len(paths) - _CHANGED_LIMIT, 'more file')}"


def _render_drifts(report: Report, style: Style) -> Iterator[str]:
    width = max((len(drift.state.value) for drift in report.drifts), default=0) + 2
    for drift in report.drifts:
        state = _paint(f"{drift.state.value:<{width}}", _COLORS[drift.state], style)
        note = f"  ({drift.note})" if drift.note else ""
        line = f":{report.locate_drift(drift).line}" if drift.change is not None else ""
        yield f"{state}{escape_terminal(report.show_path(drift))}{line}{note}"
        if report.show_diff:
            after = "fixed" if report.verb is Verb.LINT else "definitions"
            yield from _render_diff(drift, report.show_path(drift), after, style)


def _render_diff(drift: Drift, path: str, after: str, style: Style) -> Iterator[str]:
    """Yield the diff from the file on disk to the one that is expected, of which `after` is the origin."""
    if not drift.state.counts:
        return
    import difflib

    lines = list(
        difflib.unified_diff(
            _split_lines(drift.actual),
            _split_lines(drift.expected),
            f"{path} (on disk)",
            f"{path} ({after})",
            lineterm="",
        )
    )
    shown = lines if style.is_whole else [_cut_diff_line(line) for line in lines[:_DIFF_LIMIT]]
    for line in shown:
        color = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        yield f"  {_paint(escape_terminal(line.rstrip()), color, style)}"
    left = len(lines) - len(shown)
    if left:
        yield f"  ... {pluralize(left, 'more line')}; for all of them, add --output-file FILE"


def _cut_diff_line(line: str) -> str:
    left = len(line) - _DIFF_WIDTH
    return line if left <= 0 else f"{line[:_DIFF_WIDTH]}... {pluralize(left, 'more character')}"


def _split_lines(content: AnyContent | None) -> list[str]:
    return (content.data if content else b"").decode("utf-8", "replace").replace("\r\n", "\n").splitlines()


def _render_ending(report: Report, style: Style) -> Iterator[str]:
    yield from (hint for state, hint in _HINTS.items() if report.count_drifts(state) and state not in report.resolved)
    summary = summarize(report)
    if summary:
        yield summary
    if report.repair is not None and report.has_drift:
        yield f"run: {_paint(escape_terminal(report.repair), 'bold', style)}"


def _paint(text: str, color: str, style: Style) -> str:
    if not style.color or not color or not text:
        return text
    from rich.color import ColorSystem
    from rich.style import Style as RichStyle

    return RichStyle.parse(color).render(text, color_system=ColorSystem.STANDARD)
