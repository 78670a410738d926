"""Find out from an earlier run on the same inputs that everything is up to date.

A full run that leaves no drift stores the digest of its lock under a key of everything that the run depends on. A later
run has the same result if it has the same key, the same lock, and all recorded files unchanged. The lock alone does not
suffice: a merge of two branches may combine inputs and outputs that do not belong together.

A run that finds nothing to do needs only the modules that are imported here, so none of them may import pydantic,
Jinja or black.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import NamedTuple

from authscribe.drift import lockfile, output_folder
from authscribe.drift.stamps import OutputDigests
from authscribe.findings.finding import FINDING_TYPES, Finding, Lines
from authscribe.readers.text import read_content
from authscribe.runtime import cache, plugins
from authscribe.runtime.codec import dump_record, parse_record
from authscribe.runtime.hashing import digest
from authscribe.runtime.installation import identify_build
from authscribe.workspace.workspace import Workspace, match_folders


class EarlierRun(NamedTuple):
    """Result of a full run without drifts: its findings, the number of hidden ones, lines, and the number of files."""

    findings: tuple[Finding, ...]
    hidden: int
    lines: Lines
    files: int


class StoredRun(NamedTuple):
    """Digest of the lock that a run left, its findings, and the number of those that it hid.

    `lines` are those that the findings point at: path, number and text, in which values are masked.

    A suppression may expire after `last_day`, an ISO date; empty if none will. `plugins` is a digest of the code of the
    installed plugins; empty if there are none.
    """

    lock: str
    findings: tuple[Finding, ...]
    lines: tuple[tuple[str, int, str], ...] = ()
    hidden: int = 0
    last_day: str = ""
    plugins: str = ""


def find_earlier_run(key: str, workspace: Workspace, folder: Path) -> EarlierRun | None:
    """Return the result of an earlier run with the key of this one if the outputs are as it left them, or None.

    Reads every recorded output. Raises DefinitionError if the output folder must not be used.
    """
    run = _parse_run(cache.lookup(folder, (key,)).get(key))
    if run is None or (run.last_day and run.last_day < date.today().isoformat()):  # noqa: DTZ011 - as people write it
        return None
    # The key has all distributions. So if there were no plugins, there are none now, and nobody need look for them.
    if run.plugins and run.plugins != plugins.identify_plugins():
        return None
    files = _count_unchanged(workspace, folder, run.lock)
    if files is None:
        return None
    lines = {(path, number): line for path, number, line in run.lines}
    return EarlierRun(run.findings, run.hidden, lines, files)


def store_run(key: str, folder: Path, run: StoredRun) -> None:
    """Store the result of a full run that left no drift."""
    cache.store(folder, [(key, dump_record(run))])


def identify_run(verb: str, workspace: Workspace) -> str:
    """Return a key of everything that the result of a run depends on, except the content of the output folder.

    Reads every input; of sources, what the run has read.
    """
    # The paths of sources count, since outputs link to them.
    sources = (
        (file.key, file.path, file.file, file.format or "", workspace.contents.read(file).sha256)
        for file in workspace.sources
    )
    return cache.make_key(
        (
            identify_build(),
            cache.describe_settings(workspace.configuration),
            repr(workspace.suppressions),
            workspace.platform,
            str(workspace.root),
            workspace.config_file or "",
            str(workspace.out_dir.absolute()),
            str(workspace.keep_going),
            *(part for file in sources for part in file),
            *_list_baseline_parts(workspace),
            *(part for each in workspace.templates for part in ("", *cache.list_tree(each))),
            *_list_connector_parts(verb, workspace),
        )
    )


def _list_baseline_parts(workspace: Workspace) -> Iterator[bytes | str]:
    name = workspace.configuration.baseline
    if name is not None:
        data = read_content(name, workspace.root / name)
        yield data if isinstance(data, bytes) else data.message


def _list_connector_parts(verb: str, workspace: Workspace) -> Iterator[bytes | str]:
    """Yield everything in the folders of connectors, about which `check` reports more than `generate`."""
    for pattern in workspace.configuration.connectors:
        # Findings show paths relative to the current folder.
        yield from (verb, str(Path.cwd()))
        for folder in match_folders(workspace.root, pattern):
            yield str(folder)
            yield from _list_file_parts(folder, workspace.out_dir.absolute())


def _list_file_parts(folder: Path, out_dir: Path) -> Iterator[bytes | str]:
    """Yield each file of connectors: its path, whether it is a link, and its content or error.

    Hidden folders hold no connectors, and the output folder is not an input.
    """
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and Path(place, name).absolute() != out_dir
        )
        for name in sorted(names):
            file = Path(place, name)
            data = read_content(name, file)
            yield from (str(file), str(file.is_symlink()), data if isinstance(data, bytes) else data.message)


def _parse_run(content: bytes | None) -> StoredRun | None:
    with suppress(*cache.BAD_FORM):
        return parse_record(content or b"", StoredRun, FINDING_TYPES)
    return None


def _count_unchanged(workspace: Workspace, folder: Path, lock_digest: str) -> int | None:
    """Return the number of recorded files if the lock has this digest and all files are as recorded, or None."""
    output_folder.check_out_dir(workspace.out_dir, workspace.root)
    lock = output_folder.read_lock(workspace.out_dir)
    if lock is None or digest(lock.data) != lock_digest:
        return None
    digests = OutputDigests(workspace.out_dir, folder, lock.stamp)
    recorded = digests.recall_recorded(lock_digest) or lockfile.parse_digests(lock.data)
    is_unchanged = digests.read(recorded) == recorded
    digests.remember(lock_digest if is_unchanged else "")
    return len(recorded) if is_unchanged else None
