"""Keep built files in the cache, so that a later run does not build them again.

Files that are built together, such as those of a connector, have two entries: their records, and their contents. Most
files are up to date, and of these a run needs only the records.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache as cached
from pathlib import Path
from typing import TypeAlias, TypeVar

from authscribe.build.content import Content, StoredContent
from authscribe.build.files import GeneratedFile
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.runtime import cache
from authscribe.runtime.bundles import lookup_together
from authscribe.runtime.hashing import digest
from authscribe.runtime.lazy import LazyMapping

ItemT = TypeVar("ItemT")
_Record: TypeAlias = tuple[str, str, str | None, str | None, str, bool, int]
"""Path, target, template and subject of a file; digest, compression and size of its content."""


def make_keys(catalogue: Catalogue, definitions: Iterable[Scheme | Connector], context_key: str) -> list[str]:
    """Return a key for the part of a catalogue about each definition, which need not be made for that."""
    settings = repr(catalogue.conventions), cache.describe_settings(catalogue.options)
    common = cache.make_key((context_key, catalogue.identify(catalogue.platform), *settings))
    return [cache.make_key((common, catalogue.identify(definition))) for definition in definitions]


def load_files(
    folder: Path | None, inputs: Mapping[str, ItemT], build: Callable[[ItemT], Iterable[GeneratedFile]]
) -> dict[str, tuple[GeneratedFile, ...]]:
    """Return the files that earlier runs stored under those of the keys of the inputs that the cache has, if any.

    Contents are looked up when they are needed. If they are missing or damaged then, `build` builds the files of their
    input again.
    """
    if folder is None:
        return {}
    values = lookup_together(folder, tuple(inputs))
    records: dict[str, Sequence[_Record]] = {}
    # Asking for the contents of each input alone takes five times as long.
    find_contents = cached(lambda: cache.lookup(folder, [*map(_make_contents_key, inputs)]))

    def fetch(key: str) -> Sequence[Content]:
        with suppress(*cache.BAD_FORM):
            return tuple(_split_contents(records[key], find_contents()[_make_contents_key(key)]))
        return tuple(file.content.load() for file in build(inputs[key]))

    contents = LazyMapping(inputs, fetch)
    files: dict[str, tuple[GeneratedFile, ...]] = {}
    for key, value in values.items():
        with suppress(*cache.BAD_FORM):
            records[key] = json.loads(value)
            files[key] = tuple(_iter_files(key, records[key], contents))
    return files


def store_files(folder: Path | None, files: Mapping[str, Sequence[GeneratedFile]]) -> None:
    """Store files that were built together under their key, if there is a cache."""
    if folder is not None and files:
        cache.store(folder, (entry for key, each in files.items() for entry in _pack_files(key, each)))


def _pack_files(key: str, files: Iterable[GeneratedFile]) -> Iterator[tuple[str, bytes]]:
    """Yield the two entries of files: a record of each, and their contents, which may be compressed."""
    contents = [(file, file.content.load()) for file in files]
    records = [
        (file.path, file.target, file.template, file.subject, content.sha256, content.is_packed, len(content.held))
        for file, content in contents
    ]
    yield key, json.dumps(records).encode()
    yield _make_contents_key(key), b"".join(content.held for _, content in contents)


def _iter_files(
    key: str, records: Iterable[_Record], contents: Mapping[str, Sequence[Content]]
) -> Iterator[GeneratedFile]:
    for number, (path, target, template, subject, sha256, _, _) in enumerate(records):
        yield GeneratedFile(path, target, StoredContent(sha256, contents, key, number), template, subject)


def _split_contents(records: Iterable[_Record], value: bytes) -> Iterator[Content]:
    start = 0
    for *_, sha256, is_packed, size in records:
        content = Content(value[start : start + size], sha256, is_packed)
        if digest(content.data) != sha256:
            raise ValueError("a content that does not match its digest")
        start += size
        yield content


def _make_contents_key(key: str) -> str:
    return f"{key}/contents"
