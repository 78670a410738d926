"""The pipeline: sources to drafts to catalogue to files to drifts. `generate` and `check` share every step."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from authscribe.build.content import Content
from authscribe.build.files import GeneratedFile
from authscribe.drift import directory, lockfile
from authscribe.drift.compare import Drift, DriftState, compare_files, plan_repair, renew_lock
from authscribe.drift.lockfile import Lock
from authscribe.drift.up_to_date import store_run
from authscribe.findings.finding import DefinitionError, Finding, Place, sort_findings
from authscribe.findings.rules.nothing_defined import report_nothing_defined
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.model.definitions import Catalogue
from authscribe.report.model import Report
from authscribe.resolve.resolver import Resolution
from authscribe.runtime.hashing import digest
from authscribe.targets.plan import CATALOGUE, PlannedFile
from authscribe.targets.registry import BUILT_IN, target_names
from authscribe.workspace.load import LoadedSources, load_sources
from authscribe.workspace.options import GenerateRequest
from authscribe.workspace.resolve import resolve_sources
from authscribe.workspace.workspace import Workspace

if TYPE_CHECKING:
    from authscribe.catalogue.collect import Overview
    from authscribe.connectors.file_trees import Folder


class Selection(NamedTuple):
    """What a run is about: all targets and subjects, or only some of them."""

    targets: tuple[str, ...]
    names: tuple[str, ...] = ()
    complete: bool = True


class Comparison(NamedTuple):
    """What the definitions produce, how the disk differs from it, and what was recorded."""

    files: tuple[GeneratedFile, ...]
    drifts: tuple[Drift, ...]
    lock: Lock
    inputs: Mapping[str, str]
    formatter: str
    complete: bool


PlanAfter: TypeAlias = Callable[[tuple[GeneratedFile, ...], tuple[Drift, ...]], Iterable[PlannedFile]]
"""Plans files from all other outputs, and how the disk differs from them."""


def build_outputs(catalogue: Catalogue, workspace: Workspace, selection: Selection) -> tuple[GeneratedFile, ...]:
    """The files that the selection of the catalogue produces, sorted by path."""
    from authscribe.build.build import build_files, create_context

    made_with = create_context(
        selection.targets, workspace.templates, workspace.root, jobs=workspace.jobs, folder=workspace.cache
    )
    return build_files(catalogue, selection.names, made_with)


def compare_outputs(
    loaded: LoadedSources,
    catalogue: Catalogue,
    workspace: Workspace,
    selection: Selection,
    after: PlanAfter | None = None,
) -> Comparison:
    """What the definitions produce beside what is on disk; reads the output folder and writes nothing.

    What `after` plans is planned when everything else has been compared, and is compared in the same way.
    """
    from authscribe.build import formatting

    if not catalogue.schemes and not catalogue.connectors:
        raise DefinitionError((report_nothing_defined(Place(workspace.config_file or "--source")),))
    files = build_outputs(catalogue, workspace, selection)
    directory.check_out_dir(workspace.out_dir, workspace.root)
    text = directory.read_lock(workspace.out_dir)
    path = f"{workspace.shown_out_dir}/{lockfile.LOCK_NAME}"
    recorded = lockfile.parse_lock(text, path) if text is not None else lockfile.EMPTY
    actual: dict[str, Content] = {}
    if after is not None:
        whole = files if selection.complete else _everything(catalogue, workspace)
        others = _without_catalogue(recorded)
        actual.update(_read(whole, others, (), workspace))
        left = compare_files(whole, actual, others, inputs={}, formatter="", complete=True)
        last = _made(after(whole, left), workspace)
        files = tuple(sorted((*files, *last), key=lambda file: file.path))
    actual.update(_read(files, recorded, actual.keys(), workspace))
    formatter = formatting.formatter_version()
    drifts = compare_files(
        files, actual, recorded, inputs=loaded.inputs, formatter=formatter, complete=selection.complete
    )
    return Comparison(files, drifts, recorded, loaded.inputs, formatter, selection.complete)


def _everything(catalogue: Catalogue, workspace: Workspace) -> tuple[GeneratedFile, ...]:
    from authscribe.targets.registry import BUILT_IN

    return build_outputs(catalogue, workspace, Selection(workspace.targets or BUILT_IN))


def _made(planned: Iterable[PlannedFile], workspace: Workspace) -> tuple[GeneratedFile, ...]:
    from authscribe.build.build import finish_files

    return tuple(finish_files(planned, workspace.templates, workspace.root))


def _without_catalogue(recorded: Lock) -> Lock:
    """The record as if the catalogue target had never made any file."""
    from authscribe.targets.plan import CATALOGUE

    return Lock(files={path: file for path, file in recorded.files.items() if file.target != CATALOGUE})


def _read(
    files: Iterable[GeneratedFile], recorded: Lock, known: Collection[str], workspace: Workspace
) -> Iterator[tuple[str, Content]]:
    """What is on disk, but for what is known; what is as it should be is held once."""
    made = {file.path: file.content for file in files}
    for path, data in directory.read_each(workspace.out_dir, {*made, *recorded.files}.difference(known)):
        expected = made.get(path)
        yield path, expected if expected and expected.sha256 == digest(data) else Content.of(data)


class _Run(NamedTuple):
    """What a run knows before it looks at the outputs; `sources` are without the connectors that it has adopted."""

    request: GenerateRequest
    found: Workspace
    sources: LoadedSources
    loaded: LoadedSources
    resolution: Resolution
    selection: Selection


def run_pipeline(verb: str, request: GenerateRequest, found: Workspace, texts: dict[str, str]) -> Report:
    """What was found, and, unless the run is dry, repaired; puts the texts that findings may point at into `texts`.

    Raises DefinitionError with every mistake that keeps the outputs from being made.
    """
    loaded = sources = _loaded(found, texts)
    if request.connectors:
        loaded = _with_connectors(sources, request, found)
        texts.update(loaded.texts)
    resolution = resolve_sources(loaded, found)
    selection = _selection(request, found, resolution.catalogue)
    run = _Run(request, found, sources, loaded, resolution, selection)
    overview = _overview(run)
    findings = sort_findings((*resolution.findings, *loaded.remarks, *_remarks(verb, run, overview)))
    comparison = _compared(run, overview)
    plan = plan_repair(comparison.drifts, force=request.force, prune=request.prune)
    left = comparison.drifts if request.dry_run else plan.left
    renewed = _renewed(comparison, left)
    record = lockfile.dump_lock(renewed)
    if not request.dry_run and (plan.writes or plan.deletions or renewed != comparison.lock):
        writes = ((path, content.pieces) for path, content in plan.writes)
        directory.apply(found.out_dir, writes, plan.deletions, (lockfile.LOCK_NAME, (record,)))
    if found.cache and request.is_whole and not left:
        store_run(verb, found, found.cache, inputs=comparison.inputs, record=record, findings=findings)
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


def _loaded(found: Workspace, texts: dict[str, str]) -> LoadedSources:
    loaded = load_sources(found.sources, jobs=found.jobs, folder=found.cache)
    texts.update(loaded.texts)
    return loaded


def _with_connectors(loaded: LoadedSources, request: GenerateRequest, found: Workspace) -> LoadedSources:
    from authscribe.adopt import adopt_connectors
    from authscribe.connectors.selection import select_folders

    return adopt_connectors(loaded, select_folders(request.connectors, found), found)


def _overview(run: _Run) -> Overview | None:
    """What the catalogue is made from; None for a run that does not touch it, as one about a few names."""
    if CATALOGUE not in run.selection.targets or run.selection.names:
        return None
    from authscribe.catalogue.collect import collect_overview
    from authscribe.connectors.selection import select_folders

    folders = tuple(select_folders(run.request.connectors, run.found))
    sources = run.resolution if run.loaded is run.sources else resolve_sources(run.sources, run.found)
    scaffolds = tuple(_scaffolded(folders, run))
    return collect_overview(folders, run.found, sources=sources, resolution=run.resolution, scaffolds=scaffolds)


def _remarks(verb: str, run: _Run, overview: Overview | None) -> Iterator[Finding]:
    """What is said of connectors beyond the definitions; of their scaffolded files, what `check` says."""
    if overview is not None:
        yield from overview.seen.remarks
    if verb != "check" or run.request.names or run.request.targets:
        return
    if overview is not None:
        yield from overview.scaffolds
    elif run.request.connectors or run.found.configuration.connectors:
        from authscribe.connectors.selection import select_folders

        yield from _scaffolded(select_folders(run.request.connectors, run.found), run)


def _scaffolded(folders: Iterable[Folder], run: _Run) -> Iterator[Finding]:
    from authscribe.scaffold import find_outdated

    for folder in folders:
        yield from find_outdated(folder, run.loaded, run.found)


def _compared(run: _Run, overview: Overview | None) -> Comparison:
    if overview is None:
        return compare_outputs(run.loaded, run.resolution.catalogue, run.found, run.selection)

    def planned(files: Sequence[GeneratedFile], drifts: Sequence[Drift]) -> Iterable[PlannedFile]:
        return overview.plan(_left(files, drifts, run), {file.path: file.subject for file in files})

    loaded = run.loaded._replace(inputs={**run.loaded.inputs, **overview.seen.inputs})
    return compare_outputs(loaded, run.resolution.catalogue, run.found, run.selection, planned)


def _left(files: Sequence[GeneratedFile], drifts: Sequence[Drift], run: _Run) -> Iterator[Drift]:
    """What this run leaves undone; of targets that it does not touch, what any run would leave."""
    touched = {file.path for file in files if file.target in run.selection.targets}
    mine = [found for found in drifts if run.selection.complete or found.path in touched]
    others = [found for found in drifts if not run.selection.complete and found.path not in touched]
    yield from plan_repair(mine, force=run.request.force, prune=run.request.prune).left
    yield from plan_repair(others, force=False, prune=False).left


def _selection(request: GenerateRequest, found: Workspace, catalogue: Catalogue) -> Selection:
    """What the request is about; raises DefinitionError for a name or target that is not there."""
    unknown = [target for target in found.targets if target not in BUILT_IN and target not in target_names()]
    known = {scheme.id for scheme in catalogue.schemes} | {connector.id for connector in catalogue.connectors}
    findings = [
        *(report_unknown_reference("target", name, Place(found.config_file or ""), target_names()) for name in unknown),
        *(
            report_unknown_reference("scheme or connector", name, Place(name), known)
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
    return renew_lock(
        comparison.lock,
        comparison.files,
        left,
        inputs=comparison.inputs,
        formatter=comparison.formatter,
        complete=comparison.complete,
    )


def _repair(request: GenerateRequest, left: tuple[Drift, ...]) -> str | None:
    """The command that brings everything in line, with the options that this run had."""
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
