"""Read the files of connectors from a folder, a revision of a git repository or an archive.

A tree gives bytes by path and nothing else: it follows no link, serves no path outside of itself and starts no process.
"""

from __future__ import annotations

import os
import stat
import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.manifest_missing import report_manifest_unknown, report_no_manifest
from authscribe.findings.rules.no_such_connector import report_no_such_connector
from authscribe.findings.rules.template_outside import report_template_outside
from authscribe.findings.rules.unreadable_file import report_missing_content, report_unreadable_file
from authscribe.model.platform import ManifestFile, Platform
from authscribe.readers.text import SIZE_LIMIT, read_content
from authscribe.runtime.paths import LOCK_NAME

RECORD: Final = "authscribe.scaffold.json"
"""File in which `scaffold` records what it has made."""
PLATFORM_STYLE: Final = "platform"
"""Style of a scaffold that follows the placements of the definitions."""
_ZIP: Final = (".zip",)
_TAR: Final = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
# Everything that the libraries raise for archives and objects that they cannot unpack.
_UNREADABLE: Final = (OSError, EOFError, ValueError, KeyError, RuntimeError, zlib.error)
_DEPTH: Final = 8
"""Levels of folders below the given one in which manifests are searched."""


class Tree(Protocol):
    """Files by path, relative to the tree and with forward slashes."""

    def list_paths(self, below: str) -> Iterator[str]:
        """Yield the paths of the plain files below a folder, sorted; `""` is the tree itself."""

    def read(self, path: str, place: Place) -> bytes | Finding | None:
        """Return the bytes of a file, None if there is no such file, or a finding at `place` if it cannot be read."""


@dataclass(frozen=True)
class ConnectorFolder:
    """Folder of a connector in a tree, such as `hubspot` at revision `main`; `shown` is how the user named it.

    `origin` is where the connector lies, whatever its revision: two folders with one origin are the same connector.
    """

    tree: Tree
    prefix: str
    name: str
    revision: str | None
    shown: str
    origin: str

    def show_path(self, inner: str) -> str:
        """Return a path inside the connector as findings show it."""
        return inner if self.shown == "." else f"{self.shown}/{inner}"

    def is_inside(self, folder: Path) -> bool:
        """Return whether the connector lies in a folder, which has no links in its path."""
        return PurePosixPath(self.origin).is_relative_to(_find_origin(folder))

    def list_files(self, below: str) -> Iterator[str]:
        """Yield the paths of the files below a folder of the connector, relative to the connector."""
        return (path.removeprefix(self.prefix) for path in self.tree.list_paths(f"{self.prefix}{below}"))

    def read(self, inner: str, place: Place) -> bytes | Finding | None:
        """Return the bytes of a file of the connector, as `Tree.read` does."""
        return self.tree.read(f"{self.prefix}{inner}", place)


def find_folders(argument: str, directory: Path, platform: Platform) -> Iterator[ConnectorFolder]:
    """Yield the connectors that an argument names: the folder itself, or each folder in it that has a manifest.

    The argument is a folder, an archive or `REPO@REV`. Raises DefinitionError if it is none of these, or contains no
    manifest, or if the connectors of the platform have none.
    """
    manifest = require_manifest(platform, argument).path
    # Unlike `Path.resolve`, this accepts a link to itself.
    path = Path(os.path.realpath(directory / argument))
    if not argument:
        raise DefinitionError((report_no_such_connector(argument),))
    if path.is_dir():
        yield from find_in_tree(DirectoryTree(path), manifest, argument, path)
    elif path.is_file() and path.name.endswith((*_ZIP, *_TAR)):
        stem = path.name[: -len(next(suffix for suffix in (*_ZIP, *_TAR) if path.name.endswith(suffix)))]
        # Imported here: most runs read no archive.
        from authscribe.connectors.archives import open_archive

        archive = ContentTree(*open_archive(path, argument))
        yield from find_in_tree(archive, manifest, argument, path.with_name(stem))
    else:
        repository, revision = split_argument(argument, directory)
        tree = open_revision(repository, revision, argument)
        yield from find_in_tree(tree, manifest, argument, repository.resolve(), revision)


def require_manifest(platform: Platform, shown: str) -> ManifestFile:
    """Return the manifest of the platform's connectors; raises DefinitionError if they have none."""
    if platform.manifest is None:
        raise DefinitionError((report_manifest_unknown(shown, platform.id),))
    return platform.manifest


def names_folders(argument: str, directory: Path, get_platform: Callable[[], Platform]) -> bool:
    """Return whether an argument is a connector, an archive or `REPO@REV`, and not a folder of something else."""
    path = directory / argument
    if path.is_dir():
        manifest = get_platform().manifest
        return manifest is not None and (path / manifest.path).is_file()
    if path.exists():
        return path.name.endswith((*_ZIP, *_TAR))
    return any(argument[index] == "@" and (directory / argument[:index]).is_dir() for index in range(1, len(argument)))


def split_argument(argument: str, directory: Path) -> tuple[Path, str]:
    """Return the folder and the revision of `REPO@REV`; raises DefinitionError if there is no such folder.

    Both parts may contain `@`, as in `.@main@{1}`: the folder is the longest one that exists.
    """
    for index in range(len(argument) - 1, 0, -1):
        if argument[index] == "@" and (directory / argument[:index]).is_dir():
            return directory / argument[:index], argument[index + 1 :]
    raise DefinitionError((report_no_such_connector(argument),))


