"""Open files and folders without following symbolic links, and describe errors of the disk."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, TypeAlias, TypeVar

from authscribe.findings.finding import DefinitionError
from authscribe.findings.rules.disk_error import report_disk_error
from authscribe.findings.rules.refused_path import report_refused_path
from authscribe.runtime.descriptors import read_all, read_pieces
from authscribe.runtime.hashing import digest_pieces

UseT = TypeVar("UseT")
STAGING: Final = ".authscribe-staging"
"""Name, or suffix, of new contents that are not yet in their final place."""
Stamp: TypeAlias = tuple[int, ...]
"""Device, inode, size, and status change time of a file in nanoseconds; the last one changes with all other times."""
StampedDigest: TypeAlias = tuple[str, Stamp]
"""Digest of the content that a file had when it had the stamp."""
OPEN_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
OPEN_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK, opening a named pipe would wait for a writer.
_OPEN_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class FileContent(NamedTuple):
    """Bytes of a file, and its stamp before they were read."""

    data: bytes
    stamp: Stamp


def read_file(folder: int, name: str, path: str) -> FileContent | None:
    """Return the content of a file in the folder with the descriptor `folder`, or None if it does not exist.

    Raises DefinitionError, which names `path`, if it is not a plain file or cannot be read.
    """
    found = _use_file(folder, name, path, read_all)
    return None if found is None else FileContent(*found)


def hash_file(folder: int, name: str, path: str) -> StampedDigest | None:
    """Return the digest and the stamp of what `read_file` returns; a large content is never in memory as a whole."""
    return _use_file(folder, name, path, lambda descriptor, size: digest_pieces(read_pieces(descriptor, size)))


def _use_file(folder: int, name: str, path: str, use: Callable[[int, int], UseT]) -> tuple[UseT, Stamp] | None:
    """Return what `use` makes of a descriptor and the size of the file, and the stamp from before that."""
    try:
        descriptor = os.open(name, _OPEN_FILE, dir_fd=folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        # ELOOP is a symbolic link, ENXIO a socket.
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise refuse_path(path, "it is not a plain file") from None
        raise describe_disk_error(path, error, "read") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise refuse_path(path, "it is not a plain file")
        return use(descriptor, status.st_size), _make_stamp(status)
    except OSError as error:
        raise describe_disk_error(path, error, "read") from None
    finally:
        os.close(descriptor)


def write_file(descriptor: int, pieces: Iterable[bytes]) -> None:
    """Write a file piece by piece, and close its descriptor; raise OSError if the disk refuses."""
    with open(descriptor, "wb", buffering=0) as file:
        for piece in pieces:
            view = memoryview(piece)
            while view:
                view = view[file.write(view) :]


def find_stamp(folder: int, name: str) -> Stamp | None:
    """Return the stamp of whatever has this name in a folder; None if that cannot be told."""
    try:
        return _make_stamp(os.stat(name, dir_fd=folder, follow_symlinks=False))
    except OSError:
        return None


def is_special(folder: int, name: str) -> bool:
    """Return whether something other than a plain file has this name."""
    try:
        return not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def refuse_path(path: str, problem: str) -> DefinitionError:
    """Return the error to raise for a path that must not be used."""
    return DefinitionError((report_refused_path(path, problem),))


def describe_disk_error(path: str, error: OSError, action: str = "written") -> DefinitionError:
    """Return the error to raise if the disk refuses `path`, which could not be read or written."""
    return DefinitionError((report_disk_error(path, (error.strerror or type(error).__name__).lower(), action),))


def _make_stamp(status: os.stat_result) -> Stamp:
    return status.st_dev, status.st_ino, status.st_size, status.st_ctime_ns
