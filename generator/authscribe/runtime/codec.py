"""Store NamedTuples as JSON, and restore them.

Each tuple and enumeration member becomes a list that begins with the name of its class. pydantic would do the same,
but importing it takes longer than a check that finds nothing to do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

RecordT = TypeVar("RecordT", bound=tuple[object, ...])


def dump_record(record: tuple[object, ...]) -> bytes:
    """Return a NamedTuple as JSON; it may hold scalars, members of StrEnums, tuples and other NamedTuples."""
    return json.dumps(_encode(record)).encode()


def parse_record(content: bytes, kind: type[RecordT], parts: Iterable[type[object]] = ()) -> RecordT:
    """Return the NamedTuple that `dump_record` stored; only it and the classes in `parts` are instantiated.

    Raises ValueError, TypeError or KeyError for other content. The types of scalars are not checked.
    """
    record = _decode(json.loads(content), {each.__name__: each for each in (kind, *parts)})
    if not isinstance(record, kind):
        raise TypeError(f"{type(record).__name__} instead of {kind.__name__}")
    return record


def _encode(value: object) -> object:
    if isinstance(value, tuple):
        return [type(value).__name__, *map(_encode, value)]
    return [type(value).__name__, value.value] if isinstance(value, StrEnum) else value


def _decode(value: object, classes: Mapping[str, type[object]]) -> object:
    if not isinstance(value, list):
        return value
    name, *fields = value
    values = [_decode(field, classes) if isinstance(field, list) else field for field in fields]
    return tuple(values) if name == "tuple" else classes[name](*values)
