"""Compare expected files with the disk and the lock, and plan the repair of the differences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, Self

from authscribe.build.content import AnyContent, Content
from authscribe.build.files import GeneratedFile
from authscribe.drift.first_change import FirstChange
from authscribe.drift.lockfile import Lock, LockedFile
from authscribe.runtime.paths import LOCK_NAME


class DriftState(StrEnum):
    """Kind of difference between the expected files and the disk, with its explanation as Markdown."""

    explanation: str

    CHANGED = "changed", "The definitions have changed; `generate` writes the file."
    MISSING = "missing", "The file does not exist; `generate` writes it."
    ORPHANED = "orphaned", "The definitions no longer produce the file; `generate --prune` deletes it."
    EDITED = "edited", "The file was edited by hand, or was not generated; `generate --force` overwrites it."
    STALE_INPUT = (
        "stale-input", "All files are up to date, but the lock records other inputs; `generate` updates the lock."
    )  # fmt: skip
    VERSION_ONLY = (
        "version-only", "All files are up to date, but the lock records another formatter; `generate` updates the lock."
    )  # fmt: skip

    def __new__(cls, value: str, explanation: str) -> Self:
        """Return the member with its explanation."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.explanation = explanation
        return member

    @property
    def counts(self) -> bool:
        """Return whether a file is affected; the other states concern only the lock."""
        return self not in (DriftState.STALE_INPUT, DriftState.VERSION_ONLY)


class Drift(NamedTuple):
    """Difference of one file; `expected` is None if the file should not exist.

    `actual` is its content on disk, if the file exists and a diff is shown. Of a page, `change` is the first row that
    is not up to date.
    """

    state: DriftState
    path: str
    expected: AnyContent | None = None
    actual: Content | None = None
    note: str = ""
    change: FirstChange | None = None

    @property
    def is_deletion(self) -> bool:
        """Return whether its repair deletes the file."""
        return self.state.counts and self.expected is None


class Extent(NamedTuple):
    """Targets of which a run plans all files; None for all targets, among them those of earlier runs."""

    targets: frozenset[str] | None = None

    @property
    def is_complete(self) -> bool:
        """Return whether the run plans all files that the definitions produce."""
        return self.targets is None

    def covers(self, file: LockedFile) -> bool:
        """Return whether the run would plan such a file if the definitions still produced it."""
        return self.targets is None or file.target in self.targets


class RepairPlan(NamedTuple):
    """Files to write and to delete, the drifts that remain afterwards, and those of the files that were edited."""

    writes: tuple[tuple[str, AnyContent], ...]
    deletions: tuple[str, ...]
    left: tuple[Drift, ...]
    edited: tuple[str, ...]


def compare_files(
    files: Sequence[GeneratedFile],
    actual: Mapping[str, str],
    lock: Lock,
    *,
    inputs: Mapping[str, str],
    formatter: str,
    extent: Extent,
    kept: Collection[str] = (),
) -> tuple[Drift, ...]:
    """Return every difference, sorted by path; line ends do not count.

    `actual` are the digests of the files on disk. The files at the paths `kept` are known to be as the lock records
    them. Recorded files within the extent that are neither kept nor among `files` are orphaned. Only a complete run
    finds a lock that is out of date.
    """
    outdated = (file for file in files if actual.get(file.path) != file.content.sha256)
    drifts = [_describe_drift(file, actual.get(file.path), lock) for file in outdated]
    drifts += _find_orphans({*kept, *(file.path for file in files)}, actual, lock, extent)
    if extent.is_complete and not drifts:
        drifts += _check_lock(files, lock, inputs, formatter, kept)
    return tuple(sorted(drifts, key=lambda drift: drift.path))


