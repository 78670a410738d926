"""Where connectors lie: a folder, a revision of a git repository, an archive.

A tree gives bytes by path and nothing else: no link is followed, no path leaves it, no process is started.
The only module that knows dulwich.
"""

from __future__ import annotations

import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.manifest_missing import report_no_manifest
from authscribe.findings.rules.no_such_connector import report_no_such_connector, report_no_such_revision
from authscribe.findings.rules.template_outside import report_template_outside
from authscribe.findings.rules.unreadable_file import report_unreadable_file
from authscribe.readers.text import SIZE_LIMIT, read_content

MANIFEST: Final = "manifest.json"
RECORD: Final = "authscribe.scaffold.json"
"""What `scaffold` leaves beside the files that it makes."""
_ZIP: Final = (".zip",)
_TAR: Final = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
# What the libraries raise for archives and objects that they cannot unpack.
_UNREADABLE: Final = (
    OSError, EOFError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile, tarfile.TarError, zlib.error,
    lzma.LZMAError,
)  # fmt: skip
_DEPTH: Final = 8
"""Folders below one that was named in which a manifest is looked for."""


class Tree(Protocol):
    """Files by their path, with forward slashes, relative to the tree."""

    def list_paths(self, below: str) -> Iterator[str]:
        """The paths of all plain files below a folder (`""` is the tree itself), sorted."""

    def read(self, path: str, place: Place) -> bytes | Finding | None:
        """The bytes of a file, None where there is none, or the finding at `place` that says why not."""


@dataclass(frozen=True)
class ConnectorFolder:
    """One connector in a tree: `hubspot` at revision `main`, shown as the user named it."""

    tree: Tree
    prefix: str
    name: str
    revision: str | None
    shown: str

    def show_path(self, inner: str) -> str:
        """A path inside the connector as it is shown in findings."""
        return f"{self.shown}/{inner}"

    def list_files(self, below: str) -> Iterator[str]:
        """The files below a folder of the connector, relative to the connector."""
        return (path.removeprefix(self.prefix) for path in self.tree.list_paths(f"{self.prefix}{below}"))

    def read(self, inner: str, place: Place) -> bytes | Finding | None:
        """The bytes of a file of the connector, as `Tree.read` gives them."""
        return self.tree.read(f"{self.prefix}{inner}", place)


def find_folders(argument: str, directory: Path) -> Iterator[ConnectorFolder]:
    """The connectors that an argument names: itself, or each folder in it that has a manifest.

    An argument is a folder, an archive, or `REPO@REV`. Raises DefinitionError where there is no such thing.
    """
    path = directory / argument
    if path.is_dir():
        yield from _in_tree(DirectoryTree(path), argument, *_named(path.resolve().name))
    elif path.is_file() and path.name.endswith((*_ZIP, *_TAR)):
        stem = path.name[: -len(next(suffix for suffix in (*_ZIP, *_TAR) if path.name.endswith(suffix)))]
        yield from _in_tree(_archive(path, argument), argument, *_named(stem))
    else:
        repository, at, revision = argument.rpartition("@")
        if not at or not (directory / repository).is_dir():
            raise DefinitionError((report_no_such_connector(argument),))
        tree = open_revision(directory / repository, revision, argument)
        yield from _in_tree(tree, argument, _named((directory / repository).resolve().name)[0], revision)


def open_revision(path: Path, revision: str, shown: str) -> Tree:
    """The tree of a commit, read from the objects: the working copy, hooks and configured commands play no part.

    Raises DefinitionError where the folder is no repository, or has no such revision.
    """
    from dulwich.errors import NotGitRepository
    from dulwich.object_store import iter_tree_contents
    from dulwich.objects import Blob
    from dulwich.objectspec import parse_commit
    from dulwich.repo import Repo

    try:
        repository = Repo(str(path))
    except NotGitRepository:
        raise DefinitionError((report_no_such_connector(shown),)) from None
    try:
        commit = parse_commit(repository, revision.encode())
    except (KeyError, ValueError):
        raise DefinitionError((report_no_such_revision(shown, revision),)) from None
    store = repository.object_store
    entries = {entry.path.decode("utf-8", "replace"): entry for entry in iter_tree_contents(store, commit.tree)}

    def fetch(name: str, limit: int) -> bytes:
        blob = store[entries[name].sha]
        return blob.data[:limit] if isinstance(blob, Blob) else b""

    return ContentTree(
        frozenset(name for name, entry in entries.items() if stat.S_ISREG(entry.mode)),
        frozenset(name for name, entry in entries.items() if stat.S_ISLNK(entry.mode)),
        fetch,
    )


