"""Encode values as TypeScript."""

from __future__ import annotations

from authscribe.encoders.json import encode_json
from authscribe.encoders.text import Encoded


def encode_typescript_literal(value: object) -> Encoded:
    """Return a literal in ASCII on one line: JSON, of which ECMAScript 2019 is a superset."""
    return Encoded(encode_json(value, indent=None))
