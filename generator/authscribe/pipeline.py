"""The pipeline: sources to drafts to catalogue to files to drifts. `generate` and `check` share every step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from authscribe import disk, drift, lock, mistakes, resolve, salvage
from authscribe.content import Content
from authscribe.drift import Drift
from authscribe.files import GeneratedFile, PlannedFile
from authscribe.finding import DefinitionError, Place
from authscribe.loading import Loaded
from authscribe.lock import Lock
from authscribe.models import Catalogue
from authscribe.resolve import Resolution
from authscribe.workspace import Workspace


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


def resolved(loaded: Loaded, workspace: Workspace, *, tolerant: bool = False) -> Resolution:
    """The catalogue of the sources; raises DefinitionError with every mistake in them, unless the run keeps going."""
    resolving = salvage.resolved if workspace.keep_going else resolve.resolve
    return resolving(loaded.drafts, workspace.platform, tolerant=tolerant)


PlanAfter: TypeAlias = Callable[[tuple[GeneratedFile, ...], tuple[Drift, ...]], Iterable[PlannedFile]]
"""Plans files from all other outputs, and how the disk differs from them."""


def build(catalogue: Catalogue, workspace: Workspace, selection: Selection) -> tuple[GeneratedFile, ...]:
    """The files that the selection of the catalogue produces, sorted by path."""
    from authscribe import making

    made_with = making.means(
        selection.targets, workspace.templates, workspace.root, jobs=workspace.jobs, folder=workspace.cache
    )
    return making.build(catalogue, selection.names, made_with)


def compare(
    loaded: Loaded,
    catalogue: Catalogue,
    workspace: Workspace,
    selection: Selection,
    after: PlanAfter | None = None,
) -> Comparison:
    """What the definitions produce beside what is on disk; reads the output folder and writes nothing.

    What `after` plans is planned when everything else has been compared, and is compared in the same way.
    """
    from authscribe import formatting

    if not catalogue.schemes and not catalogue.connectors:
        raise DefinitionError((mistakes.nothing_defined(Place(workspace.config_file or "--source")),))
    files = build(catalogue, workspace, selection)
    disk.check_out_dir(workspace.out_dir, workspace.root)
    text = disk.read_lock(workspace.out_dir)
    path = f"{workspace.shown_out_dir}/{lock.FILE_NAME}"
    recorded = lock.parse(text, path) if text is not None else lock.EMPTY
    actual: dict[str, Content] = {}
    if after is not None:
        whole = files if selection.complete else _everything(catalogue, workspace)
        others = _without_catalogue(recorded)
        actual.update(_read(whole, others, (), workspace))
        left = drift.compare(whole, actual, others, inputs={}, formatter="", complete=True)
        last = _made(after(whole, left), workspace)
        files = tuple(sorted((*files, *last), key=lambda file: file.path))
    actual.update(_read(files, recorded, actual.keys(), workspace))
    formatter = formatting.formatter_version()
    drifts = drift.compare(
        files, actual, recorded, inputs=loaded.inputs, formatter=formatter, complete=selection.complete
    )
    return Comparison(files, drifts, recorded, loaded.inputs, formatter, selection.complete)


def _everything(catalogue: Catalogue, workspace: Workspace) -> tuple[GeneratedFile, ...]:
    from authscribe import targets

    return build(catalogue, workspace, Selection(workspace.targets or targets.BUILT_IN))


def _made(planned: Iterable[PlannedFile], workspace: Workspace) -> tuple[GeneratedFile, ...]:
    from authscribe import making

    return tuple(making.finished(planned, workspace.templates, workspace.root))


def _without_catalogue(recorded: Lock) -> Lock:
    """The record as if the catalogue target had never made any file."""
    from authscribe.targets.parts import CATALOGUE

    return Lock(files={path: file for path, file in recorded.files.items() if file.target != CATALOGUE})


def _read(
    files: Iterable[GeneratedFile], recorded: Lock, known: Collection[str], workspace: Workspace
) -> Iterator[tuple[str, Content]]:
    """What is on disk, but for what is known; what is as it should be is held once."""
    made = {file.path: file.content for file in files}
    for path, data in disk.read_each(workspace.out_dir, {*made, *recorded.files}.difference(known)):
        expected = made.get(path)
        yield path, expected if expected and expected.sha256 == lock.digest(data) else Content.of(data)
