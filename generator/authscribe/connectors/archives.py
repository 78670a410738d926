"""Read the files of an archive without unpacking it, and refuse one that takes long to read.

Archives of a few kilobytes can expand to gigabytes, and hold headers on which the libraries take quadratic time.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import stat
import tarfile
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import IO, Final, NamedTuple, Protocol, TypeAlias

from authscribe.findings.finding import DefinitionError
from authscribe.findings.rules.too_large import report_large_archive
from authscribe.findings.rules.unreadable_file import report_unreadable_file

Fetch: TypeAlias = Callable[[str, int], bytes]

# Everything that the libraries raise for archives that they cannot unpack.
_UNREADABLE: Final = (
    OSError, EOFError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile, tarfile.TarError, zlib.error,
    lzma.LZMAError,
)  # fmt: skip

UNPACKED_LIMIT: Final = 64 * 1024 * 1024
"""Bytes of a compressed tar archive after it is decompressed."""

MEMBER_LIMIT: Final = 50_000
"""Files and folders in an archive."""

_TOO_MANY: Final = f"it has more than {MEMBER_LIMIT} files"
_EFFORT: Final = 32 * 1024 * 1024
"""Bytes of headers that are read to list an archive."""
_BLOCK: Final = tarfile.BLOCKSIZE
_EXTENDED: Final = 8
"""How much more time and memory a byte takes in headers that exceed a block: long names, records, directories."""
_GLOBAL_LIMIT: Final = 100
"""Records that count for all members that follow; `git archive` writes one."""
_DIGITS: Final = re.compile(rb"[0-9]{25,}+")
"""Longer than any number; tarfile matches a pattern from each digit of one to its end (CVE-2024-6232)."""
_CHUNK: Final = 64 * 1024
_DECOMPRESSORS: Final[Mapping[bytes, Callable[[IO[bytes]], io.BufferedIOBase]]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": lzma.LZMAFile,
    b"\x5d\0\0": lzma.LZMAFile,
}
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Compression methods whose output zipfile limits; with others, it expands a whole member at once."""


class _LimitError(Exception):
    """Raised with the problem when an archive exceeds a limit."""


class _File(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def tell(self) -> int: ...


class _HeaderReader:
    """File of an archive whose reads are limited until `finish` is called."""

    def __init__(self, file: _File) -> None:
        self._file = file
        self._left: int | None = _EFFORT

    def finish(self) -> None:
        """Lift the limit, since the archive is listed."""
        self._left = None

    def read(self, size: int = -1) -> bytes:
        """Return bytes; raise _LimitError."""
        self._spend(size)
        data = self._file.read(size)
        if self._left is not None:
            self._spend(len(data) if size < 0 else 0)
            self._spend(sum(len(digits) ** 2 // _EXTENDED for digits in _DIGITS.findall(data)))
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Set the position, and return it."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the position."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Return that the position can be set."""
        return True

    def _spend(self, size: int) -> None:
        if self._left is not None:
            self._left -= size * _EXTENDED if size > _BLOCK else max(size, 0)
            if self._left < 0:
                raise _LimitError("its headers are too large")


class ArchiveContent(NamedTuple):
    """Plain files and links of an archive; `fetch` returns at most the given number of bytes of a file.

    `fetch` raises OSError for a file that cannot be unpacked.
    """

    files: frozenset[str]
    links: frozenset[str]
    fetch: Fetch


def open_archive(path: Path, shown: str) -> ArchiveContent:
    """Return the files of an archive; raise DefinitionError, which names `shown`, if it cannot be read."""
    try:
        with ExitStack() as stack:
            file = stack.enter_context(path.open("rb"))
            content = _open_zip(file) if path.suffix == ".zip" else _open_tar(file)
            weakref.finalize(content.fetch, stack.pop_all().close)
            return content
    except _LimitError as error:
        raise DefinitionError((report_large_archive(shown, str(error)),)) from None
    except _UNREADABLE:
        raise DefinitionError((report_unreadable_file(shown, "it is not a readable archive"),)) from None


def _open_zip(file: IO[bytes]) -> ArchiveContent:
    reader = _HeaderReader(file)
    archive = zipfile.ZipFile(reader)
    reader.finish()
    if len(archive.filelist) > MEMBER_LIMIT:
        raise _LimitError(_TOO_MANY)
    entries = {info.filename: info for info in archive.infolist() if not info.is_dir() and _is_inside(info.filename)}
    links = frozenset(name for name, info in entries.items() if stat.S_ISLNK(info.external_attr >> 16))

    def fetch(name: str, limit: int) -> bytes:
        if entries[name].compress_type not in _METHODS:
            raise zipfile.BadZipFile
        with archive.open(entries[name]) as stream:
            return stream.read(limit)

    return ArchiveContent(frozenset(entries) - links, links, _unify_errors(fetch))


def _open_tar(file: IO[bytes]) -> ArchiveContent:
    reader = _HeaderReader(_decompress(file))
    archive = tarfile.open(fileobj=reader, mode="r:")  # type: ignore[call-overload]  # noqa: SIM115 - as long as the tree
    members = {member.name.removeprefix("./"): member for member in _list_members(archive)}
    reader.finish()
    inside = {name: member for name, member in members.items() if _is_inside(name)}
    links = frozenset(name for name, member in inside.items() if member.issym() or member.islnk())

    def fetch(name: str, limit: int) -> bytes:
        stream = archive.extractfile(inside[name])
        return stream.read(limit) if stream is not None else b""

    files = frozenset(name for name, member in inside.items() if member.isreg())
    return ArchiveContent(files, links, _unify_errors(fetch))


def _unify_errors(fetch: Fetch) -> Fetch:
    """Return the function with OSError in the place of all errors of the libraries."""

    def fetch_content(name: str, limit: int) -> bytes:
        try:
            return fetch(name, limit)
        except _UNREADABLE:
            raise OSError("unreadable") from None

    return fetch_content


def _decompress(file: IO[bytes]) -> _File:
    """Return a file with the content of a tar archive, in memory if it is compressed: members are read in any order."""
    magic = file.read(max(map(len, _DECOMPRESSORS)))
    file.seek(0)
    open_stream = next((open_it for begin, open_it in _DECOMPRESSORS.items() if magic.startswith(begin)), None)
    if open_stream is None:
        return file
    content = io.BytesIO()
    with file, open_stream(file) as stream:
        while chunk := stream.read(_CHUNK):
            content.write(chunk)
            if content.tell() > UNPACKED_LIMIT:
                raise _LimitError(f"it has more than {UNPACKED_LIMIT} bytes after decompression")
    content.seek(0)
    return content


def _list_members(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Yield the members of an archive; raise _LimitError for more than a person could have packed."""
    for number, member in enumerate(archive, 1):
        if number > MEMBER_LIMIT:
            raise _LimitError(_TOO_MANY)
        # tarfile copies these records to each member that follows.
        if len(archive.pax_headers) > _GLOBAL_LIMIT:
            raise _LimitError(f"it has more than {_GLOBAL_LIMIT} global records")
        yield member


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts
