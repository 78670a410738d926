"""The pipeline: sources to drafts to catalogue to files to drifts. `generate` and `check` share every step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeAlias

from authscribe import cache, disk, draft, drift, lock, mistakes, readers, resolve, salvage
from authscribe.content import Content
from authscribe.draft import Draft
from authscribe.drift import Drift
from authscribe.files import GeneratedFile, PlannedFile
from authscribe.finding import DefinitionError, Finding, Place
from authscribe.lock import Lock
from authscribe.models import Catalogue
from authscribe.readers import source
from authscribe.resolve import Resolution
from authscribe.workspace import SourceFile, Workspace


class Loaded(NamedTuple):
    """The sources of a run: their drafts, their texts for diagnostics, their hashes for the lock.

    What a reader knows to be the value of a secret is masked in the texts.

    `remarks` are findings that do not keep anything from being generated.
    """

    drafts: tuple[Draft, ...]
    texts: Mapping[str, str]
    inputs: Mapping[str, str]
    remarks: tuple[Finding, ...] = ()


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


def load(sources: Collection[SourceFile], folder: Path | None = None) -> Loaded:
    """Reads every source; what cannot be read is a finding in its draft.

    Pages are taken from the cache in `folder` where it knows them: to read one costs as much as to read a hundred
    definitions.
    """
    drafts: list[Draft] = []
    texts: dict[str, str] = {}
    inputs: dict[str, str] = {}
    fresh: list[tuple[str, bytes]] = []
    for file in sources:
        data = source.content(file.path, file.file)
        if isinstance(data, Finding):
            drafts.append(Draft(file.path, findings=(data,)))
            continue
        inputs[file.key] = lock.digest(data)
        decoded = source.decode(file.path, data)
        texts[file.path] = decoded.text
        if decoded.findings:
            drafts.append(Draft(file.path, findings=decoded.findings))
        elif folder is None or not readers.is_page(file.path, file.format):
            drafts.append(readers.read(file.path, decoded.text, file.format))
        else:
            drafts.append(_page(file, decoded.text, folder, fresh))
    if folder is not None and fresh:
        cache.keep(folder, fresh)
    found = readers.together(drafts)
    return Loaded(found, texts | dict(_masked(found, texts)), inputs)


def _page(file: SourceFile, text: str, folder: Path, fresh: list[tuple[str, bytes]]) -> Draft:
    """The draft of a page: as an earlier run has read it, or read anew and put into `fresh`."""
    key = cache.digest(("page", cache.build(), file.path, file.format or "", text))
    known = cache.found(folder, (key,)).get(key)
    if known is not None:
        with suppress(ValueError, TypeError, KeyError):
            return draft.parse(file.path, known)
    page = readers.read(file.path, text, file.format)
    fresh.append((key, draft.dump(page)))
    return page


def _masked(drafts: Iterable[Draft], texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The texts of sources in which a reader met values that no report may show, without those values."""
    for found in drafts:
        values = [place for carried in found.carried for place in carried.values]
        if values:
            yield found.path, source.masked(texts[found.path], values)


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
