"""Render JSON Schemas as tables of keys with their types, defaults and descriptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from pydantic import JsonValue

from authscribe.encoders.rst import encode_rst_literal
from markup import Lines, escape_prose, join_literals, render_section, render_table, to_sentence

Schema: TypeAlias = Mapping[str, JsonValue]

_ANYTHING: Final = "any value"
_NAMES: Final = {"object": "mapping", "array": "list"}


def render_keys(schema: Schema) -> Lines:
    """Yield a table of the keys of one object."""
    required = schema.get("required")
    rows = (
        (
            encode_rst_literal(key),
            _render_type(value),
            "required" if isinstance(required, list) and key in required else _render_default(value),
            escape_prose(to_sentence(value.get("description"))),
        )
        for key, value in descend(schema, "properties").items()
        if isinstance(value, dict)
    )
    yield from render_table(("Key", "Type", "Default", "Meaning"), (22, 22, 14, 42), rows)


def render_objects(document: Schema) -> Lines:
    """Yield a section with a table of keys for each named object in the document."""
    for name, definition in descend(document, "$defs").items():
        if isinstance(definition, dict) and "properties" in definition:
            yield from render_section(name.removeprefix("_"), make_label(name))
            yield from (escape_prose(to_sentence(definition.get("description"))), "")
            yield from render_keys(definition)


def render_paths(document: Schema) -> Lines:
    """Yield one table of all keys, with nested ones by their paths, such as `findings[].code`."""
    properties = _inline(dict(descend(document, "properties")), descend(document, "$defs"))
    yield from render_table(("Key", "Type", "Meaning"), (38, 17, 45), _flatten({"properties": properties}, ""))


def descend(schema: JsonValue | Schema, *keys: str) -> Mapping[str, JsonValue]:
    """Return the mapping under these nested keys, or an empty one."""
    for key in keys:
        schema = schema.get(key, {}) if isinstance(schema, Mapping) else {}
    return schema if isinstance(schema, Mapping) else {}


def make_label(name: str) -> str:
    """Return the label of the section about an object or enumeration."""
    return f"definition-{name.removeprefix('_').lower()}"


def _inline(node: JsonValue, definitions: Schema) -> JsonValue:
    """Return a schema in which references and nullable types are written out; it must not refer to itself."""
    if isinstance(node, list):
        return [_inline(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    definition = descend(definitions, str(node.get("$ref", "")).rpartition("/")[2])
    inlined = {key: _inline(value, definitions) for key, value in {**definition, **node}.items() if key != "$ref"}
    match inlined.get("anyOf"):
        case [{"type": str() as name, **facts}, {"type": "null"}] if not facts:
            del inlined["anyOf"]
            inlined["type"] = [name, "null"]
    return inlined


def _flatten(schema: Schema, path: str) -> Iterator[tuple[str, str, str]]:
    """Yield a row for each key below the path, with its own subkeys directly after it."""
    for key, value in descend(schema, "properties").items():
        if isinstance(value, dict):
            yield encode_rst_literal(f"{path}{key}"), _render_type(value), escape_prose(
                to_sentence(value.get("description"))
            )
            yield from _flatten(descend(value, "items"), f"{path}{key}[].")
            yield from _flatten(value, f"{path}{key}.")


def _render_type(schema: JsonValue) -> str:
    """Return a type in words; an object that has a section of its own becomes a link to it."""
    match schema:
        case {"$ref": str() as name} | {"title": "Refinement" as name}:
            return _link(name)
        case {"anyOf": list() as options}:
            return " or ".join(dict.fromkeys(_render_type(option) for option in options if option != {"type": "null"}))
        case {"type": "array", "items": items}:
            return f"list of {_pluralize(_render_type(items))}"
        case {"type": "object", "additionalProperties": dict() as values} if values:
            return f"mapping to {_render_type(values)}"
        case {"type": list() as names}:
            return " or ".join(str(name) for name in names)
    return _render_scalar(schema)


def _pluralize(name: str) -> str:
    """Return the plural of a plain type name; links and longer phrases stay as they are."""
    return f"{name}s" if name.isalpha() else name


def _render_scalar(schema: JsonValue) -> str:
    match schema:
        case {"enum": list() as values}:
            return f"one of {join_literals(str(value) for value in values)}"
        case {"const": value}:
            return encode_rst_literal(str(value))
        case {"format": str() as name} | {"type": str() as name}:
            return _NAMES.get(name, name)
    return _ANYTHING


def _link(reference: str) -> str:
    name = reference.rpartition("/")[2].removeprefix("_")
    return _ANYTHING if name == "JsonValue" else f":ref:`{name} <{make_label(name)}>`"


def _render_default(schema: Schema) -> str:
    value = schema.get("default")
    if _is_empty(value):
        return ""
    return encode_rst_literal(str(value).lower() if isinstance(value, bool) else str(value))


def _is_empty(value: JsonValue) -> bool:
    """Return whether a default is empty: null, "", [], or a mapping of nothing but empty values."""
    return all(map(_is_empty, value.values())) if isinstance(value, dict) else value in (None, "", [])
