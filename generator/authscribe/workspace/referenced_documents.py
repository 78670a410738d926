"""Load documents that are not sources, but to which sources refer."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, MutableMapping
from pathlib import Path, PurePath
from typing import TypeAlias

from authscribe.model.draft import MapNode
from authscribe.readers.pasted_secrets import withhold_secrets
from authscribe.readers.registry import parse_document
from authscribe.readers.text import decode, read_content
from authscribe.runtime.hashing import digest
from authscribe.workspace.sources import SourceFile

ReadReferenced: TypeAlias = Callable[[str, str], tuple[str, bytes] | None]
"""Function that returns the key in the lock, and the content, of the file at a path to which another one refers."""


class ReferencedDocuments:
    """Documents to which sources refer, each read once when it is asked for.

    `texts` are by path as reports show them, and `inputs` are hashes by the keys of the lock.
    """

    def __init__(self, read: ReadReferenced) -> None:
        self.texts: dict[str, str] = {}
        self.inputs: dict[str, str] = {}
        self._read = read
        self._loaded: dict[str, MapNode | None] = {}

    def load(self, origin: str, path: str) -> MapNode | None:
        """Return the document at a path to which the document at another one refers; None if there is none."""
        if path not in self._loaded:
            self._loaded[path] = self._parse(path, self._read(origin, path))
        return self._loaded[path]

    def _parse(self, path: str, file: tuple[str, bytes] | None) -> MapNode | None:
        if file is None:
            return None
        key, data = file
        source = decode(path, data)
        text = withhold_secrets(source.text)
        node = parse_document(path, text)[0] if not source.findings else None
        if not isinstance(node, MapNode):
            return None
        self.texts[path], self.inputs[key] = text, digest(data)
        return node


def make_file_reader(
    root: Path | None, sources: Collection[SourceFile], referenced: MutableMapping[str, str]
) -> ReadReferenced:
    """Return a function that reads files inside of `root` only, also by way of links; none without a root.

    It adds each of them to those that are `referenced`, by path.
    """
    own = [source for source in sources if not source.is_shipped]
    files = {source.path: source.file for source in own}
    # Keys are relative to this folder.
    base = next((source.file.removesuffix(source.key) for source in own), "")

    def read(origin: str, path: str) -> tuple[str, bytes] | None:
        if root is None or origin not in files or "\0" in path:
            return None
        file = Path(os.path.normpath(Path(files[origin]).parent / os.path.relpath(path, PurePath(origin).parent)))
        # Unlike `Path.resolve`, this accepts circular links.
        is_inside = Path(os.path.realpath(file)).is_relative_to(os.path.realpath(root))
        data = read_content(path, file) if is_inside else None
        if not isinstance(data, bytes):
            return None
        files[path] = referenced[path] = str(file)
        return Path(os.path.relpath(file, base)).as_posix(), data

    return read
