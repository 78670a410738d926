"""Encode values as JSON documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass


def json_document(value: object) -> str:
    """A JSON document in ASCII, keys in the order given, with a final newline; dataclasses are objects."""
    return "".join(iter_json(value))


def iter_json(value: object) -> Iterator[str]:
    """The same in pieces: of an outermost dataclass, what stands in its tuples comes one by one."""
    if not is_dataclass(value):
        yield f"{encode_json(value)}\n"
        return
    between = "{"
    for field in fields(value):
        inner = getattr(value, field.name)
        yield f"{between}\n  {encode_json(field.name)}: "
        yield from _json_items(inner) if isinstance(inner, tuple) and inner else (_indented(encode_json(inner), 2),)
        between = ","
    yield "\n}\n"


def _json_items(items: Iterable[object]) -> Iterator[str]:
    between = "["
    for item in items:
        yield f"{between}\n    {_indented(encode_json(item), 4)}"
        between = ","
    yield "\n  ]"


def encode_json(value: object, indent: int | None = 2) -> str:
    """Return the value as JSON in ASCII; raises what pydantic raises for values that are not plain data."""
    # Imported here since reports escape their texts by this module, also those of runs with nothing to do.
    from pydantic_core import to_json

    text = to_json(value, indent=indent)
    if text.isascii() and b"\x7f" not in text:
        return text.decode("ascii")
    return re.sub("[^\x00-\x7e]+", lambda match: json.dumps(match[0])[1:-1], text.decode())


def _indented(text: str, columns: int) -> str:
    """Strings of JSON have no line ends."""
    return text.replace("\n", f"\n{' ' * columns}")
