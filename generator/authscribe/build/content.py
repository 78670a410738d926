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
_PIECE: Final = 1024 * 1024


class Content(NamedTuple):
    """Bytes of a file, compressed if there are many of them, since a run holds thousands of files.

    `sha256` is the digest in the lock. Contents are compared by it, so line ends do not count.
    """

    held: bytes
    sha256: str
    is_packed: bool = False

    @classmethod
    def from_bytes(cls, data: bytes) -> Content:
        """Return the content that consists of these bytes."""
        is_packed = len(data) > _SMALL
        return cls(zlib.compress(data, level=1) if is_packed else data, digest(data), is_packed)

    @classmethod
    def from_pieces(cls, pieces: Iterable[bytes]) -> Content:
        """Return the content that consists of these pieces, with LF line ends; only one is in memory at a time."""
        remaining = iter(pieces)
        first, second = next(remaining, b""), next(remaining, None)
        if second is None:
            return cls.from_bytes(first)
        compressor, whole = zlib.compressobj(level=1), sha256()
        packed = []
        for piece in chain((first, second), remaining):
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