def open_revision(path: Path, revision: str, shown: str) -> Tree:
    """Return the files below a folder of a repository in a revision, read from the object store.

    The working copy, hooks and configured commands are not used. Raises DefinitionError, which names `shown`, if no
    repository contains the folder, if it cannot be read, or if it has no such revision.
    """
    # Imported here: most runs read no revision.
    from authscribe.connectors.git_repository import read_commit

    return ContentTree(*read_commit(path, revision, shown))


def find_in_tree(
    tree: Tree, manifest: str, shown: str, root: Path, revision: str | None = None
) -> Iterator[ConnectorFolder]:
    """Yield the connectors of a tree that lies, or was packed, at `root`."""
    shown = PurePosixPath(Path(shown)).as_posix()
    name, root_revision = _split_revision(root.name)
    revision = revision or root_revision
    if tree.read(manifest, Place(shown)) is not None:
        yield ConnectorFolder(tree, "", name, revision, shown, _find_origin(root))
        return
    manifests = _list_manifests(tree, manifest)
    if not manifests:
        raise DefinitionError((report_no_manifest(shown, manifest),))
    for path in manifests:
        folder = path.removesuffix(f"/{manifest}")
        name, own_revision = _split_revision(folder.rpartition("/")[2])
        location = folder if shown == "." else f"{shown}/{folder}"
        yield ConnectorFolder(tree, f"{folder}/", name, own_revision or revision, location, _find_origin(root / folder))


def _list_manifests(tree: Tree, manifest: str) -> list[str]:
    """Return the paths of manifests below the root, apart from those in hidden folders and in output folders."""
    paths = [path for path in tree.list_paths("") if not path.startswith(".") and "/." not in path]
    outputs = tuple(path.removesuffix(LOCK_NAME) for path in paths if path.endswith(f"/{LOCK_NAME}"))
    return [path for path in paths if path.endswith(f"/{manifest}") and not path.startswith(outputs)]


def _find_origin(path: Path) -> str:
    """Return the path without revisions: `a/hubspot@main` and `a/hubspot@prod` are one connector."""
    return "/".join(part.partition("@")[0] for part in path.parts)


def _split_revision(folder: str) -> tuple[str, str | None]:
    """Return the name and the revision of a connector: `hubspot-connector@main` is `hubspot` at `main`."""
    name, _, revision = folder.partition("@")
    return name.removesuffix("-connector"), revision or None


@dataclass(frozen=True)
class DirectoryTree:
    """Folder on the disk."""

    root: Path

    def list_paths(self, below: str) -> Iterator[str]:
        """Yield the paths of plain files, without those in hidden folders."""
        prefix = f"{PurePosixPath(below)}/" if below else ""
        yield from sorted(self._walk(str(self.root / below), prefix, _DEPTH))

    def _walk(self, folder: str, prefix: str, depth: int) -> Iterator[str]:
        """Yield the paths of files, which begin with `prefix`; with pathlib, this would take several times as long."""
        try:
            entries = list(os.scandir(folder))
        except OSError:
            return
        for entry in entries:
            path = f"{prefix}{entry.name}"
            if entry.is_file(follow_symlinks=False):
                yield path
            elif entry.is_dir(follow_symlinks=False) and depth and not entry.name.startswith("."):
                yield from self._walk(entry.path, f"{path}/", depth - 1)

    def read(self, path: str, place: Place) -> bytes | Finding | None:
        """Return the bytes of a file; a link anywhere on its path is a finding."""
        file = str(self.root)
        for part in path.split("/"):
            file = os.path.join(file, part)  # noqa: PTH118 - many times faster than pathlib, on every file
            try:
                mode = os.lstat(file).st_mode
            except (OSError, ValueError):  # ValueError: manifests may contain names that no path can have
                return None
            if stat.S_ISLNK(mode):
                return report_template_outside(path, place, "it is a symbolic link")
        return read_content(place.path, file)


@dataclass(frozen=True)
class ContentTree:
    """Plain files and links of an archive or revision; `fetch` returns at most the given number of bytes."""

    files: frozenset[str]
    links: frozenset[str]
    fetch: Callable[[str, int], bytes] = field(repr=False)

    def list_paths(self, below: str) -> Iterator[str]:
        """Yield the paths of plain files."""
        prefix = f"{below.rstrip('/')}/" if below else ""
        for index in range(bisect_left(self._sorted, prefix), len(self._sorted)):
            if not self._sorted[index].startswith(prefix):
                return
            yield self._sorted[index]

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.files)

    def read(self, path: str, place: Place) -> bytes | Finding | None:
        """Return the bytes of a file, at most one more than the size limit, so that `decode` refuses a larger file."""
        if path in self.links:
            return report_template_outside(path, place, "it is a symbolic link")
        if path not in self.files:
            return None
        try:
            return self.fetch(path, SIZE_LIMIT + 1)
        except FileNotFoundError:
            return report_missing_content(place.path)
        except _UNREADABLE:
            return report_unreadable_file(place.path, "it is damaged, encrypted or compressed in an unsupported way")
