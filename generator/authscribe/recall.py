"""Recall: that everything is as it should be, known from an earlier run on the same inputs.

A full run that leaves nothing to be done keeps, under a key of all that it depends on, a digest of the lock that it
ended with. A later run with the same key, the same lock and the recorded files unchanged would end the same. The lock
by itself proves nothing: a merge of two branches can join inputs and files that never belonged together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from authscribe import cache, disk, lock, plugins
from authscribe.finding import Finding
from authscribe.lock import Lock
from authscribe.readers import source
from authscribe.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a full run would report: these findings, no drift, so many files; and the texts that findings point at."""

    findings: tuple[Finding, ...]
    texts: Mapping[str, str]
    files: int


@dataclass(frozen=True, slots=True)
class Ending:
    """What is kept of a run: the digest of its lock, and its findings, of which none is an error."""

    lock: str
    findings: tuple[Finding, ...]


_ENDINGS: Final = TypeAdapter(Ending)


def recalled(workspace: Workspace, folder: Path) -> Recalled | None:
    """What is known of this run; None where it has to be made. Reads every input and every recorded output."""
    contents = {file.key: source.content(file.path, file.file) for file in workspace.sources}
    read = {key: data for key, data in contents.items() if isinstance(data, bytes)}
    key = _key(workspace, {name: lock.digest(data) for name, data in read.items()})
    ending = _ending(cache.found(folder, (key,)).get(key))
    recorded = _in_place(workspace, ending.lock) if ending is not None else None
    if ending is None or recorded is None:
        return None
    shown = {place.path for finding in ending.findings for place in finding.places}
    texts = {
        file.path: source.decode(file.path, read[file.key]).text for file in workspace.sources if file.path in shown
    }
    return Recalled(ending.findings, texts, len(recorded.files))


def keep(workspace: Workspace, folder: Path, recorded: Lock, findings: tuple[Finding, ...]) -> None:
    """Keeps that a full run ended with this lock and nothing to do.

    Nothing is kept where code of other packages may have taken part, since nobody watches it for changes.
    """
    if not any(plugins.packages(group) for group in plugins.Group):
        ending = Ending(lock.digest(lock.dump(recorded)), findings)
        cache.keep(folder, [(_key(workspace, recorded.inputs), _ENDINGS.dump_json(ending))])


def _key(workspace: Workspace, inputs: Mapping[str, str]) -> str:
    """All that the outcome of a run depends on, but for what is in the output folder.

    Outputs link to sources, so that it counts where each of them lies.
    """
    sources = (
        (file.key, file.path, str(file.file), file.format or "", inputs.get(file.key, "")) for file in workspace.sources
    )
    return cache.digest(
        (
            cache.build(),
            workspace.configuration.model_dump_json(),
            workspace.platform,
            str(workspace.root),
            str(workspace.out_dir.absolute()),
            str(workspace.keep_going),
            *(part for file in sources for part in file),
            *(part for each in workspace.templates for part in ("", *cache.tree(each))),
        )
    )


def _ending(content: bytes | None) -> Ending | None:
    try:
        return _ENDINGS.validate_json(content) if content is not None else None
    except ValidationError:
        return None


def _in_place(workspace: Workspace, digest: str) -> Lock | None:
    """The lock on the disk, if it has this digest and every file that it records is as it says."""
    disk.check_out_dir(workspace.out_dir, workspace.root)
    text = disk.read_lock(workspace.out_dir)
    if text is None or lock.digest(text.encode()) != digest:
        return None
    recorded = lock.parse(text)
    actual = disk.read_each(workspace.out_dir, recorded.files)
    right = sum(lock.digest(content) == recorded.files[path].sha256 for path, content in actual)
    return recorded if right == len(recorded.files) else None
