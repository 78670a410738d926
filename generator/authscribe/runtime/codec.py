"""Store NamedTuples as JSON, and restore them.

Each tuple and enumeration member becomes an object whose only key is the name of its class. pydantic would do the same,
but importing it takes longer than a check that finds nothing to do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache, partial
from typing import TypeVar

RecordT = TypeVar("RecordT", bound=tuple[object, ...])


def dump_record(record: tuple[object, ...]) -> bytes:
    """Return a NamedTuple as JSON; it may hold scalars, members of StrEnums, tuples and other NamedTuples."""
    return json.dumps(_encode(record)).encode()


def parse_record(content: bytes, kind: type[RecordT], parts: tuple[type[object], ...] = ()) -> RecordT:
    """Return the NamedTuple that `dump_record` stored; only it and the classes in `parts` are instantiated.

    Raises ValueError, TypeError or KeyError for other content. The types of scalars are not checked.
    """
    record = _make_decoder((kind, *parts)).decode(content.decode())
    if not isinstance(record, kind):
        raise TypeError(f"{type(record).__name__} instead of {kind.__name__}")
    return record


def _encode(value: object) -> object:
    if isinstance(value, tuple):
        return {type(value).__name__: [*map(_encode, value)]}
    return {type(value).__name__: [value.value]} if isinstance(value, StrEnum) else value


@cache
def _make_decoder(kinds: tuple[type[object], ...]) -> json.JSONDecoder:
    # The parser calls this for each object, the innermost first: half the time of a walk through what it has parsed.
    return json.JSONDecoder(object_pairs_hook=partial(_decode, {kind.__name__: kind for kind in kinds}))


def _decode(kinds: Mapping[str, type[object]], record: Sequence[tuple[str, Sequence[object]]]) -> object:
    ((name, fields),) = record
    return tuple(fields) if name == "tuple" else kinds[name](*fields)
