"""Hash file contents the same way on every platform."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def digest(content: bytes) -> str:
    """Return the SHA-256 of the content with LF line ends, so that a checkout with CRLF is not a drift."""
    return hashlib.sha256(_normalize(content)).hexdigest()


def digest_pieces(pieces: Iterable[bytes]) -> str:
    """Return the digest of the content that consists of these pieces."""
    whole, last = hashlib.sha256(), b""
    for piece in pieces:
        content = last + piece
        # Its other half may be in the next piece.
        last = b"\r" if content.endswith(b"\r") else b""
        whole.update(_normalize(content.removesuffix(last)))
    whole.update(last)
    return whole.hexdigest()


def _normalize(content: bytes) -> bytes:
    # Searching for one byte takes a tenth of the time of searching for two.
    return content.replace(b"\r\n", b"\n") if b"\r" in content else content
