"""Recall: that everything is as it should be, known from an earlier run on the same inputs.

A full run that leaves nothing to be done keeps, under a key of all that it depends on, a digest of the lock that it
ended with. A later run with the same key, the same lock and the recorded files unchanged would end the same. The lock
by itself proves nothing: a merge of two branches can join inputs and files that never belonged together.

Nothing is imported for it that a run can do without when there is nothing else to do.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from authscribe.drift import directory, lockfile
from authscribe.findings.finding import FINDING_TYPES, Finding
from authscribe.readers.text import decode, read_content
from authscribe.runtime import cache, plugins
from authscribe.runtime.codec import dump_record, parse_record
from authscribe.runtime.hashing import digest
from authscribe.workspace.workspace import Workspace


class EarlierRun(NamedTuple):
    """What a full run would report: these findings, no drift, so many files; and the texts that findings point at."""

    findings: tuple[Finding, ...]
    texts: Mapping[str, str]
    files: int


class StoredRun(NamedTuple):
    """What is kept of a run: the digest of its lock, and its findings, of which none is an error."""

    lock: str
    findings: tuple[Finding, ...]


def find_earlier_run(verb: str, workspace: Workspace, folder: Path) -> EarlierRun | None:
    """What is known of this run; None where it has to be made. Reads every input and every recorded output."""
    contents = {file.key: read_content(file.path, file.file) for file in workspace.sources}
    read = {key: data for key, data in contents.items() if isinstance(data, bytes)}
    key = _key(verb, workspace, {name: digest(data) for name, data in read.items()})
    ending = _ending(cache.lookup(folder, (key,)).get(key))
    files = _in_place(workspace, ending.lock) if ending is not None else None
    if ending is None or files is None:
        return None
    shown = {place.path for finding in ending.findings for place in finding.places}
    texts = {file.path: decode(file.path, read[file.key]).text for file in workspace.sources if file.path in shown}
    return EarlierRun(ending.findings, texts, files)


def store_run(
    verb: str,
    workspace: Workspace,
    folder: Path,
    *,
    inputs: Mapping[str, str],
    record: bytes,
    findings: tuple[Finding, ...],
) -> None:
    """Keeps that a full run on these inputs ended with the lock that was written as `record`, and nothing to do.

    Nothing is kept where code of other packages may have taken part, since nobody watches it for changes.
    """
    if not any(plugins.list_plugins(group) for group in plugins.Group):
        run = StoredRun(digest(record), findings)
        cache.store(folder, [(_key(verb, workspace, inputs), dump_record(run))])


def _key(verb: str, workspace: Workspace, inputs: Mapping[str, str]) -> str:
    """All that the outcome of a run depends on, but for what is in the output folder.

    Outputs link to sources, so that it counts where each of them lies.
    """
    sources = (
        (file.key, file.path, str(file.file), file.format or "", inputs.get(file.key, "")) for file in workspace.sources
    )
    return cache.make_key(
        (
            cache.identify_build(),
            repr(workspace.configuration),
            workspace.platform,
            str(workspace.root),
            str(workspace.out_dir.absolute()),
            str(workspace.keep_going),
            *(part for file in sources for part in file),
            *(part for each in workspace.templates for part in ("", *cache.list_tree(each))),
            *_connectors(verb, workspace),
        )
    )


def _connectors(verb: str, workspace: Workspace) -> Iterator[bytes | str]:
    """Everything in the folders of connectors, of which one verb says more than the other.

    Findings name them as they are seen from where the run is.
    """
    for pattern in workspace.configuration.connectors:
        yield from (verb, str(Path.cwd()))
        for folder in sorted(path for path in workspace.root.glob(pattern) if path.is_dir()):
            yield str(folder)
            yield from _files(folder)


def _files(folder: Path) -> Iterator[bytes | str]:
    """Each file with what would be read of it; a link is no plain file. What git keeps is nobody's."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != ".git")
        for name in sorted(names):
            file = Path(place, name)
            data = read_content(name, file)
            yield from (str(file), str(file.is_symlink()), data if isinstance(data, bytes) else data.message)


def _ending(content: bytes | None) -> StoredRun | None:
    with suppress(ValueError, TypeError, KeyError):
        return parse_record(content or b"", StoredRun, FINDING_TYPES)
    return None


def _in_place(workspace: Workspace, lock_digest: str) -> int | None:
    """How many files the lock on the disk records, if it has this digest and every one is as it says."""
    directory.check_out_dir(workspace.out_dir, workspace.root)
    content = directory.read_files(workspace.out_dir, (lockfile.LOCK_NAME,)).get(lockfile.LOCK_NAME)
    if content is None or digest(content) != lock_digest:
        return None
    recorded = lockfile.parse_digests(content)
    actual = directory.iter_files(workspace.out_dir, recorded)
    right = sum(digest(data) == recorded[path] for path, data in actual)
    return right if right == len(recorded) else None