def _in_tree(tree: Tree, shown: str, name: str, revision: str | None) -> Iterator[ConnectorFolder]:
    shown = PurePosixPath(Path(shown)).as_posix()
    if tree.read(MANIFEST, Place(shown)) is not None:
        yield ConnectorFolder(tree, "", name, revision, shown)
        return
    inner = [path for path in tree.list_paths("") if path.rpartition("/")[2] == MANIFEST]
    if not inner:
        raise DefinitionError((report_no_manifest(shown),))
    for path in inner:
        folder = path.rpartition("/")[0]
        own_name, own_revision = _named(folder.rpartition("/")[2])
        yield ConnectorFolder(tree, f"{folder}/", own_name, own_revision or revision, f"{shown}/{folder}")


def _named(folder: str) -> tuple[str, str | None]:
    """`hubspot@main` is a revision of hubspot; repositories are often called `hubspot-connector`."""
    name, _, revision = folder.partition("@")
    return name.removesuffix("-connector"), revision or None


@dataclass(frozen=True)
class DirectoryTree:
    """A folder on the disk."""

    root: Path

    def list_paths(self, below: str) -> Iterator[str]:
        """Plain files only; hidden folders are left out."""
        yield from sorted(self._walk(self.root / below, _DEPTH))

    def _walk(self, folder: Path, depth: int) -> Iterator[str]:
        try:
            entries = list(os.scandir(folder))
        except OSError:
            return
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                yield Path(entry.path).relative_to(self.root).as_posix()
            elif entry.is_dir(follow_symlinks=False) and depth and not entry.name.startswith("."):
                yield from self._walk(Path(entry.path), depth - 1)

    def read(self, path: str, place: Place) -> bytes | Finding | None:
        """Looks at each part of the path, since a folder on the way may be a link as well."""
        file = str(self.root)
        for part in path.split("/"):
            file = os.path.join(file, part)  # noqa: PTH118 - many times faster, for each file of each connector
            try:
                mode = os.lstat(file).st_mode
            except (OSError, ValueError):  # a name may hold what no path can
                return None
            if stat.S_ISLNK(mode):
                return report_template_outside(path, place, "it is a symbolic link")
        return read_content(place.path, Path(file))


@dataclass(frozen=True)
class ContentTree:
    """The plain files and the links of an archive or a revision; `fetch` gives no more bytes than it is told."""

    files: frozenset[str]
    links: frozenset[str]
    fetch: Callable[[str, int], bytes] = field(repr=False)

    def list_paths(self, below: str) -> Iterator[str]:
        """Plain files only, as the other tree has it."""
        prefix = f"{below.rstrip('/')}/" if below else ""
        return iter(sorted(path for path in self.files if path.startswith(prefix)))

    def read(self, path: str, place: Place) -> bytes | Finding | None:
        """One byte more than a source may have, at most: `source.decode` refuses it then."""
        if path in self.links:
            return report_template_outside(path, place, "it is a symbolic link")
        if path not in self.files:
            return None
        try:
            return self.fetch(path, SIZE_LIMIT + 1)
        except _UNREADABLE:
            return report_unreadable_file(place.path, "it is damaged, encrypted or compressed in an unsupported way")


def _archive(path: Path, shown: str) -> Tree:
    try:
        return _zip(path) if path.name.endswith(_ZIP) else _tar(path)
    except _UNREADABLE:
        raise DefinitionError((report_unreadable_file(shown, "it is not a readable archive"),)) from None


def _zip(path: Path) -> Tree:
    archive = zipfile.ZipFile(path)
    names = {info.filename: info for info in archive.infolist() if not info.is_dir() and _is_inside(info.filename)}
    links = frozenset(name for name, info in names.items() if stat.S_ISLNK(info.external_attr >> 16))

    def fetch(name: str, limit: int) -> bytes:
        with archive.open(names[name]) as stream:
            return stream.read(limit)

    return ContentTree(frozenset(names) - links, links, fetch)


def _tar(path: Path) -> Tree:
    archive = tarfile.open(path)  # noqa: SIM115 - read as long as the tree lives
    members = {member.name.removeprefix("./"): member for member in archive.getmembers()}
    inside = {name: member for name, member in members.items() if _is_inside(name)}
    links = frozenset(name for name, member in inside.items() if member.issym() or member.islnk())

    def fetch(name: str, limit: int) -> bytes:
        stream = archive.extractfile(inside[name])
        return stream.read(limit) if stream is not None else b""

    return ContentTree(frozenset(name for name, member in inside.items() if member.isreg()), links, fetch)


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts
