"""Drift: how the disk differs from what the definitions produce, told apart with the help of the lock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from authscribe.build.content import Content
from authscribe.build.files import GeneratedFile
from authscribe.drift import lockfile
from authscribe.drift.lockfile import Lock, LockedFile


class DriftState(StrEnum):
    """What kind of difference it is."""

    CHANGED = "changed"
    """The definitions moved on; `generate` writes it."""
    MISSING = "missing"
    """It is not there; `generate` writes it."""
    ORPHANED = "orphaned"
    """The definitions no longer produce it; `generate --prune` deletes it."""
    EDITED = "edited"
    """It was edited by hand, or is in the way; `generate --force` overwrites it."""
    STALE_INPUT = "stale-input"
    """The outputs are right, but the lock was made from other inputs; `generate` renews the lock."""
    VERSION_ONLY = "version-only"
    """The outputs are right, but another formatter made them; `generate` renews the lock."""

    @property
    def counts(self) -> bool:
        """Whether the outputs are wrong; the other states concern the lock alone."""
        return self not in (DriftState.STALE_INPUT, DriftState.VERSION_ONLY)


class Drift(NamedTuple):
    """One file that is not as the definitions have it; `expected` is None when it should not be there."""

    state: DriftState
    path: str
    expected: Content | None = None
    actual: Content | None = None
    note: str = ""


class RepairPlan(NamedTuple):
    """What is to be done to the disk, and which drifts are left when it is done."""

    writes: tuple[tuple[str, Content], ...]
    deletions: tuple[str, ...]
    left: tuple[Drift, ...]


def compare_files(
    files: Sequence[GeneratedFile],
    actual: Mapping[str, Content],
    lock: Lock,
    *,
    inputs: Mapping[str, str],
    formatter: str,
    complete: bool,
) -> tuple[Drift, ...]:
    """Every difference, sorted by path; line ends do not count.

    `complete` says whether `files` is everything that the definitions produce: only then can a recorded file
    be an orphan, and the lock be stale.
    """
    drifts = [drift for file in files for drift in _expected(file, actual.get(file.path), lock)]
    if complete:
        drifts += _orphans({file.path for file in files}, actual, lock)
        drifts += () if drifts else _stale(files, lock, inputs, formatter)
    return tuple(sorted(drifts, key=lambda drift: drift.path))


def plan_repair(drifts: Iterable[Drift], *, force: bool, prune: bool) -> RepairPlan:
    """Hand edits are only overwritten by force, and only what is listed as orphaned is ever deleted."""
    writes: list[tuple[str, Content]] = []
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
    return RepairPlan(tuple(writes), tuple(deletions), tuple(left))


def renew_lock(
    old: Lock,
    files: Sequence[GeneratedFile],
    left: Iterable[Drift],
    *,
    inputs: Mapping[str, str],
    formatter: str,
    complete: bool,
) -> Lock:
    """The record after a run: a drift that is left keeps its old record, and so is found again."""
    recorded = {file.path: LockedFile(file.content.sha256, file.target, file.template) for file in files}
    kept = {} if complete else {path: file for path, file in old.files.items() if path not in recorded}
    for drift in left:
        recorded.pop(drift.path, None)
        if drift.path in old.files:
            kept[drift.path] = old.files[drift.path]
    merged = recorded | kept
    return Lock(
        formatter=formatter,
        inputs=dict(inputs) if complete else old.inputs,
        files={path: merged[path] for path in sorted(merged)},
    )


def _expected(file: GeneratedFile, actual: Content | None, lock: Lock) -> Iterator[Drift]:
    recorded = lock.files.get(file.path)
    if actual is None:
        yield Drift(DriftState.MISSING, file.path, file.content)
    elif actual.sha256 == file.content.sha256:
        return
    elif recorded is None:
        note = "it was not generated and is in the way"
        yield Drift(DriftState.EDITED, file.path, file.content, actual, note)
    elif actual.sha256 == recorded.sha256:
        yield Drift(DriftState.CHANGED, file.path, file.content, actual)
    else:
        yield Drift(DriftState.EDITED, file.path, file.content, actual, "it was edited by hand")


def _orphans(expected: set[str], actual: Mapping[str, Content], lock: Lock) -> Iterator[Drift]:
    for path, recorded in lock.files.items():
        content = actual.get(path)
        if path in expected or content is None:
            continue
        if content.sha256 == recorded.sha256:
            yield Drift(DriftState.ORPHANED, path, None, content, "the definitions no longer produce it")
        else:
            note = "the definitions no longer produce it, but it was edited by hand"
            yield Drift(DriftState.EDITED, path, None, content, note)


def _stale(files: Sequence[GeneratedFile], lock: Lock, inputs: Mapping[str, str], formatter: str) -> Iterator[Drift]:
    """The outputs are right; what remains is that the record of them is not."""
    recorded = {path: file.sha256 for path, file in lock.files.items()}
    if dict(lock.inputs) != dict(inputs) or recorded != {f.path: f.content.sha256 for f in files}:
        yield Drift(
            DriftState.STALE_INPUT, lockfile.LOCK_NAME, note="it was made from other inputs, with the same outputs"
        )
    elif lock.formatter != formatter:
        yield Drift(
            DriftState.VERSION_ONLY, lockfile.LOCK_NAME, note="another formatter made it, with the same outputs"
        )
