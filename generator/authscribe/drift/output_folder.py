"""Read the output folder, and change it file by file, so that each file is always complete.

Nothing outside the folder can be read or written, even if somebody replaces a folder by a symbolic link during a run.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, count
from pathlib import Path
from typing import Final

from authscribe.drift.disk import (
    OPEN_FOLDER,
    OPEN_NEW,
    STAGING,
    FileContent,
    StampedDigest,
    describe_disk_error,
    find_stamp,
    hash_file,
    is_special,
    read_file,
    refuse_path,
    write_file,
)
from authscribe.drift.folder_tree import FolderTree
from authscribe.drift.run_lock import lock_folder
from authscribe.runtime.paths import LOCK_NAME, is_safe_path

BACKUP: Final = ".authscribe-backup"
"""Folder in the output folder for copies of edited files that a run overwrites or deletes."""
# The output folder itself may be a symbolic link.
_OPEN_ROOT: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def check_out_dir(out_dir: Path, root: Path) -> None:
    """Raise DefinitionError if the output folder contains, or leads to, things that do not belong to the tool."""
    real, real_root = Path(os.path.realpath(out_dir)), Path(os.path.realpath(root))
    check_folder(out_dir, root)
    # Without a home folder, `~` stays as it is.
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - `Path.home` raises an error instead
    if real in (real_root, Path.cwd(), home, *real_root.parents):
        raise refuse_path(str(out_dir), "it contains more than generated files")


def check_folder(folder: Path, root: Path) -> None:
    """Raise DefinitionError if new files cannot go to a folder, which may contain files of people."""
    if folder.exists() and not folder.is_dir():
        raise refuse_path(str(folder), "it is not a folder")
    is_inside = folder.absolute().is_relative_to(root.absolute())
    if is_inside and not Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(root)):
        raise refuse_path(str(folder), "a symbolic link leads out of the workspace")


def read_lock(out_dir: Path) -> FileContent | None:
    """Return the lock file, or None if it does not exist."""
    return dict(_iter_files(out_dir, (LOCK_NAME,))).get(LOCK_NAME)


def read_files(out_dir: Path, paths: Iterable[str]) -> Mapping[str, bytes]:
    """Return the contents of those of the paths that exist; raise DefinitionError if one is not a plain file."""
    return {path: content.data for path, content in _iter_files(out_dir, paths)}


def hash_files(
    out_dir: Path, paths: Iterable[str], recalled: Mapping[str, StampedDigest]
) -> Mapping[str, StampedDigest]:
    """Return the digests and stamps of those of the paths that exist.

    A file with the stamp of its `recalled` digest is not read. Raises DefinitionError if a path is not a plain file.
    """
    found: dict[str, StampedDigest] = {}
    with FolderTree(_open_root(out_dir), str(out_dir)) as tree:
        for path, folder, name in _locate_files(tree, paths):
            known = recalled.get(path)
            if known is not None and known[1] == find_stamp(folder, name):
                found[path] = known
            elif (hashed := hash_file(folder, name, tree.show(path))) is not None:
                found[path] = hashed
    return found


def _iter_files(out_dir: Path, paths: Iterable[str]) -> Iterator[tuple[str, FileContent]]:
    """Yield the contents of those of the paths that exist, sorted by path."""
    with FolderTree(_open_root(out_dir), str(out_dir)) as tree:
        for path, folder, name in _locate_files(tree, paths):
            content = read_file(folder, name, tree.show(path))
            if content is not None:
                yield path, content


def _locate_files(tree: FolderTree, paths: Iterable[str]) -> Iterator[tuple[str, int, str]]:
    """Yield each path whose folder exists, sorted, with the descriptor of the folder and the name of the file."""
    last: str | None = None
    folder: int | None = None
    for path in sorted(paths):
        # Thousands of files lie in a few folders: each is looked up once for a run of files.
        parent, _, name = path.rpartition("/")
        if parent != last:
            last, folder = parent, tree.find_parent(path)
        if folder is not None:
            yield path, folder, name


def apply_changes(
    out_dir: Path,
    writes: Iterable[tuple[str, Iterable[bytes]]],
    deletions: Sequence[str],
    record: tuple[str, Iterable[bytes]],
    *,
    kept: Iterable[str] = (),
) -> None:
    """Write files, then delete files, then write the record of both; each write is a path and its content.

    Before that, the files that are `kept` are copied to the folder `BACKUP`.

    All contents are written to a staging folder first; if that fails, no file is changed. Then each file is moved to
    its place, so that it is either old or new, and always complete. Raises DefinitionError if another run uses the
    folder, if the disk refuses, or if something other than a plain file is in the way.
    """
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        root = os.open(out_dir, _OPEN_ROOT)
    except OSError as error:
        raise describe_disk_error(str(out_dir), error) from None
    with FolderTree(root, str(out_dir)) as tree:
        lock_folder(root, out_dir)
        with _open_staging(root, out_dir) as staging:
            paths: list[str] = []
            for path, content in chain(writes, (record,)):
                _stage_file(tree, staging, str(len(paths)), path, content)
                paths.append(path)
            for path in kept:
                _back_up(tree, path)
            for number, path in enumerate(paths[:-1]):
                _move_file(tree, staging, str(number), path)
            for path in deletions:
                _delete_file(tree, path)
            _move_file(tree, staging, str(len(paths) - 1), record[0])


def _open_root(out_dir: Path) -> int | None:
    try:
        return os.open(out_dir, _OPEN_ROOT)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise describe_disk_error(str(out_dir), error, "read") from None


@contextmanager
def _open_staging(root: int, out_dir: Path) -> Iterator[int]:
    """Provide an empty folder for new contents; one that a killed run left is removed."""
    _remove_staging(root)
    try:
        os.mkdir(STAGING, 0o700, dir_fd=root)
        descriptor = os.open(STAGING, OPEN_FOLDER, dir_fd=root)
    except OSError as error:
        raise describe_disk_error(str(out_dir), error) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)
        _remove_staging(root)


def _remove_staging(root: int) -> None:
    # Imported here: a run that changes no file stages none.
    import shutil

    with suppress(OSError):
        shutil.rmtree(STAGING, dir_fd=root)


def _stage_file(tree: FolderTree, staging: int, name: str, path: str, content: Iterable[bytes]) -> None:
    if not is_safe_path(path):
        raise refuse_path(tree.show(path), "it leads out of the output folder")
    try:
        write_file(os.open(name, OPEN_NEW, 0o666, dir_fd=staging), content)
    except OSError as error:
        raise describe_disk_error(tree.show(path), error) from None


def _back_up(tree: FolderTree, path: str) -> None:
    """Copy a file to the folder of backups, beside earlier copies of it."""
    folder = tree.find_parent(path)
    content = None if folder is None else read_file(folder, _get_name(path), tree.show(path))
    if content is None:
        return
    try:
        backups = tree.create_parent(f"{BACKUP}/{path}")
        write_file(_open_first_free(backups, _get_name(path)), (content.data,))
    except OSError as error:
        raise describe_disk_error(tree.show(f"{BACKUP}/{path}"), error) from None


def _open_first_free(folder: int, name: str) -> int:
    """Create a file with a name that is not taken: `name`, `name.1`, and so on."""
    for candidate in chain((name,), (f"{name}.{number}" for number in count(1))):
        with suppress(FileExistsError):
            return os.open(candidate, OPEN_NEW, 0o666, dir_fd=folder)
    raise AssertionError("there is always another number")


def _move_file(tree: FolderTree, staging: int, name: str, path: str) -> None:
    try:
        folder = tree.create_parent(path)
        if is_special(folder, _get_name(path)):
            raise refuse_path(tree.show(path), "it is not a plain file")
        os.rename(name, _get_name(path), src_dir_fd=staging, dst_dir_fd=folder)
    except OSError as error:
        raise describe_disk_error(tree.show(path), error) from None


def _delete_file(tree: FolderTree, path: str) -> None:
    """Delete a plain file, and then the folders above it that are empty."""
    try:
        folder = tree.find_parent(path)
        if folder is None or is_special(folder, _get_name(path)):
            return
        os.unlink(_get_name(path), dir_fd=folder)
        tree.delete_empty_parents(path)
    except OSError as error:
        raise describe_disk_error(tree.show(path), error) from None


def _get_name(path: str) -> str:
    return path.rpartition("/")[2]
