"""Read from descriptors of files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

_PIECE: Final = 64 * 1024


def read_all(descriptor: int, size: int) -> bytes:
    """Return the content of a file, which is read at once if it has this size; a larger buffer would take longer."""
    content = os.read(descriptor, size + 1)
    while len(content) != size and (piece := os.read(descriptor, _PIECE)):
        content += piece
    return content


def read_pieces(descriptor: int, size: int) -> Iterator[bytes]:
    """Yield the content of a file in pieces, a small one as a whole if it has this size.

    Memory for a large content would have to be cleared before it is read into, which takes as long as hashing it.
    """
    if size < _PIECE:
        yield read_all(descriptor, size)
        return
    while piece := os.read(descriptor, _PIECE):
        yield piece
