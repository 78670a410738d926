"""Whereabouts: how the catalogue writes the places that it points at, the same wherever the tree lies."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote

from authscribe.connectors.file_trees import DirectoryTree, Folder
from authscribe.findings.finding import Place
from authscribe.runtime.paths import find_relative_path
from authscribe.workspace.workspace import Workspace

_NOTHING: Final = "-"


@dataclass(frozen=True, slots=True)
class Where:
    """A place for readers: never an absolute path; `href` is None where nothing can be linked.

    A relative `href` starts at the folder of the catalogue.
    """

    path: str
    line: int
    column: int
    href: str | None


@dataclass(frozen=True, slots=True)
class _File:
    """A file by its key, and where it lies on the disk, if it does so by itself."""

    key: str
    file: Path | None


@dataclass(frozen=True)
class Links:
    """The sources and connectors of a run. `root` is the folder of the configuration, None without one."""

    root: Path | None
    folder: Path
    pattern: str | None
    sources: Mapping[str, _File]
    connectors: Mapping[str, Folder]

    @classmethod
    def of(cls, found: Workspace, connectors: Iterable[Folder], folder: str) -> Links:
        """The whereabouts of a workspace, for a catalogue in this folder of its outputs."""
        return cls(
            root=_normal(found.root) if found.config_file is not None else None,
            folder=_normal(found.out_dir) / folder,
            pattern=found.configuration.source_url,
            sources={source.path: _File(source.key, _normal(source.file)) for source in found.sources},
            connectors={connector.shown: connector for connector in connectors},
        )

    def where(self, place: Place) -> Where:
        """The place as readers see it: relative to the configuration, otherwise by the key that the lock uses."""
        found = self.sources.get(place.path) or self._in_connector(place.path)
        path = find_relative_path(found.file, self.root) if self.root is not None and found.file is not None else None
        if path is None:
            return Where(found.key, place.line, place.column, None)
        return Where(path, place.line, place.column, self._link(path, place.line))

    def _in_connector(self, path: str) -> _File:
        pure = PurePosixPath(path)
        shown = next((str(parent) for parent in pure.parents if str(parent) in self.connectors), None)
        if shown is None:
            # Nothing is known of it but its name, and its folders could be anybody's.
            return _File(pure.name or _NOTHING, None)
        folder, inner = self.connectors[shown], pure.relative_to(shown).as_posix()
        revision = f"@{folder.revision}" if folder.revision else ""
        tree = folder.tree
        file = _normal(tree.root / folder.prefix / inner) if isinstance(tree, DirectoryTree) else None
        return _File(f"{folder.name}{revision}/{inner}", file)

    def _link(self, path: str, line: int) -> str | None:
        if self.pattern is not None:
            return self.pattern.replace("{path}", quote(path)).replace("{line}", str(line or 1))
        return None if self._up is None else f"{self._up}{quote(path)}"

    @cached_property
    def _up(self) -> str | None:
        """What leads from the folder of the catalogue to the root, before a path; None where it lies elsewhere."""
        if self.root is None or not self.folder.is_relative_to(self.root):
            return None
        return "../" * len(self.folder.relative_to(self.root).parts)


def _normal(path: Path) -> Path:
    return Path(os.path.normpath(path.absolute()))
