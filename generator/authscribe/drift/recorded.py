"""Read the record of the last run, and recall the connectors that it was about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from authscribe.drift import lockfile, output_folder
from authscribe.drift.disk import Stamp
from authscribe.drift.lockfile import Lock
from authscribe.findings.finding import Place
from authscribe.runtime.hashing import digest
from authscribe.runtime.paths import LOCK_NAME
from authscribe.workspace.workspace import Workspace


class RecordedLock(NamedTuple):
    """Lock of the last run, and the digest and stamp of its file; without one, the lock is empty."""

    lock: Lock = lockfile.EMPTY
    sha256: str = ""
    stamp: Stamp | None = None


def show_lock(workspace: Workspace) -> str:
    """Return the path of the lock file as the user can open it."""
    return f"{workspace.shown_out_dir}/{LOCK_NAME}"


def read_lock(workspace: Workspace) -> RecordedLock:
    """Return the lock that the last run left; raise DefinitionError if it is not valid."""
    content = output_folder.read_lock(workspace.out_dir)
    if content is None:
        return RecordedLock()
    lock = lockfile.parse_lock(content.data.decode("utf-8", "replace"), show_lock(workspace))
    return RecordedLock(lock, digest(content.data), content.stamp)


def recall_connectors(arguments: Sequence[str], workspace: Workspace, lock: Lock | None = None) -> Workspace:
    """Return the workspace with the connectors that the lock records, unless arguments or configuration name others.

    Without them, `generate` would delete their files, and `lint` would not see what `generate` reports. Reads the lock
    unless it is given.
    """
    if arguments or workspace.connectors is not None:
        return workspace
    place = Place(show_lock(workspace))
    recorded = (lock or read_lock(workspace).lock).connectors
    return workspace._replace(recorded=tuple((path, place) for path in recorded))
