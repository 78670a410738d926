"""Command `lint`: check connectors and definitions against the schemes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from authscribe.commands.invocation import Definitions, read_definitions, run_reporting
from authscribe.commands.output import Output
from authscribe.connectors.context import ConnectorContext, create_context
from authscribe.connectors.file_trees import ConnectorFolder, DirectoryTree
from authscribe.connectors.reader import ConnectorReader
from authscribe.connectors.references import ReferenceKind
from authscribe.connectors.selection import select_folders
from authscribe.connectors.snapshot import Snapshot
from authscribe.findings.finding import DefinitionError, Finding, Lines, Place, sort_findings
from authscribe.findings.rules.no_connectors import report_no_connectors
from authscribe.findings.rules.wrong_value import report_wrong_value
from authscribe.findings.source_lines import select_lines
from authscribe.lint.baseline import dump_baseline, find_baseline, read_baseline, subtract_baseline
from authscribe.lint.definition_values import check_definitions
from authscribe.lint.registry import lint_connector, load_rules
from authscribe.lint.revisions import Revision, check_revisions
from authscribe.lint.suppressions import FilteredFindings, apply_suppressions, get_today, list_suppressions
from authscribe.report.model import ConnectorFacts, Report, Verb
from authscribe.resolve.attribution import attribute_to_definitions
from authscribe.resolve.resolver import Resolution
from authscribe.runtime import pool
from authscribe.runtime.progress import track_progress
from authscribe.workspace.command_options import Options
from authscribe.workspace.workspace import Workspace

_VALUE_RULE: Final = "literal-secret"
_MASK: Final = "*" * 8
_WORTH: Final = 40
"""Smallest number of connectors for which another process pays."""


@dataclass(frozen=True, slots=True)
class LintRequest:
    """Connectors to lint (all that are configured without any), and the file with known findings."""

    connectors: tuple[str, ...]
    baseline: str | None = None
    update_baseline: bool = False


@dataclass(frozen=True, slots=True)
class _LintedConnector:
    """Results for one connector. Its texts are not kept, so that memory does not grow with them."""

    findings: tuple[Finding, ...]
    lines: Lines
    facts: ConnectorFacts
    revision: Revision


def run_lint(options: Options, request: LintRequest, output: Output) -> int:
    """Report the findings of all rules, except those that are suppressed or in the baseline."""
    return run_reporting(Verb.LINT, output, lambda: _lint(options, request))


def _lint(options: Options, request: LintRequest) -> Report:
    with read_definitions(options) as definitions:
        resolution, workspace = definitions.resolve(tolerant=True), definitions.workspace
        suppressions = list_suppressions(workspace.suppressions, resolution, load_rules)
        baseline = _find_baseline(request, workspace)
        selected = select_folders(request.connectors, workspace)
        if selected.findings and not selected.folders:
            raise DefinitionError(selected.findings)
        linted = _lint_connectors(selected.folders, resolution, workspace.jobs)
        findings = sort_findings((
            *selected.findings,
            *_check_emptiness(linted, definitions),
            *resolution.findings,
            *_list_findings(definitions, resolution, linted),
            *check_revisions([connector.revision for connector in linted]),
        ))  # fmt: skip
        left = apply_suppressions(findings, suppressions, get_today(), complete=not request.connectors)
        new = _subtract_baseline(left.findings, baseline, update=request.update_baseline)
    lines = {place: line for connector in linted for place, line in connector.lines.items()}
    return Report(
        verb=Verb.LINT,
        findings=sort_findings(new.findings),
        connectors=tuple(connector.facts for connector in linted),
        hidden=left.hidden + new.hidden,
        lines={**select_lines(new.findings, definitions.loaded.texts), **lines},
        sources=workspace.files,
    )


def _list_findings(
    definitions: Definitions, resolution: Resolution, linted: Sequence[_LintedConnector]
) -> Iterator[Finding]:
    """Yield the findings about definitions and connectors; a connector's come first where both report one fact."""
    known = {(found.code, found.connector, found.name) for connector in linted for found in connector.findings}
    for finding in attribute_to_definitions(tuple(check_definitions(resolution)), definitions.loaded.drafts):
        if finding.connector is None or (finding.code, finding.connector, finding.name) not in known:
            yield finding
    for connector in linted:
        yield from connector.findings