def plan_repair(drifts: Sequence[Drift], *, force: bool, prune: bool) -> RepairPlan:
    """Plan the repair: only `force` overwrites edited files, and only `prune` deletes orphaned ones."""
    writes: list[tuple[str, AnyContent]] = []
    deletions: list[str] = []
    left: list[Drift] = []
    for drift in drifts:
        allowed = (force or drift.state is not DriftState.EDITED) and (prune or drift.expected is not None)
        if not drift.state.counts:
            continue
        if not allowed:
            left.append(drift)
        elif drift.expected is not None:
            writes.append((drift.path, drift.expected))
        else:
            deletions.append(drift.path)
    repaired = {path for path, _ in writes} | {*deletions}
    edited = (drift.path for drift in drifts if drift.state is DriftState.EDITED and drift.path in repaired)
    return RepairPlan(tuple(writes), tuple(deletions), tuple(left), tuple(edited))


def renew_lock(
    old: Lock,
    files: Sequence[GeneratedFile],
    left: Iterable[Drift],
    *,
    inputs: Mapping[str, str],
    connectors: tuple[str, ...] = (),
    formatter: str,
    extent: Extent,
    kept: Iterable[str] = (),
) -> Lock:
    """Return the lock after a run; a file whose drift remains keeps its old record, so that it is found again.

    The files at the paths `kept` are as the old lock records them. `connectors` are those that the run was given as
    arguments.
    """
    recorded = {path: old.files[path] for path in kept}
    recorded |= {file.path: _record_file(file, old.files.get(file.path)) for file in files}
    others = {path: file for path, file in old.files.items() if path not in recorded and not extent.covers(file)}
    for drift in left:
        recorded.pop(drift.path, None)
        if drift.path in old.files:
            others[drift.path] = old.files[drift.path]
    merged = recorded | others
    return Lock(
        formatter=formatter,
        inputs=dict(inputs) if extent.is_complete else old.inputs,
        files={path: merged[path] for path in sorted(merged)},
        connectors=connectors if extent.is_complete else tuple(sorted({*old.connectors, *connectors})),
    )


def _describe_drift(file: GeneratedFile, actual: str | None, lock: Lock) -> Drift:
    recorded = lock.files.get(file.path)
    if actual is None:
        return Drift(DriftState.MISSING, file.path, file.content)
    if recorded is None:
        return Drift(DriftState.EDITED, file.path, file.content, note="it was not generated by authscribe")
    if actual == recorded.sha256:
        return Drift(DriftState.CHANGED, file.path, file.content)
    return Drift(DriftState.EDITED, file.path, file.content, note="it was edited by hand")


def _find_orphans(expected: set[str], actual: Mapping[str, str], lock: Lock, extent: Extent) -> Iterator[Drift]:
    for path in lock.files.keys() - expected:
        recorded = lock.files[path]
        if path not in actual or not extent.covers(recorded):
            continue
        if actual[path] == recorded.sha256:
            yield Drift(DriftState.ORPHANED, path, note="the definitions no longer produce it")
        else:
            note = "the definitions no longer produce it, and it was edited by hand"
            yield Drift(DriftState.EDITED, path, note=note)


def _check_lock(
    files: Sequence[GeneratedFile], lock: Lock, inputs: Mapping[str, str], formatter: str, kept: Collection[str]
) -> Iterator[Drift]:
    """Report an outdated lock, given that all files are up to date."""
    recorded = {path: file.sha256 for path, file in lock.files.items() if path not in kept}
    if dict(lock.inputs) != dict(inputs) or recorded != {f.path: f.content.sha256 for f in files}:
        note = "it records other inputs; the outputs are the same"
        yield Drift(DriftState.STALE_INPUT, LOCK_NAME, note=note)
    elif lock.formatter != formatter:
        note = "it records another formatter; the outputs are the same"
        yield Drift(DriftState.VERSION_ONLY, LOCK_NAME, note=note)


def _record_file(file: GeneratedFile, old: LockedFile | None) -> LockedFile:
    """Return the record of a file: the old one if it is the same, since another would take longer to make."""
    facts = (file.content.sha256, file.target, file.template)
    return old if old is not None and (old.sha256, old.target, old.template) == facts else LockedFile(*facts)
