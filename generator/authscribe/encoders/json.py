"""Encode values as JSON documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Self

from authscribe.encoders.packed import PackedText


class EncodedItems(PackedText):
    """Items that follow each other in a tuple of the outermost dataclass of a document, encoded and indented."""

    __slots__ = ()

    @classmethod
    def from_items(cls, items: Iterable[str]) -> Self:
        """Return items that `encode_json` has encoded."""
        return cls.from_text(_indent(",\n".join(items), 4))


def encode_json_document(value: object) -> str:
    """Return a JSON document in ASCII, keys in the order given, with a final newline; dataclasses become objects."""
    return "".join(iter_json(value))


def iter_json(value: object) -> Iterator[str]:
    """Yield `encode_json_document(value)` in pieces: one for each item in a tuple of the outermost dataclass."""
    if not is_dataclass(value):
        yield f"{encode_json(value)}\n"
        return
    separator = "{"
    for field in fields(value):
        inner = getattr(value, field.name)
        yield f"{separator}\n  {encode_json(field.name)}: "
        yield from _encode_items(inner) if isinstance(inner, tuple) and inner else (_indent(encode_json(inner), 2),)
        separator = ","
    yield "\n}\n"


def _encode_items(items: Iterable[object]) -> Iterator[str]:
    separator = "["
    for item in items:
        text = item.text if isinstance(item, EncodedItems) else _indent(encode_json(item), 4)
        yield f"{separator}\n    {text}"
        separator = ","
    yield "\n  ]"


def encode_json(value: object, indent: int | None = 2) -> str:
    """Return the value as JSON in ASCII; raise PydanticSerializationError for a value that is not plain data."""
    # Imported here because reports use this module too, also in runs that have nothing else to encode.
    from pydantic_core import to_json

    text = to_json(value, indent=indent)
    if text.isascii() and b"\x7f" not in text:
        return text.decode("ascii")
    return re.sub("[^\x00-\x7e]+", lambda match: json.dumps(match[0])[1:-1], text.decode())


def _indent(text: str, columns: int) -> str:
    # Safe, because strings in JSON contain no line ends.
    return text.replace("\n", f"\n{' ' * columns}")
