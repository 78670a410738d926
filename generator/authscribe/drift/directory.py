"""The output folder: reading what is there, and changing it file by file, all or nothing for each.

Works on directory descriptors and follows no symbolic link below the output folder, so that nothing outside it
can be read or written, even when somebody swaps a folder for a link while a run is going on.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Final

from authscribe.drift import lockfile
from authscribe.findings.finding import DefinitionError
from authscribe.findings.rules.busy import report_busy
from authscribe.findings.rules.disk_error import report_disk_error
from authscribe.findings.rules.refused_path import report_refused_path
from authscribe.runtime.paths import is_safe_path

STAGING: Final = ".authscribe-staging"
OPEN_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
OPEN_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def check_out_dir(out_dir: Path, root: Path) -> None:
    """Raises DefinitionError when the folder must not be owned by the tool: it holds, or leads to, other things."""
    shown = str(out_dir)
    real, real_root = Path(os.path.realpath(out_dir)), Path(os.path.realpath(root))
    if out_dir.exists() and not out_dir.is_dir():
        raise _refused(shown, "it is not a folder")
    if real in (real_root, Path.cwd(), Path.home(), *real_root.parents):
        raise _refused(shown, "it contains more than generated files")
    inside = out_dir.absolute().is_relative_to(root.absolute())
    if inside and not real.is_relative_to(real_root):
        raise _refused(shown, "a symbolic link leads out of the workspace")


def read_lock(out_dir: Path) -> str | None:
    """The text of the lock file; None where there is none."""
    content = read_tree(out_dir, (lockfile.LOCK_NAME,)).get(lockfile.LOCK_NAME)
    return content.decode("utf-8", "replace") if content is not None else None


def read_tree(out_dir: Path, paths: Iterable[str]) -> Mapping[str, bytes]:
    """The contents of those of the paths that are there; raises DefinitionError for what is no regular file."""
    return dict(read_each(out_dir, paths))


def read_each(out_dir: Path, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """As `read_tree`, but one after the other, sorted, for those who need not hold them all."""
    folders: dict[str, int | None] = {}
    try:
        folders[""] = _open_root(out_dir)
        for path in sorted(paths):
            parent, _, name = path.rpartition("/")
            shown = f"{out_dir}/{path}"
            folder = _folder(folders, parent, shown)
            content = None if folder is None else _read(folder, name, shown)
            if content is not None:
                yield path, content
    finally:
        _close(folders.values())


def apply(
    out_dir: Path,
    writes: Iterable[tuple[str, Iterable[bytes]]],
    deletions: Sequence[str],
    record: tuple[str, Iterable[bytes]],
) -> None:
    """Writes the files, deletes the listed ones, and writes the record of them last: each a path and its content.

    Everything is staged inside the output folder first, one file after the other; until that has worked, nothing
    changes. Then each file is renamed into its place, so that it is old or new and never half. Raises DefinitionError
    when another run holds the folder, when the disk refuses, or when something that is no plain file is in the way.
    """
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        root = os.open(out_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise describe_disk_error(str(out_dir), error) from None
    shown = f"{out_dir}/"
    try:
        hold(root, out_dir)
        with _staging(root, shown) as staging:
            paths: list[str] = []
            for path, content in chain(writes, (record,)):
                _stage(staging, str(len(paths)), content, path, shown)
                paths.append(path)
            with _folders(root) as folders:
                for number, path in enumerate(paths[:-1]):
                    _move(staging, str(number), folders, path, shown)
                for path in deletions:
                    _delete(folders, path, shown)
                _move(staging, str(len(paths) - 1), folders, record[0], shown)
    finally:
        os.close(root)


def _open_root(out_dir: Path) -> int | None:
    try:
        return os.open(out_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise describe_disk_error(str(out_dir), error, "read") from None


def _folder(folders: dict[str, int | None], parent: str, path: str) -> int | None:
    """The descriptor of a folder below the root, opened part by part; None where it is not there."""
    if parent not in folders:
        above, _, name = parent.rpartition("/")
        holder = _folder(folders, above, path)
        folders[parent] = None if holder is None else _open_folder(holder, name, path)
    return folders[parent]


def _open_folder(holder: int, name: str, path: str) -> int | None:
    try:
        return os.open(name, OPEN_FOLDER, dir_fd=holder)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise _refused(path, f"'{name}' is not a plain folder") from None
        raise describe_disk_error(path, error, "read") from None


def _read(folder: int, name: str, path: str) -> bytes | None:
    try:
        descriptor = os.open(name, _READ, dir_fd=folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise _refused(path, "it is not a plain file") from None
        raise describe_disk_error(path, error, "read") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _refused(path, "it is not a plain file")
        return _all_bytes(descriptor, status.st_size)
    except OSError as error:
        raise describe_disk_error(path, error, "read") from None
    finally:
        os.close(descriptor)


def _all_bytes(descriptor: int, size: int) -> bytes:
    """Sized by the file: a larger buffer costs more than the reading, and what fills less is the end."""
    parts = [os.read(descriptor, size + 1)]
    while len(parts[-1]) > size:
        parts.append(os.read(descriptor, size + 1))
    return b"".join(parts)


def hold(root: int, out_dir: Path) -> None:
    """Takes the folder for this run; the system lets go of it when the process ends, however it ends."""
    try:
        fcntl.flock(root, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DefinitionError((report_busy(str(out_dir)),)) from None


@contextmanager
def _staging(root: int, shown: str) -> Iterator[int]:
    """A fresh folder for new contents; what a killed run left behind is removed first."""
    _remove_staging(root)
    try:
        os.mkdir(STAGING, 0o700, dir_fd=root)
        descriptor = os.open(STAGING, OPEN_FOLDER, dir_fd=root)
    except OSError as error:
        raise describe_disk_error(shown.rstrip("/"), error) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)
        _remove_staging(root)


def _remove_staging(root: int) -> None:
    with suppress(OSError):
        shutil.rmtree(STAGING, dir_fd=root)


def _stage(staging: int, name: str, content: Iterable[bytes], path: str, shown: str) -> None:
    """Writes one new content; `shown` is what stands before a path where something is said of it, here as below."""
    if not is_safe_path(path):
        raise _refused(shown + path, "it leads out of the output folder")
    try:
        descriptor = os.open(name, OPEN_NEW, 0o666, dir_fd=staging)
        with open(descriptor, "wb", buffering=0) as file:  # noqa: PTH123 - a descriptor, not a path
            for piece in content:
                view = memoryview(piece)
                while view:
                    view = view[file.write(view) :]
    except OSError as error:
        raise describe_disk_error(shown + path, error) from None


@contextmanager
def _folders(root: int) -> Iterator[dict[str, int | None]]:
    """The descriptors of folders below the root, by path; each is opened once."""
    folders: dict[str, int | None] = {"": os.dup(root)}
    try:
        yield folders
    finally:
        _close(folders.values())


def _move(staging: int, name: str, folders: dict[str, int | None], path: str, shown: str) -> None:
    parent, _, target = path.rpartition("/")
    try:
        folder = _made_folder(folders, parent, shown + path)
        if _is_special(folder, target):
            raise _refused(shown + path, "it is not a plain file")
        os.rename(name, target, src_dir_fd=staging, dst_dir_fd=folder)
    except OSError as error:
        raise describe_disk_error(shown + path, error) from None


def _made_folder(folders: dict[str, int | None], parent: str, path: str) -> int:
    known = folders.get(parent)
    if known is not None:
        return known
    above, _, name = parent.rpartition("/")
    holder = _made_folder(folders, above, path)
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=holder)
    descriptor = _open_folder(holder, name, path)
    if descriptor is None:
        raise FileNotFoundError(errno.ENOENT, "the folder was removed while it was used")
    folders[parent] = descriptor
    return descriptor


def _is_special(folder: int, name: str) -> bool:
    """Whether something other than a plain file is there."""
    try:
        return not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def _delete(folders: dict[str, int | None], path: str, shown: str) -> None:
    """Deletes one plain file, and the folders above it that are empty then."""
    parent, _, name = path.rpartition("/")
    try:
        folder = _folder(folders, parent, shown + path)
        if folder is None or _is_special(folder, name):
            return
        os.unlink(name, dir_fd=folder)
        _delete_empty(folders, parent)
    except OSError as error:
        raise describe_disk_error(shown + path, error) from None


def _delete_empty(folders: dict[str, int | None], path: str) -> None:
    while path:
        above, _, name = path.rpartition("/")
        holder = folders[above]
        if holder is None:
            return
        try:
            os.rmdir(name, dir_fd=holder)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                return
            raise
        _close((folders.pop(path),))
        path = above


def _close(descriptors: Iterable[int | None]) -> None:
    for descriptor in descriptors:
        if descriptor is not None:
            os.close(descriptor)


def _refused(path: str, problem: str) -> DefinitionError:
    return DefinitionError((report_refused_path(path, problem),))


def describe_disk_error(path: str, error: OSError, what: str = "written") -> DefinitionError:
    """Return the error to raise when the disk refuses `path`."""
    return DefinitionError((report_disk_error(path, (error.strerror or type(error).__name__).lower(), what),))
