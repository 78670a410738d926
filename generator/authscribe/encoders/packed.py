"""Hold encoded texts compressed."""

from __future__ import annotations

import zlib
from typing import Self


class PackedText(bytes):
    """Encoded text, compressed, since a run holds that of thousands of connectors."""

    __slots__ = ()

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Return the compressed text."""
        return cls(zlib.compress(text.encode(), level=1))

    @property
    def text(self) -> str:
        """Return the text; each call decompresses it again."""
        return zlib.decompress(self).decode()