def _check_emptiness(linted: Sequence[_LintedConnector], definitions: Definitions) -> Iterator[Finding]:
    """Report a run that has read no connector, unless the configuration states that there are none."""
    workspace = definitions.workspace
    if not linted and workspace.connectors != ():
        has_definitions = any(not source.is_shipped for source in workspace.sources)
        yield report_no_connectors(Place(workspace.config_file or "lint"), has_definitions=has_definitions)


def _lint_connectors(
    folders: Sequence[ConnectorFolder], resolution: Resolution, jobs: int
) -> tuple[_LintedConnector, ...]:
    """Lint every connector, in the order of the folders; archives and revisions are open here and stay here."""
    can_share = all(isinstance(folder.tree, DirectoryTree) for folder in folders)
    count = pool.count_processes(jobs, len(folders), min_items=_WORTH) if can_share else 1
    work = partial(_lint_batch, resolution=resolution)
    with pool.map_batches(work, pool.split_batches(folders, count), count) as results:
        linted = (connector for batch in results for connector in batch)
        return tuple(track_progress(linted, "reading connectors", len(folders)))


def _lint_batch(folders: Sequence[ConnectorFolder], resolution: Resolution) -> list[_LintedConnector]:
    reader = ConnectorReader.from_platform(resolution.catalogue.platform)
    return [_lint_snapshot(reader.read(folder), resolution) for folder in folders]


def _lint_snapshot(snapshot: Snapshot, resolution: Resolution) -> _LintedConnector:
    context = create_context(snapshot, resolution)
    findings = tuple(lint_connector(context))
    lines = _mask_values(select_lines(findings, snapshot.texts), findings)
    return _LintedConnector(findings, lines, _list_facts(context), Revision.from_context(context))


def _mask_values(lines: Lines, findings: Sequence[Finding]) -> Lines:
    """Mask the values that the lines hold: a report must not spread what it complains about."""
    masked = dict(lines)
    places = {finding.place for finding in findings if finding.code == _VALUE_RULE}
    # From the right, since a mask moves what stands after it.
    for place in sorted(places, reverse=True):
        line = masked.get((place.path, place.line))
        if line is not None:
            masked[place.path, place.line] = line[: place.column] + _MASK + line[place.end_column - 2 :]
    return masked


def _list_facts(context: ConnectorContext) -> ConnectorFacts:
    snapshot = context.snapshot
    return ConnectorFacts(
        connector=snapshot.name,
        revision=snapshot.revision,
        path=snapshot.shown,
        auth=context.auth,
        scheme=context.scheme.id if context.scheme else None,
        listed=context.listed,
        injected=(*context.injected, *context.by_flag),
        flags=tuple(flag.name for flag in context.flags),
        secrets=tuple(context.secrets),
        declared=tuple(context.declared),
        variables=tuple(snapshot.group_references(ReferenceKind.VARIABLE)),
    )


def _find_baseline(request: LintRequest, workspace: Workspace) -> Path | None:
    """Return the baseline that the user named, else the configured one."""
    configured = find_baseline(workspace)
    if request.baseline is None and configured is None and request.update_baseline:
        problem, remedy = "no baseline file is set", "add --baseline FILE, or set `baseline` in the configuration"
        raise DefinitionError((report_wrong_value("--update-baseline", Place("--update-baseline"), problem, remedy),))
    return Path(request.baseline) if request.baseline is not None else configured


def _subtract_baseline(findings: Sequence[Finding], file: Path | None, *, update: bool) -> FilteredFindings:
    """Return the findings that are not in the baseline; none when it is updated, since it then holds them all."""
    if file is None:
        return FilteredFindings(tuple(findings), 0)
    if update:
        file.write_text(dump_baseline(findings), encoding="utf-8", newline="\n")
        return FilteredFindings((), len(findings))
    return subtract_baseline(findings, read_baseline(file))
