"""Turn entries of the catalogue document into the shorter data on the page."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def compact_entry(entry: DataclassInstance) -> dict[str, object]:
    """Return the fields of an entry as plain data, without null and what is empty; 0 and False stay."""
    values = ((name, getattr(entry, name)) for name in _list_fields(type(entry)))
    return {name: _compact_value(value) for name, value in values if value or isinstance(value, int)}


@cache
def _list_fields(entry_type: type[DataclassInstance]) -> tuple[str, ...]:
    """Return the names of the fields: asking a dataclass for them takes as long as converting an entry."""
    return tuple(field.name for field in fields(entry_type))


def _compact_value(value: object) -> object:
    if isinstance(value, str):
        # Also for members of enumerations: `str` is cheaper than their attribute `value`.
        return str(value)
    if isinstance(value, tuple):
        return [_compact_value(item) for item in value]
    return compact_entry(value) if is_dataclass(value) and not isinstance(value, type) else value
