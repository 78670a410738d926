"""Load documents that are not sources, but to which sources refer."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path, PurePath

from authscribe.model.draft import MapNode
from authscribe.readers.pasted_secrets import withhold_secrets
from authscribe.readers.registry import parse_document
from authscribe.readers.text import decode, read_content
from authscribe.runtime.hashing import digest
from authscribe.workspace.sources import SourceFile


class ReferencedFiles:
    """Files to which sources refer, each read once when it is asked for.

    Only files inside of `root` are read, also by way of links; none without a root. `texts` are by path as reports show
    them, `inputs` are hashes by the keys of the lock.
    """

    def __init__(self, root: Path | None, sources: Collection[SourceFile]) -> None:
        self.texts: dict[str, str] = {}
        self.inputs: dict[str, str] = {}
        self._root = root.resolve() if root is not None else None
        own = [source for source in sources if not source.is_shipped]
        self._files = {source.path: source.file for source in own}
        # Keys are relative to this folder.
        self._base = next((str(source.file).removesuffix(source.key) for source in own), "")
        self._loaded: dict[str, MapNode | None] = {}

    def load(self, origin: str, path: str) -> MapNode | None:
        """Return the document at a path to which the document at another one refers; None if there is none."""
        if path not in self._loaded:
            self._loaded[path] = self._read(origin, path)
        return self._loaded[path]

    def _read(self, origin: str, path: str) -> MapNode | None:
        file = self._locate(origin, path)
        data = read_content(path, file) if file is not None else None
        if file is None or not isinstance(data, bytes):
            return None
        source = decode(path, data)
        text = withhold_secrets(source.text)
        node, _ = (None, ()) if source.findings else parse_document(path, text)
        if not isinstance(node, MapNode):
            return None
        self._files[path] = file
        self.texts[path] = text
        self.inputs[Path(os.path.relpath(file, self._base)).as_posix()] = digest(data)
        return node

    def _locate(self, origin: str, path: str) -> Path | None:
        """Return the file at a path as shown, or None if it is outside of the root."""
        start = self._files.get(origin)
        if start is None or self._root is None:
            return None
        file = Path(os.path.normpath(start.parent / os.path.relpath(path, PurePath(origin).parent)))
        return file if file.resolve().is_relative_to(self._root) else None
