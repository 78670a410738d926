"""The verb `lint`: connectors and definitions against the schemes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from authscribe.commands.output import Output, emit_report, emit_with_lines, gather_lines
from authscribe.connectors.context import ConnectorContext, create_context
from authscribe.connectors.file_trees import DirectoryTree, Folder
from authscribe.connectors.reader import ConnectorReader
from authscribe.connectors.references import ReferenceKind
from authscribe.connectors.selection import select_folders
from authscribe.connectors.snapshot import Snapshot
from authscribe.findings.finding import DefinitionError, Finding, Place, sort_findings
from authscribe.findings.rules.wrong_value import report_wrong_value
from authscribe.lint.baseline import dump_baseline, parse_baseline, subtract_baseline
from authscribe.lint.definition_values import check_definitions
from authscribe.lint.registry import lint_connector, load_rules
from authscribe.lint.suppressions import FilteredFindings, apply_suppressions, list_suppressions
from authscribe.lint.templates import Revision, check_revisions
from authscribe.readers.text import decode, read_content
from authscribe.report.exit_codes import WRONG_INPUT, choose_exit_code
from authscribe.report.model import Contents, Lines, Report, select_lines
from authscribe.resolve.resolver import Resolution
from authscribe.runtime import pool
from authscribe.runtime.paths import show_path
from authscribe.runtime.progress import track_progress
from authscribe.workspace.load import LoadedSources, load_sources
from authscribe.workspace.options import Options
from authscribe.workspace.resolve import resolve_sources
from authscribe.workspace.workspace import Workspace, find_workspace

_VALUE_RULE: Final = "literal-secret"
_MASK: Final = "*" * 8
_WORTH: Final = 40
"""The least number of connectors for which another process pays."""


@dataclass(frozen=True, slots=True)
class LintRequest:
    """What is to be linted; `baseline` is the file with what is known already."""

    connectors: tuple[str, ...]
    baseline: str | None = None
    update_baseline: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    """What is kept of a connector that was read: not its texts, so that memory does not grow with them."""

    findings: tuple[Finding, ...]
    lines: Lines
    contents: Contents
    revision: Revision


def run_lint(options: Options, request: LintRequest, output: Output) -> int:
    """Reports what the rules say, but for what is suppressed or known."""
    loaded = LoadedSources((), {}, {})
    try:
        found = find_workspace(options, Path.cwd())
        loaded = load_sources(found.sources, jobs=found.jobs)
        resolution = resolve_sources(loaded, found, tolerant=True)
        suppressions = tuple(list_suppressions(found.suppressions, resolution, load_rules))
        baseline = _baseline_file(request, found)
        read = _all_read(tuple(select_folders(request.connectors, found)), resolution, found.jobs)
        revisions = check_revisions([one.revision for one in read])
        found_there = (finding for one in read for finding in one.findings)
        findings = sort_findings((*resolution.findings, *check_definitions(resolution), *found_there, *revisions))
        judged = apply_suppressions(findings, suppressions, _today(), complete=not request.connectors)
        fresh = _beyond_baseline(judged.findings, baseline, update=request.update_baseline)
    except DefinitionError as error:
        emit_report(Report(verb="lint", findings=error.findings), loaded.texts, output)
        return WRONG_INPUT
    known = {place: line for one in read for place, line in one.lines.items()}
    report = Report(
        verb="lint",
        findings=sort_findings(fresh.findings),
        connectors=tuple(one.contents for one in read),
        hidden=judged.hidden + fresh.hidden,
    )
    emit_with_lines(report, gather_lines(report, loaded.texts, known), output)
    return choose_exit_code(report, fail_on=output.fail_on, exit_zero=output.exit_zero)


def _all_read(folders: Sequence[Folder], resolution: Resolution, jobs: int) -> tuple[_Read, ...]:
    """Every connector, in the order of the folders; archives and revisions are open here and stay in this process."""
    can_share = all(isinstance(folder.tree, DirectoryTree) for folder in folders)
    count = pool.count_processes(jobs, len(folders), worth=_WORTH) if can_share else 1
    work = partial(_read, resolution=resolution)
    with pool.map_batches(work, pool.split_batches(folders, count), count) as results:
        return tuple(track_progress((read for batch in results for read in batch), "reading connectors", len(folders)))


def _read(folders: Sequence[Folder], resolution: Resolution) -> list[_Read]:
    reader = ConnectorReader.of(resolution.catalogue.platform)
    return [_judged(reader.read(folder), resolution) for folder in folders]


def _judged(snapshot: Snapshot, resolution: Resolution) -> _Read:
    judged = create_context(snapshot, resolution)
    findings = tuple(lint_connector(judged))
    return _Read(
        findings, _safe(select_lines(findings, snapshot.texts), findings), _contents(judged), Revision.of(judged)
    )


def _safe(found: Lines, findings: Sequence[Finding]) -> Lines:
    """The lines without the values that stand in them: a report must not spread what it complains about."""
    safe = dict(found)
    places = {finding.place for finding in findings if finding.code == _VALUE_RULE}
    # From the right, since a mask moves what stands after it.
    for place in sorted(places, reverse=True):
        line = safe.get((place.path, place.line))
        if line is not None:
            safe[place.path, place.line] = line[: place.column] + _MASK + line[place.end_column - 2 :]
    return safe


def _contents(judged: ConnectorContext) -> Contents:
    snapshot = judged.snapshot
    return Contents(
        connector=snapshot.name,
        revision=snapshot.revision,
        path=snapshot.shown,
        auth=judged.auth,
        scheme=judged.scheme.id if judged.scheme else None,
        listed=judged.listed,
        injected=(*judged.injected, *judged.by_flag),
        flags=tuple(flag.name for flag in judged.flags),
        secrets=tuple(judged.secrets),
        declared=tuple(judged.declared),
        variables=tuple(snapshot.used(ReferenceKind.VARIABLE)),
    )


def _baseline_file(request: LintRequest, found: Workspace) -> Path | None:
    """As the user gave it, or beside the configuration."""
    configured = found.configuration.baseline
    if request.baseline is None and configured is None and request.update_baseline:
        problem = "no file is named, by --baseline or in the configuration"
        raise DefinitionError((report_wrong_value("--update-baseline", Place("--update-baseline"), problem),))
    if request.baseline is not None:
        return Path(request.baseline)
    return found.root / configured if configured is not None else None


def _beyond_baseline(findings: Sequence[Finding], file: Path | None, *, update: bool) -> FilteredFindings:
    """The findings that the baseline does not know; when it is updated, it knows all of them."""
    if file is None:
        return FilteredFindings(tuple(findings), 0)
    if update:
        file.write_text(dump_baseline(findings), encoding="utf-8", newline="\n")
        return FilteredFindings((), len(findings))
    path = show_path(file, Path.cwd())
    data = read_content(path, file)
    if isinstance(data, Finding):
        raise DefinitionError((data,))
    decoded = decode(path, data)
    if decoded.findings:
        raise DefinitionError(decoded.findings)
    return subtract_baseline(findings, parse_baseline(path, decoded.text))


def _today() -> date:
    return date.today()  # noqa: DTZ011 - a day as people write it, in their own time
