"""Link from the catalogue to places in sources and connectors.

Paths and links are the same wherever the workspace lies on the disk.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from authscribe.findings.finding import Place
from authscribe.runtime.paths import find_relative_path
from authscribe.workspace.workspace import Workspace

if TYPE_CHECKING:
    from authscribe.connectors.file_trees import ConnectorFolder

_UNNAMED: Final = "-"


class LinkedPlace(NamedTuple):
    """Place as the catalogue shows it, with its link.

    `path` is never absolute. `href` is None for a place that cannot be linked; a relative `href` starts at the folder
    of the catalogue.
    """

    path: str
    line: int
    column: int
    href: str | None


class _LinkedFile(NamedTuple):
    """File by its key in the lock; `file` is None if it is not on the disk, as in an archive."""

    key: str
    file: str | None


@dataclass(frozen=True)
class Links:
    """Links from one catalogue to the sources and connectors of a run.

    `root` is the folder of the configuration, or None without one; `pattern` is its `source-url`. Sources and
    connectors have the paths that places use.
    """

    root: Path | None
    folder: Path
    pattern: str | None
    sources: Mapping[str, _LinkedFile]
    connectors: Mapping[str, ConnectorFolder]

    @classmethod
    def from_workspace(cls, workspace: Workspace, connectors: Iterable[ConnectorFolder], folder: str) -> Links:
        """Return the links of a catalogue that lies in `folder` of the output folder."""
        return cls(
            root=Path(_normalize(workspace.root)) if workspace.config_file is not None else None,
            folder=Path(_normalize(workspace.out_dir), folder),
            pattern=workspace.configuration.source_url,
            sources={source.path: _LinkedFile(source.key, _normalize(source.file)) for source in workspace.sources},
            connectors={connector.shown: connector for connector in connectors},
        )

    def link_place(self, place: Place) -> LinkedPlace:
        """Return the place relative to the folder of the configuration.

        A place outside that folder, or in no file on the disk, keeps the key that the lock uses, and has no link.
        """
        file = self.sources.get(place.path) or self._find_in_connectors(place.path)
        path = find_relative_path(file.file, self.root) if self.root is not None and file.file is not None else None
        if path is None:
            return LinkedPlace(file.key, place.line, place.column, None)
        return LinkedPlace(path, place.line, place.column, self._make_href(path, place.line))

    def _find_in_connectors(self, path: str) -> _LinkedFile:
        pure_path = PurePosixPath(path)
        shown = next((str(parent) for parent in pure_path.parents if str(parent) in self.connectors), None)
        if shown is None:
            # The folders of a file that is in no source and no connector may be private: only its name is shown.
            return _LinkedFile(pure_path.name or _UNNAMED, None)
        # Imported here: most runs read no connectors.
        from authscribe.connectors.file_trees import DirectoryTree

        folder, inner_path = self.connectors[shown], pure_path.relative_to(shown).as_posix()
        revision = f"@{folder.revision}" if folder.revision else ""
        tree = folder.tree
        file = _normalize(tree.root / folder.prefix / inner_path) if isinstance(tree, DirectoryTree) else None
        return _LinkedFile(f"{folder.name}{revision}/{inner_path}", file)

    def _make_href(self, path: str, line: int) -> str | None:
        if self.pattern is not None:
            return self.pattern.replace("{path}", quote(path)).replace("{line}", str(line or 1))
        return None if self._path_to_root is None else f"{self._path_to_root}{quote(path)}"

    @cached_property
    def _path_to_root(self) -> str | None:
        """Return the relative path from the catalogue to the root, such as `../../`; None if it is not below it."""
        if self.root is None or not self.folder.is_relative_to(self.root):
            return None
        return "../" * len(self.folder.relative_to(self.root).parts)


def _normalize(path: Path | str) -> str:
    # Unlike `Path.resolve`, this keeps symbolic links: a link shows the path that users know. Paths in thousands of
    # sources are normalised, and a `Path` for each would take twice as long.
    return os.path.abspath(path)  # noqa: PTH100
