"""Encode values as JSON documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Final, Self

from authscribe.encoders.packed import PackedText

_SEPARATOR: Final = ",\n    "
"""Separator of the items of a tuple or dictionary of the outermost dataclass."""


class EncodedItems(PackedText):
    """Items that follow each other in a tuple of the outermost dataclass of a document, each encoded on a line."""

    __slots__ = ()

    @classmethod
    def from_items(cls, items: Iterable[str]) -> Self:
        """Return items that `encode_json` has encoded without line ends."""
        return cls.from_text(_SEPARATOR.join(items))


def encode_json_document(value: object) -> str:
    """Return a JSON document in ASCII, keys in the order given, with a final newline; dataclasses become objects."""
    return f"{encode_json(value)}\n"


def iter_json(value: object) -> Iterator[str]:
    """Yield the JSON document of a file in pieces.

    Of a dataclass, each item of a tuple or dictionary is one line, so that a document about thousands of connectors
    stays small, and its diff shows which have changed. Any other value gives `encode_json_document(value)`.
    """
    if not is_dataclass(value):
        yield encode_json_document(value)
        return
    separator = "{"
    for field in fields(value):
        yield f"{separator}\n  {encode_json(field.name)}: "
        yield from _encode_field(getattr(value, field.name))
        separator = ","
    yield "\n}\n"


def _encode_field(value: object) -> Iterator[str]:
    if value and isinstance(value, tuple):
        yield from _encode_items("[", map(_encode_item, value), "]")
    elif value and isinstance(value, dict):
        yield from _encode_items("{", (_encode_item({key: item})[1:-1] for key, item in value.items()), "}")
    else:
        yield _encode_item(value)


def _encode_items(start: str, items: Iterable[str], end: str) -> Iterator[str]:
    separator = f"{start}\n    "
    for item in items:
        yield f"{separator}{item}"
        separator = _SEPARATOR
    yield f"\n  {end}"


def _encode_item(value: object) -> str:
    return value.text if isinstance(value, EncodedItems) else encode_json(value, indent=None)


def encode_json(value: object, indent: int | None = 2) -> str:
    """Return the value as JSON in ASCII; raise PydanticSerializationError for a value that is not plain data."""
    # Imported here because reports use this module too, also in runs that have nothing else to encode.
    from pydantic_core import to_json

    text = to_json(value, indent=indent)
    if text.isascii() and b"\x7f" not in text:
        return text.decode("ascii")
    return re.sub("[^\x00-\x7e]+", lambda match: json.dumps(match[0])[1:-1], text.decode())
