"""JSON Schemas as tables: the keys of a document, their types, their defaults and what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from pydantic import JsonValue

from authscribe.encoders.rst import rst_literal
from markup import Lines, codes, prose, section, sentence, table

Schema: TypeAlias = Mapping[str, JsonValue]

_ANYTHING: Final = "any value"
_NAMES: Final = {"object": "mapping", "array": "list"}


def keys(schema: Schema) -> Lines:
    """The keys of one object."""
    needed = schema.get("required")
    rows = (
        (
            rst_literal(key),
            _type(value),
            "needed" if isinstance(needed, list) and key in needed else _default(value),
            prose(sentence(value.get("description"))),
        )
        for key, value in at(schema, "properties").items()
        if isinstance(value, dict)
    )
    yield from table(("Key", "Type", "Default", "Meaning"), (22, 22, 14, 42), rows)


def parts(document: Schema) -> Lines:
    """A section for each object that the document gives a name, with its keys."""
    for name, definition in at(document, "$defs").items():
        if isinstance(definition, dict) and "properties" in definition:
            yield from section(name.removeprefix("_"), label(name))
            yield from (prose(sentence(definition.get("description"))), "")
            yield from keys(definition)


def paths(document: Schema) -> Lines:
    """The keys of nested objects in one table, each by its path."""
    yield from table(("Key", "Type", "Meaning"), (38, 17, 45), _flat(document, ""))


def at(schema: JsonValue | Schema, *keys: str) -> Mapping[str, JsonValue]:
    """The mapping under these keys; empty where there is none."""
    for key in keys:
        schema = schema.get(key, {}) if isinstance(schema, Mapping) else {}
    return schema if isinstance(schema, Mapping) else {}


def label(name: str) -> str:
    """The label of the section of an object or enumeration."""
    return f"definition-{name.removeprefix('_').lower()}"


def _flat(schema: Schema, path: str) -> Iterator[tuple[str, str, str]]:
    for key, value in at(schema, "properties").items():
        if isinstance(value, dict):
            yield rst_literal(f"{path}{key}"), _type(value), prose(sentence(value.get("description")))
            yield from _flat(at(value, "items"), f"{path}{key}[].")
            yield from _flat(value, f"{path}{key}.")


def _type(schema: JsonValue) -> str:
    """A type in words, with links to what has a section of its own."""
    match schema:
        case {"$ref": str() as name} | {"title": "Refinement" as name}:
            return _link(name)
        case {"anyOf": list() as options}:
            return " or ".join(dict.fromkeys(_type(option) for option in options if option != {"type": "null"}))
        case {"type": "array", "items": items}:
            return f"list of {_several(_type(items))}"
        case {"type": "object", "additionalProperties": dict() as values} if values:
            return f"mapping to {_type(values)}"
        case {"type": list() as names}:
            return " or ".join(str(name) for name in names)
    return _scalar(schema)


def _several(name: str) -> str:
    return f"{name}s" if name.isalpha() else name


def _scalar(schema: JsonValue) -> str:
    match schema:
        case {"enum": list() as values}:
            return f"one of {codes(str(value) for value in values)}"
        case {"const": value}:
            return rst_literal(str(value))
        case {"format": str() as name} | {"type": str() as name}:
            return _NAMES.get(name, name)
    return _ANYTHING


def _link(reference: str) -> str:
    name = reference.rpartition("/")[2].removeprefix("_")
    return _ANYTHING if name == "JsonValue" else f":ref:`{name} <{label(name)}>`"


def _default(schema: Schema) -> str:
    value = schema.get("default")
    if not _says_something(value):
        return ""
    return rst_literal(str(value).lower() if isinstance(value, bool) else str(value))


def _says_something(value: JsonValue) -> bool:
    """Whether a default is more than "nothing"."""
    return any(map(_says_something, value.values())) if isinstance(value, dict) else value not in (None, "", [])
