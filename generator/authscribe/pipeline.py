"""Conduct `generate` and `check`: every stage is a line of `run_pipeline`, and both commands pass through all."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from authscribe.build import formatting
from authscribe.build.build import BuildContext, create_context, finish_files
from authscribe.build.content import Content
from authscribe.build.files import GeneratedFile
from authscribe.drift import lockfile, output_folder
from authscribe.drift.compare import Extent, compare_files, plan_repair, renew_lock
from authscribe.drift.drift import Drift, DriftState
from authscribe.drift.earlier_run import StoredRun, identify_run, store_run
from authscribe.drift.kept_parts import Outputs, build_outputs, store_parts
from authscribe.drift.lockfile import Lock
from authscribe.drift.recorded import RecordedLock, read_lock, recall_connectors
from authscribe.drift.selection import Selection, select_outputs
from authscribe.drift.stamps import OutputDigests
from authscribe.findings.finding import DefinitionError, Finding, Severity, sort_findings
from authscribe.findings.source_lines import quoting, select_lines
from authscribe.model.places import Places
from authscribe.report.model import Report, Verb
from authscribe.resolve.resolver import Resolution
from authscribe.runtime import plugins
from authscribe.runtime.hashing import digest
from authscribe.runtime.paths import LOCK_NAME, show_path
from authscribe.targets.plan import CATALOGUE
from authscribe.targets.registry import READ_BACK, check_targets, choose_targets
from authscribe.workspace.command_options import GenerateRequest
from authscribe.workspace.known_sources import resolve_changes, store_sources
from authscribe.workspace.load import LoadedSources, load_workspace
from authscribe.workspace.resolve import require_definitions, resolve_platform, resolve_sources
from authscribe.workspace.workspace import Workspace

if TYPE_CHECKING:
    from authscribe.catalogue.collect import Overview
    from authscribe.connectors.file_trees import ConnectorFolder


class _Run(NamedTuple):
    """Everything known before the outputs are compared; `written` are the sources without adopted connectors."""

    verb: Verb
    request: GenerateRequest
    workspace: Workspace
    key: str
    recorded: RecordedLock
    digests: OutputDigests
    connectors: tuple[ConnectorFolder, ...]
    written: LoadedSources
    loaded: LoadedSources
    resolution: Resolution
    selection: Selection


class _Comparison(NamedTuple):
    """Outputs that the definitions produce, and how the disk differs from them."""

    outputs: Outputs
    drifts: tuple[Drift, ...]
    inputs: dict[str, str]


def run_pipeline(verb: Verb, request: GenerateRequest, workspace: Workspace, key: str) -> Report:
    """Bring the outputs in line with the definitions, or with a dry run only report how they differ.

    `key` is that of the run; empty for one that no later run can repeat.
    Raises DefinitionError with every mistake that keeps the outputs from being built.
    """
    output_folder.check_out_dir(workspace.out_dir, workspace.root)
    recorded = read_lock(workspace)
    digests = OutputDigests(workspace.out_dir, workspace.cache, recorded.stamp)
    workspace = recall_connectors(request.connectors, workspace, recorded.lock)
    connectors, written, loaded, resolution = _read(request, workspace)
    with quoting(loaded.texts, workspace.files):
        selection = select_outputs(request, workspace, resolution)
        run = _Run(verb, request, workspace, key, recorded, digests, connectors, written, loaded, resolution, selection)
        values = _check_values(run)
        overview = _collect_overview(run, values) if values is not None else None
        if not connectors:
            store_sources(workspace, loaded, resolution, values)
        refusals = _check_targets(run)
        remarks = (*loaded.remarks, *refusals, *_list_losses(run), *_list_remarks(run, overview))
        review = _review(run, sort_findings((*resolution.findings, *remarks)))
        _raise_refusals(review, refusals)
        outputs = _build(run)
        comparison = _compare(run, outputs, overview)
        left = _apply(run, comparison, review)
    return _report(run, comparison, review, left)


# Read the definitions


class _Input(NamedTuple):
    """Connectors on disk, the sources without and with them, and the resolved definitions of the latter."""

    connectors: tuple[ConnectorFolder, ...]
    written: LoadedSources
    loaded: LoadedSources
    resolution: Resolution


def _read(request: GenerateRequest, workspace: Workspace) -> _Input:
    """Read the sources, the connectors of the configuration or of an earlier run, and those that the request adds."""
    if not (request.connectors or workspace.connectors or workspace.recorded):
        loaded, resolution = resolve_changes(workspace)
        return _Input((), loaded, loaded, resolution)
    from authscribe.adopt import adopt_connectors
    from authscribe.connectors.selection import select_added

    written = load_workspace(workspace)
    with quoting(written.texts, workspace.files):
        connectors = select_added(request.connectors, workspace, resolve_platform(written, workspace)).require()
        loaded = adopt_connectors(written, connectors, workspace) if connectors else written
    with quoting(loaded.texts, workspace.files):
        return _Input(connectors, written, loaded, resolve_sources(loaded, workspace))


# Check what the targets can express


def _check_targets(run: _Run) -> tuple[Finding, ...]:
    places = Places(run.resolution.schemes, run.resolution.connectors)
    return tuple(check_targets(run.resolution.catalogue, run.selection.targets, places))


def _raise_refusals(review: _Review, refusals: Collection[Finding]) -> None:
    """Raise DefinitionError with all findings if a target has reported an error that is not hidden."""
    if any(finding.severity is Severity.ERROR for finding in {*review.findings}.intersection(refusals)):
        raise DefinitionError(review.findings)


# Collect what the catalogue shows


def _check_values(run: _Run) -> tuple[Finding, ...] | None:
    """Return the findings about values in definitions, which the catalogue shows; None for a run without it."""
    if CATALOGUE not in run.selection.targets or run.selection.names:
        return None
    from authscribe.lint.definition_values import check_definitions

    return check_definitions(run.resolution, run.loaded.drafts)


def _collect_overview(run: _Run, values: tuple[Finding, ...]) -> Overview:
    """Read the connectors that the catalogue shows."""
    from authscribe.catalogue.collect import collect_overview

    sources = run.resolution if run.loaded is run.written else resolve_sources(run.written, run.workspace)
    scaffolds = tuple(_check_scaffolds(run))
    return collect_overview(
        run.connectors,
        run.workspace,
        sources=sources,
        resolution=run.resolution,
        values=values,
        scaffolds=scaffolds,
    )


def _list_remarks(run: _Run, overview: Overview | None) -> Iterator[Finding]:
    """Yield findings about connectors on disk; those about scaffolded files are the business of `check`."""
    if overview is not None:
        yield from overview.collected.remarks
    if run.verb is not Verb.CHECK or not run.selection.extent.is_complete:
        return
    if overview is not None:
        yield from overview.scaffolds
    elif run.connectors:
        yield from _check_scaffolds(run)


def _check_scaffolds(run: _Run) -> Iterator[Finding]:
    if not run.connectors:
        return
    from authscribe.scaffold import find_outdated

    for folder in run.connectors:
        yield from find_outdated(folder, run.written, run.workspace)


# Account for what the files of other systems carry


def _list_losses(run: _Run) -> Iterator[Finding]:
    """Yield findings about the facts that these files do not carry, unless the run is about some definitions."""
    if run.selection.names or not READ_BACK.keys() & set(run.selection.targets):
        return
    from authscribe.changes.read_back import account_targets, report_lost

    yield from report_lost(account_targets(run.resolution, run.selection.targets))


# Hide reviewed findings


class _Review(NamedTuple):
    """Findings to report, the number of hidden ones, and the last day of the suppressions, as in `StoredRun`."""

    findings: tuple[Finding, ...]
    hidden: int
    last_day: str


def _review(run: _Run, findings: Sequence[Finding]) -> _Review:
    """Leave out the findings that suppressions and the baseline cover, as `lint` does."""
    from authscribe.lint.codes import list_codes
    from authscribe.lint.suppressions import apply_suppressions, get_today, list_suppressions

    suppressions = list_suppressions(run.workspace.suppressions, run.resolution, list_codes)
    today = get_today()
    left = apply_suppressions(findings, suppressions, today, complete=False)
    days = (each.suppression.until for each in suppressions if each.suppression.until is not None)
    last_day = min((day.isoformat() for day in days if day >= today), default="")
    if run.workspace.baseline is None:
        return _Review(run.loaded.group(left.findings), left.hidden, last_day)
    # Imported here: most runs have no baseline.
    from authscribe.lint.baseline import read_baseline, subtract_baseline

    new = subtract_baseline(left.findings, read_baseline(run.workspace.baseline))
    return _Review(run.loaded.group(new.findings), left.hidden + new.hidden, last_day)


# Build


def _build(run: _Run) -> Outputs:
    require_definitions(run.resolution.catalogue, run.workspace)
    context = _create_context(run.selection.targets, run.workspace)
    return build_outputs(run.resolution.catalogue, run.selection.names, context, run.recorded, run.digests)


def _create_context(targets: tuple[str, ...], workspace: Workspace) -> BuildContext:
    return create_context(targets, workspace.templates, jobs=workspace.jobs, folder=workspace.cache)


# Compare


def _compare(run: _Run, outputs: Outputs, overview: Overview | None) -> _Comparison:
    """Compare the files, and those of the catalogue, with the disk; reads the output folder and writes nothing."""
    inputs = dict(run.loaded.inputs)
    if overview is not None:
        inputs |= overview.collected.inputs
        files = sorted((*outputs.files, *_build_catalogue(run, outputs, overview)), key=attrgetter("path"))
        outputs = outputs._replace(files=tuple(files))
    paths = tuple(_list_paths(outputs.files, run.recorded.lock))
    compare = partial(
        compare_files,
        outputs.files,
        lock=run.recorded.lock,
        inputs=inputs,
        formatter=formatting.get_formatter_version(),
        extent=run.selection.extent,
        kept=outputs.kept,
    )
    drifts = compare(actual=run.digests.read(paths))
    # Nothing is overwritten that has not been read in this run.
    if run.digests.read_again(drift.path for drift in drifts if drift.state.counts):
        drifts = compare(actual=run.digests.read(paths))
    run.digests.remember()
    if run.request.show_diff:
        drifts = _add_actual(drifts, run.workspace.out_dir)
    return _Comparison(outputs, drifts, inputs)


def _list_paths(files: Iterable[GeneratedFile], lock: Lock) -> Iterator[str]:
    """Yield the paths of the files, and of those that the lock records."""
    # Both are sorted, and so are almost all of them together: sorting them again takes little time.
    return chain((file.path for file in files), lock.files)


def _add_actual(drifts: Iterable[Drift], out_dir: Path) -> tuple[Drift, ...]:
    """Return the drifts with the contents of the files on disk."""
    contents = output_folder.read_files(out_dir, (drift.path for drift in drifts if drift.state.counts))
    held = {path: Content.from_bytes(data) for path, data in contents.items()}
    return tuple(drift._replace(actual=held.get(drift.path)) for drift in drifts)


def _build_catalogue(run: _Run, outputs: Outputs, overview: Overview) -> Iterator[GeneratedFile]:
    """Build the files of the catalogue, which shows what the run leaves undone in all other targets."""
    workspace = run.workspace
    if not run.selection.extent.is_complete:
        # A target of the run that the configuration does not have leaves no orphans behind.
        targets = (*choose_targets(workspace.targets, run.resolution.catalogue.platform), *run.selection.targets)
        outputs = _build(run._replace(selection=Selection(tuple(dict.fromkeys(targets)), (), Extent())))
    recorded = run.recorded.lock.files
    lock = Lock(files={path: file for path, file in recorded.items() if file.target != CATALOGUE})
    actual = run.digests.read(_list_paths(outputs.files, lock))
    drifts = compare_files(outputs.files, actual, lock, inputs={}, formatter="", extent=Extent(), kept=outputs.kept)
    context = _create_context((CATALOGUE,), workspace)
    by_path = {file.path: file for file in outputs.files}
    planned = overview.plan(_find_left(by_path, drifts, run), by_path, context)
    return finish_files(planned, workspace.templates)


def _find_left(files: Mapping[str, GeneratedFile], drifts: Sequence[Drift], run: _Run) -> Iterator[Drift]:
    """Yield what this run leaves undone; of targets that it does not touch, what any run would leave."""
    own = [drift for drift in drifts if _is_touched(drift.path, files, run)]
    others = [drift for drift in drifts if not _is_touched(drift.path, files, run)]
    yield from plan_repair(own, force=run.request.force, prune=run.request.prune).left
    yield from plan_repair(others, force=False, prune=False).left


def _is_touched(path: str, files: Mapping[str, GeneratedFile], run: _Run) -> bool:
    """Return whether the run plans a file, or would plan it if the definitions still produced it."""
    recorded, planned = run.recorded.lock.files.get(path), files.get(path)
    is_covered = recorded is not None and run.selection.extent.covers(recorded)
    return is_covered or (planned is not None and planned.target in run.selection.targets)


# Apply


def _apply(run: _Run, comparison: _Comparison, review: _Review) -> tuple[Drift, ...]:
    """Repair the drifts unless the run is dry, and return those that are left."""
    request, workspace = run.request, run.workspace
    plan = plan_repair(comparison.drifts, force=request.force, prune=request.prune)
    left = comparison.drifts if request.dry_run else plan.left
    lock = renew_lock(
        run.recorded.lock,
        comparison.outputs.files,
        left,
        inputs=comparison.inputs,
        connectors=tuple(_list_recorded(request, workspace)),
        formatter=formatting.get_formatter_version(),
        extent=run.selection.extent,
        kept=comparison.outputs.kept,
    )
    record = lockfile.dump_lock(lock)
    sha256 = digest(record)
    if not request.dry_run and (plan.writes or plan.deletions or lock != run.recorded.lock):
        writes = ((path, content.pieces) for path, content in plan.writes)
        record_file = (LOCK_NAME, (record,))
        output_folder.apply_changes(workspace.out_dir, writes, plan.deletions, record_file, kept=plan.edited)
    outputs = comparison.outputs
    is_known = sha256 == run.recorded.sha256 and len(outputs.kept) == len(outputs.parts)
    if workspace.cache and run.selection.extent.is_complete and not left and not is_known:
        store_parts(workspace.cache, lock.files, sha256, outputs.parts)
    # A later run would not notice that a file has changed which is no source.
    is_repeatable = run.key and not workspace.recorded and not run.written.has_references
    # Somebody may have saved a template or a connector in the meantime.
    if workspace.cache and is_repeatable and not left and run.key == identify_run(run.verb, workspace):
        installed = plugins.identify_plugins()
        lines = tuple((*where, line) for where, line in select_lines(review.findings, run.loaded.texts).items())
        stored = StoredRun(sha256, review.findings, lines, review.hidden, review.last_day, installed)
        store_run(run.key, workspace.cache, stored)
    return left


def _list_recorded(request: GenerateRequest, workspace: Workspace) -> Iterator[str]:
    """Yield the paths of connectors as the lock records them, the same on every machine."""
    yield from (path for path, _ in workspace.recorded)
    yield from (show_path(Path.cwd() / os.path.normpath(path), workspace.root) for path in request.connectors)


# Report


def _report(run: _Run, comparison: _Comparison, review: _Review, left: tuple[Drift, ...]) -> Report:
    request = run.request
    remaining = {drift.path for drift in left}
    repaired = [drift for drift in comparison.drifts if drift.path not in remaining and not request.dry_run]
    return Report(
        verb=run.verb,
        findings=review.findings,
        hidden=review.hidden,
        drifts=left,
        written=tuple(drift.path for drift in repaired if not drift.is_deletion),
        deleted=tuple(drift.path for drift in repaired if drift.is_deletion),
        backup=output_folder.BACKUP if any(drift.state is DriftState.EDITED for drift in repaired) else "",
        out_dir=run.workspace.shown_out_dir,
        repair=_format_repair(request, left),
        resolved=frozenset(_list_resolved(request)),
        files=len(comparison.outputs.files) + len(comparison.outputs.kept),
        show_diff=request.show_diff,
        dry_run=request.dry_run,
        lines=select_lines(review.findings, run.loaded.texts),
        sources=run.workspace.files,
    )


def _list_resolved(request: GenerateRequest) -> Iterator[DriftState]:
    """Yield the states of drifts that a run resolves only because of the options that this run has."""
    if request.force:
        yield DriftState.EDITED
    if request.prune:
        yield DriftState.ORPHANED


def _format_repair(request: GenerateRequest, left: tuple[Drift, ...]) -> str | None:
    """Return the command that brings everything in line, with the options that this run had."""
    states = {drift.state for drift in left}
    if not states - {DriftState.STALE_INPUT, DriftState.VERSION_ONLY}:
        return None
    targets = (part for target in request.targets for part in ("--target", target))
    folders = (part for folder in request.connectors for part in ("--connectors", folder))
    needs = (
        *(("--force",) if DriftState.EDITED in states else ()),
        *(("--prune",) if DriftState.ORPHANED in states else ()),
    )
    return shlex.join(("authscribe", "generate", *request.names, *request.arguments, *folders, *targets, *needs))
