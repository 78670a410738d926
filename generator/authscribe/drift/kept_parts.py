"""Keep the files of those parts of the catalogue that are on disk as the last run recorded them.

The key of a part stands for the contents of its files, and a lock for the contents of all outputs. So a run that leaves
no drift stores under the digest of its lock which part each file belongs to. If a later run finds this lock, it neither
builds, restores nor compares the files of a part that has the same key, and whose files have not changed: the records
in the lock are all that it needs of them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from authscribe.build.build import BuildContext, build_parts, key_definitions
from authscribe.build.files import GeneratedFile
from authscribe.drift.recorded import RecordedLock
from authscribe.drift.stamps import OutputDigests
from authscribe.findings.finding import DefinitionError
from authscribe.model.catalogue import Catalogue
from authscribe.runtime import cache
from authscribe.targets.registry import is_plugin

_NO_PART: Final = -1
"""Part of a file that is about all definitions."""


class Outputs(NamedTuple):
    """Files that a run has built, sorted by path, and the keys of the parts that files belong to, by path.

    The files at the paths `kept` were not built: they are on disk as the lock records them.
    """

    files: tuple[GeneratedFile, ...]
    parts: Mapping[str, str]
    kept: Collection[str]


def build_outputs(
    catalogue: Catalogue, names: Sequence[str], context: BuildContext, recorded: RecordedLock, digests: OutputDigests
) -> Outputs:
    """Build the files of the catalogue, or those about the definitions called `names`, except for those to keep.

    `digests` are those of the files on disk. Raises what `build_parts` raises.
    """
    definitions = key_definitions(catalogue, names, context)
    kept = _find_kept(definitions.keys(), context, recorded, digests)
    present = {*kept.values()}
    missing = {key: definition for key, definition in definitions.items() if key not in present}
    built = build_parts(catalogue, missing, names, context)
    parts = {file.path: key for key, files in built.parts.items() for file in files}
    return Outputs(built.sort(), kept | parts, kept.keys())


def _find_kept(
    keys: Collection[str], context: BuildContext, recorded: RecordedLock, digests: OutputDigests
) -> dict[str, str]:
    """Return the key of the part of each file to keep by path, given the keys of all parts of the run."""
    key, files = _make_key(recorded.sha256), recorded.lock.files
    # All files of plugins are needed to find out whether they can be in one folder.
    if context.cache is None or not files or any(map(is_plugin, context.targets)):
        return {}
    with suppress(*cache.BAD_FORM, DefinitionError):
        parts, owners = json.loads(cache.lookup(context.cache, (key,))[key])
        # If one cannot be read, that is reported once the files have been built, as without a cache.
        actual = digests.read(files)
        owned = zip(files.items(), owners, strict=True)
        changed = {owner for (path, record), owner in owned if actual.get(path) != record.sha256}
        kept = {number: part for number, part in enumerate(parts) if part in keys and number not in changed}
        return {path: kept[owner] for path, owner in zip(files, owners, strict=True) if owner in kept}
    return {}


def store_parts(folder: Path, paths: Iterable[str], lock_digest: str, parts: Mapping[str, str]) -> None:
    """Store to which part each file belongs, given the paths of a lock in their order, and the keys of parts by path.

    The lock must record all files of these parts as the definitions produce them.
    """
    numbers = {key: number for number, key in enumerate(dict.fromkeys(parts.values()))}
    owners = [numbers[parts[path]] if path in parts else _NO_PART for path in paths]
    cache.store(folder, [(_make_key(lock_digest), json.dumps((tuple(numbers), owners)).encode())])


def _make_key(lock_digest: str) -> str:
    return cache.make_key(("parts", lock_digest))
