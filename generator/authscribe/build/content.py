"""Hold the contents of files in memory until a run knows that all of them are correct."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import chain
from typing import Final, NamedTuple, TypeAlias

from authscribe.runtime.hashing import digest

_SMALL: Final = 4096
"""Number of bytes up to which compression takes as long as building the file, and saves little."""
_MEDIUM: Final = 1024 * 1024
"""Number of bytes above which a run holds only few contents."""
_LARGE: Final = 16 * 1024 * 1024
"""Number of bytes above which even few contents fill the memory."""
_PIECE: Final = 1024 * 1024


class Content(NamedTuple):
    """Bytes of a file, compressed if that saves memory, since a run holds thousands of files.

    `sha256` is the digest in the lock. Contents are compared by it, so line ends do not count.
    """

    held: bytes
    sha256: str
    is_packed: bool = False

    @classmethod
    def from_bytes(cls, data: bytes) -> Content:
        """Return the content that consists of these bytes."""
        is_packed = _SMALL < len(data) <= _MEDIUM or len(data) > _LARGE
        return cls(zlib.compress(data, level=1) if is_packed else data, digest(data), is_packed)

    @classmethod
    def from_pieces(cls, pieces: Iterable[bytes]) -> Content:
        """Return the content that consists of these pieces, with LF line ends.

        Of a large content, only the first pieces and one other are in memory at a time.
        """
        remaining = iter(pieces)
        first = list(_take_pieces(remaining))
        more = next(remaining, None)
        if more is None:
            return cls.from_bytes(b"".join(first))
        compressor, whole = zlib.compressobj(level=1), sha256()
        packed = []
        for piece in chain(first, (more,), remaining):
            whole.update(piece)
            packed.append(compressor.compress(piece))
        return cls(b"".join((*packed, compressor.flush())), whole.hexdigest(), is_packed=True)

    def load(self) -> Content:
        """Return the content itself, as `StoredContent.load` does."""
        return self

    @property
    def data(self) -> bytes:
        """Return the bytes; each call decompresses them again."""
        return zlib.decompress(self.held) if self.is_packed else self.held

    @property
    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes in pieces, so that a large file is never in memory as a whole."""
        if not self.is_packed:
            yield self.held
            return
        decompressor = zlib.decompressobj()
        piece = decompressor.decompress(self.held, _PIECE)
        while piece:
            yield piece
            piece = decompressor.decompress(decompressor.unconsumed_tail, _PIECE)


class StoredContent(NamedTuple):
    """Content in the cache, whose bytes are looked up when they are needed: `contents[key][number]`."""

    sha256: str
    contents: Mapping[str, Sequence[Content]]
    key: str
    number: int

    def load(self) -> Content:
        """Look up and return the content itself."""
        return self.contents[self.key][self.number]

    @property
    def data(self) -> bytes:
        """Return the bytes, as `Content.data` does."""
        return self.load().data

    @property
    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes in pieces, as `Content.pieces` does."""
        return self.load().pieces


AnyContent: TypeAlias = Content | StoredContent


def _take_pieces(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the first pieces until they are more than `_LARGE` bytes."""
    size = 0
    while size <= _LARGE and (piece := next(pieces, None)) is not None:
        size += len(piece)
        yield piece
