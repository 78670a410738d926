"""Contents of files, as a run holds them: all of them, until it knows that every one is good."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import chain
from typing import Final, NamedTuple

from authscribe.runtime.hashing import digest

_SMALL: Final = 4096
_PIECE: Final = 1024 * 1024


class Content(NamedTuple):
    """The bytes of a file, packed if they are many, since thousands of files are held at once.

    `sha256` is what the lock records; by it contents are compared, so that line ends do not count.
    """

    held: bytes
    sha256: str
    is_packed: bool = False

    @classmethod
    def of(cls, data: bytes) -> Content:
        """The bytes; few are held as they are, since packing costs as much as making them and saves little."""
        is_packed = len(data) > _SMALL
        return cls(zlib.compress(data, level=1) if is_packed else data, digest(data), is_packed)

    @classmethod
    def joined(cls, pieces: Iterable[bytes]) -> Content:
        """The pieces one after the other, whose lines end with LF; they are never all there at once."""
        remaining = iter(pieces)
        first, second = next(remaining, b""), next(remaining, None)
        if second is None:
            return cls.of(first)
        compressor, whole = zlib.compressobj(level=1), sha256()
        packed = []
        for piece in chain((first, second), remaining):
            whole.update(piece)
            packed.append(compressor.compress(piece))
        return cls(b"".join((*packed, compressor.flush())), whole.hexdigest(), is_packed=True)

    @property
    def data(self) -> bytes:
        """The bytes, unpacked each time."""
        return zlib.decompress(self.held) if self.is_packed else self.held

    @property
    def pieces(self) -> Iterator[bytes]:
        """The bytes in pieces, for those who need not hold them all."""
        if not self.is_packed:
            yield self.held
            return
        unpacking = zlib.decompressobj()
        piece = unpacking.decompress(self.held, _PIECE)
        while piece:
            yield piece
            piece = unpacking.decompress(unpacking.unconsumed_tail, _PIECE)
