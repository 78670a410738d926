"""A full run of `generate` or `check`: definitions are read, resolved, made into files, and compared with the disk."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from authscribe import disk, drift, loading, lock, mistakes, pipeline, recall, targets
from authscribe.drift import Drift, State
from authscribe.files import GeneratedFile, PlannedFile
from authscribe.finding import DefinitionError, Finding, Place, ordered
from authscribe.loading import Loaded
from authscribe.lock import Lock
from authscribe.models import Catalogue
from authscribe.pipeline import Comparison, Selection
from authscribe.report.model import Report
from authscribe.resolve import Resolution
from authscribe.targets import BUILT_IN
from authscribe.targets.parts import CATALOGUE
from authscribe.verbs.request import Request
from authscribe.workspace import Workspace

if TYPE_CHECKING:
    from authscribe.connectors.trees import Folder
    from authscribe.verbs.overview import Overview


class _Run(NamedTuple):
    """What a run knows before it looks at the outputs; `sources` are without the connectors that it has adopted."""

    request: Request
    found: Workspace
    sources: Loaded
    loaded: Loaded
    resolution: Resolution
    selection: Selection


def result(verb: str, request: Request, found: Workspace, texts: dict[str, str]) -> Report:
    """What was found, and, unless the run is dry, repaired; puts the texts that findings may point at into `texts`.

    Raises DefinitionError with every mistake that keeps the outputs from being made.
    """
    loaded = sources = _loaded(found, texts)
    if request.connectors:
        loaded = _with_connectors(sources, request, found)
        texts.update(loaded.texts)
    resolution = pipeline.resolved(loaded, found)
    selection = _selection(request, found, resolution.catalogue)
    run = _Run(request, found, sources, loaded, resolution, selection)
    overview = _overview(run)
    findings = ordered((*resolution.findings, *loaded.remarks, *_remarks(verb, run, overview)))
    comparison = _compared(run, overview)
    plan = drift.plan(comparison.drifts, force=request.force, prune=request.prune)
    left = comparison.drifts if request.dry_run else plan.left
    renewed = _renewed(comparison, left)
    record = lock.dump(renewed)
    if not request.dry_run and (plan.writes or plan.deletions or renewed != comparison.lock):
        writes = ((path, content.pieces) for path, content in plan.writes)
        disk.apply(found.out_dir, writes, plan.deletions, (lock.FILE_NAME, (record,)))
    if found.cache and request.is_whole and not left:
        recall.keep(verb, found, found.cache, inputs=comparison.inputs, record=record, findings=findings)
    return Report(
        verb=verb,
        findings=findings,
        drifts=left,
        written=() if request.dry_run else _without(comparison.drifts, left),
        out_dir=found.shown_out_dir,
        repair=_repair(request, left),
        files=len(comparison.files),
        show_diff=request.show_diff,
        dry_run=request.dry_run,
    )


def _loaded(found: Workspace, texts: dict[str, str]) -> Loaded:
    loaded = loading.load(found.sources, jobs=found.jobs, folder=found.cache)
    texts.update(loaded.texts)
    return loaded


def _with_connectors(loaded: Loaded, request: Request, found: Workspace) -> Loaded:
    from authscribe import adoption
    from authscribe.verbs import choice

    return adoption.with_connectors(loaded, choice.folders(request.connectors, found), found)


def _overview(run: _Run) -> Overview | None:
    """What the catalogue is made from; None for a run that does not touch it, as one about a few names."""
    if CATALOGUE not in run.selection.targets or run.selection.names:
        return None
    from authscribe.verbs import choice, overview

    folders = tuple(choice.folders(run.request.connectors, run.found))
    sources = run.resolution if run.loaded is run.sources else pipeline.resolved(run.sources, run.found)
    scaffolds = tuple(_scaffolded(folders, run))
    return overview.of(folders, run.found, sources=sources, resolution=run.resolution, scaffolds=scaffolds)


def _remarks(verb: str, run: _Run, overview: Overview | None) -> Iterator[Finding]:
    """What is said of connectors beyond the definitions; of their scaffolded files, what `check` says."""
    if overview is not None:
        yield from overview.seen.remarks
    if verb != "check" or run.request.names or run.request.targets:
        return
    if overview is not None:
        yield from overview.scaffolds
    elif run.request.connectors or run.found.configuration.connectors:
        from authscribe.verbs import choice

        yield from _scaffolded(choice.folders(run.request.connectors, run.found), run)


def _scaffolded(folders: Iterable[Folder], run: _Run) -> Iterator[Finding]:
    from authscribe import scaffolds

    for folder in folders:
        yield from scaffolds.outdated(folder, run.loaded, run.found)


def _compared(run: _Run, overview: Overview | None) -> Comparison:
    if overview is None:
        return pipeline.compare(run.loaded, run.resolution.catalogue, run.found, run.selection)

    def planned(files: Sequence[GeneratedFile], drifts: Sequence[Drift]) -> Iterable[PlannedFile]:
        return overview.plan(_left(files, drifts, run), {file.path: file.subject for file in files})

    loaded = run.loaded._replace(inputs={**run.loaded.inputs, **overview.seen.inputs})
    return pipeline.compare(loaded, run.resolution.catalogue, run.found, run.selection, planned)


def _left(files: Sequence[GeneratedFile], drifts: Sequence[Drift], run: _Run) -> Iterator[Drift]:
    """What this run leaves undone; of targets that it does not touch, what any run would leave."""
    touched = {file.path for file in files if file.target in run.selection.targets}
    mine = [found for found in drifts if run.selection.complete or found.path in touched]
    others = [found for found in drifts if not run.selection.complete and found.path not in touched]
    yield from drift.plan(mine, force=run.request.force, prune=run.request.prune).left
    yield from drift.plan(others, force=False, prune=False).left


def _selection(request: Request, found: Workspace, catalogue: Catalogue) -> Selection:
    """What the request is about; raises DefinitionError for a name or target that is not there."""
    unknown = [target for target in found.targets if target not in BUILT_IN and target not in targets.names()]
    known = {scheme.id for scheme in catalogue.schemes} | {connector.id for connector in catalogue.connectors}
    findings = [
        *(
            mistakes.unknown_reference("target", name, Place(found.config_file or ""), targets.names())
            for name in unknown
        ),
        *(
            mistakes.unknown_reference("scheme or connector", name, Place(name), known)
            for name in request.names
            if name not in known
        ),
    ]
    if findings:
        raise DefinitionError(findings)
    return Selection(
        targets=request.targets or found.targets or BUILT_IN,
        names=request.names,
        complete=not request.names and not request.targets,
    )


def _without(drifts: Iterable[Drift], left: Iterable[Drift]) -> tuple[str, ...]:
    remaining = {found.path for found in left}
    return tuple(found.path for found in drifts if found.path not in remaining)


def _renewed(comparison: Comparison, left: Sequence[Drift]) -> Lock:
    """The lock once everything but these drifts is brought in line."""
    return drift.new_lock(
        comparison.lock,
        comparison.files,
        left,
        inputs=comparison.inputs,
        formatter=comparison.formatter,
        complete=comparison.complete,
    )


def _repair(request: Request, left: tuple[Drift, ...]) -> str | None:
    """The command that brings everything in line, with the options that this run had."""
    states = {drift.state for drift in left}
    if not states - {State.STALE_INPUT, State.VERSION_ONLY}:
        return None
    targets = (part for target in request.targets for part in ("--target", target))
    folders = (part for folder in request.connectors for part in ("--connectors", folder))
    needs = (
        *(("--force",) if State.EDITED in states else ()),
        *(("--prune",) if State.ORPHANED in states else ()),
    )
    return shlex.join(("authscribe", "generate", *request.names, *request.arguments, *folders, *targets, *needs))
