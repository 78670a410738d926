"""Remember the digest of each output together with its stamp, so that no run reads a file that has not changed.

The stamp of a file changes with its content, and whenever another file takes its name. It has no modification time,
which programs can set, but the status change time (ctime in POSIX), which the system takes from the clock at each
change. So a file with the same stamp has the content that was read, unless it was changed again within the tick of the
clock in which it had been changed before. Therefore a digest is remembered only if the clock of its file system had
gone on before the file was read: if the lock file, in the same file system, was changed in a later tick, and not in the
future, as after the clock was set back. git does much the same with its index.

One kind of change keeps the stamp: a program that has mapped a file into memory writes to a page that it has changed
before. So whatever a run overwrites or deletes, it reads before.

The guarantee is that of the file system. FAT has no status change time, and a client of a network file system may learn
of it some seconds late; there, git can miss changes as well.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from authscribe.drift.disk import Stamp, StampedDigest
from authscribe.drift.output_folder import hash_files
from authscribe.runtime import cache
from authscribe.runtime.installation import identify_build

_SHARE: Final = 8
"""Remembering all digests takes as long as reading an eighth of the files."""


class Remembered(NamedTuple):
    """Digests and stamps of files, by path; the lock with the digest `lock`, if there is one, records just these.

    A digest that must not be relied on has a stamp that no file has.
    """

    digests: Mapping[str, StampedDigest] = MappingProxyType({})
    lock: str = ""


class OutputDigests:
    """Digests of the files in an output folder, each of which is read at most once; raises what `hash_files` raises.

    `folder` is that of the cache, and `lock` the stamp of the lock file before anything else is read; without both,
    nothing is remembered.
    """

    def __init__(self, out_dir: Path, folder: Path | None, lock: Stamp | None) -> None:
        self._out_dir = out_dir
        self._folder = folder
        self._lock = lock
        self._found: dict[str, StampedDigest] = {}
        self._digests: dict[str, str] = {}

    def read(self, paths: Iterable[str]) -> Mapping[str, str]:
        """Return the digests of those of the paths that exist, and of other files that have been read."""
        unknown = [path for path in dict.fromkeys(paths) if path not in self._found]
        self._add(hash_files(self._out_dir, unknown, self._recalled))
        return self._digests

    def read_again(self, paths: Iterable[str]) -> bool:
        """Read those of the files whose digests were remembered; return whether one has changed all the same."""
        relied_on = {path for path in paths if path in self._found and self._found[path] is self._recalled.get(path)}
        found = hash_files(self._out_dir, relied_on, {})
        is_different = any(self._found[path][0] != sha256 for path, (sha256, _) in found.items())
        self._add(found)
        return is_different

    def _add(self, found: Mapping[str, StampedDigest]) -> None:
        self._found |= found
        self._digests |= {path: sha256 for path, (sha256, _) in found.items()}

    def recall_recorded(self, lock: str) -> Mapping[str, str] | None:
        """Return the digests that the lock with this digest records, by path; None if they are not remembered."""
        recalled = self._remembered
        return {path: sha256 for path, (sha256, _) in recalled.digests.items()} if recalled.lock == lock else None

    def remember(self, lock: str = "") -> None:
        """Remember the digests for later runs; `lock` is the digest of a lock that records just these."""
        if self._folder is not None and self._lock is not None:
            found = Remembered(self._found, lock)
            remember_digests(self._folder, self._out_dir, found, self._remembered, self._lock)

    @property
    def _recalled(self) -> Mapping[str, StampedDigest]:
        return self._remembered.digests

    @cached_property
    def _remembered(self) -> Remembered:
        return recall_digests(self._folder, self._out_dir) if self._folder is not None else Remembered()


def recall_digests(folder: Path, out_dir: Path) -> Remembered:
    """Return what an earlier run has remembered of files in the output folder."""
    key = _make_key(out_dir)
    with suppress(*cache.BAD_FORM):
        # Columns are parsed in half of the time that records take.
        lock, paths, digests, *parts = json.loads(cache.lookup(folder, (key,))[key])
        stamps = zip(*parts, strict=True)
        return Remembered(dict(zip(paths, zip(digests, stamps, strict=True), strict=True)), str(lock))
    return Remembered()


def remember_digests(folder: Path, out_dir: Path, found: Remembered, recalled: Remembered, lock: Stamp) -> None:
    """Remember the digests that were found, unless most of them are `recalled` and those of the lock are known.

    `lock` is the stamp of the lock from before the reading.
    """
    new = sum(recalled.digests.get(path) is not each for path, each in found.digests.items())
    if new * _SHARE > len(found.digests) or found.lock not in ("", recalled.lock):
        stamps = (stamp if _is_settled(stamp, lock) else (0,) * len(stamp) for _, stamp in found.digests.values())
        columns = (
            found.lock,
            tuple(found.digests),
            tuple(sha256 for sha256, _ in found.digests.values()),
            *zip(*stamps, strict=True),
        )
        cache.store(folder, [(_make_key(out_dir), json.dumps(columns).encode())])


def _is_settled(stamp: Stamp, lock: Stamp) -> bool:
    """Return whether the file is on the device of the lock, and was changed in an earlier tick of its clock."""
    return stamp[0] == lock[0] and stamp[-1] < lock[-1] <= time.time_ns()


def _make_key(out_dir: Path) -> str:
    return cache.make_key(("digests", identify_build(), str(out_dir.absolute())))
