"""Keep built files in the cache, so that a later run does not build them again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from authscribe.build.content import Content
from authscribe.build.files import GeneratedFile
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Model
from authscribe.runtime import cache
from authscribe.runtime.hashing import digest


def make_keys(parts: Iterable[Catalogue], context_key: str) -> list[str]:
    """Return a key for each part, made from its definitions, platform, choices and the key of the context."""
    # Parts share the platform, the choices and many schemes.
    digests: dict[int, str] = {}

    def describe(shared: object) -> str:
        if id(shared) not in digests:
            # Fields with defaults are left out, but whether a field was set counts: see the placements of a scheme.
            text = shared.model_dump_json(exclude_unset=True) if isinstance(shared, Model) else repr(shared)
            digests[id(shared)] = digest(text.encode("utf-8", "surrogatepass"))
        return digests[id(shared)]

    return [
        cache.make_key(
            (
                context_key,
                "connector" if part.connectors else "scheme",
                *map(describe, (part.conventions, part.options, part.platform, *part.schemes, *part.connectors)),
            )
        )
        for part in parts
    ]


def load_files(folder: Path, keys: Sequence[str]) -> dict[str, tuple[GeneratedFile, ...]]:
    """Return the files that earlier runs stored under those of the keys that the cache has."""
    files: dict[str, tuple[GeneratedFile, ...]] = {}
    for key, value in cache.lookup(folder, keys).items():
        with suppress(*cache.BAD_FORM):
            files[key] = unpack_files(value)
    return files


def store_files(folder: Path, keys: Iterable[str], files: Iterable[tuple[GeneratedFile, ...]]) -> None:
    """Store the files of each part under its key."""
    cache.store(folder, ((key, pack_files(each)) for key, each in zip(keys, files, strict=True)))


def pack_files(files: Sequence[GeneratedFile]) -> bytes:
    """Return a line of JSON that describes each file, followed by the contents, which may be compressed."""
    rows = [
        (file.path, file.target, file.template, file.subject, content.sha256, content.is_packed, len(content.held))
        for file in files
        for content in (file.content,)
    ]
    return b"".join((json.dumps(rows).encode(), b"\n", *(file.content.held for file in files)))


def unpack_files(value: bytes) -> tuple[GeneratedFile, ...]:
    """Return the files that `pack_files` packed; raise ValueError, TypeError or zlib.error for any other value."""
    return tuple(_iter_files(value))


def _iter_files(value: bytes) -> Iterator[GeneratedFile]:
    rows, _, contents = value.partition(b"\n")
    start = 0
    for path, target, template, subject, sha256, is_packed, size in json.loads(rows):
        content = Content(contents[start : start + size], sha256, is_packed)
        if digest(content.data) != sha256:
            raise ValueError("a content that does not match its digest")
        start += size
        yield GeneratedFile(path, target, content, template, subject)
