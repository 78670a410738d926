"""Read from descriptors of files."""

from __future__ import annotations

import os
from typing import Final

_PIECE: Final = 64 * 1024


def read_all(descriptor: int, size: int) -> bytes:
    """Return the content of a file, which is read at once if it has this size; a larger buffer would take longer."""
    content = os.read(descriptor, size + 1)
    while len(content) != size and (piece := os.read(descriptor, _PIECE)):
        content += piece
    return content
