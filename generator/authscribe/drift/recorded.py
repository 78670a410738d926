"""Read the record of the last run, and recall the connectors that it was about."""

from __future__ import annotations

from collections.abc import Sequence

from authscribe.drift import lockfile, output_folder
from authscribe.drift.disk import Stamp
from authscribe.drift.lockfile import Lock
from authscribe.findings.finding import Place
from authscribe.runtime.paths import LOCK_NAME
from authscribe.workspace.workspace import Workspace


def show_lock(workspace: Workspace) -> str:
    """Return the path of the lock file as the user can open it."""
    return f"{workspace.shown_out_dir}/{LOCK_NAME}"


def read_lock(workspace: Workspace) -> tuple[Lock, Stamp | None]:
    """Return the lock and the stamp of its file; an empty one without a stamp if there is none.

    Raises DefinitionError if it is not valid.
    """
    content = output_folder.read_lock(workspace.out_dir)
    if content is None:
        return lockfile.EMPTY, None
    return lockfile.parse_lock(content.data.decode("utf-8", "replace"), show_lock(workspace)), content.stamp


def recall_connectors(arguments: Sequence[str], workspace: Workspace, lock: Lock | None = None) -> Workspace:
    """Return the workspace with the connectors that the lock records, unless arguments or configuration name others.

    Without them, `generate` would delete their files, and `lint` would not see what `generate` reports. Reads the lock
    unless it is given.
    """
    if arguments or workspace.connectors is not None:
        return workspace
    place = Place(show_lock(workspace))
    recorded = (lock or read_lock(workspace)[0]).connectors
    return workspace._replace(recorded=tuple((path, place) for path in recorded))
