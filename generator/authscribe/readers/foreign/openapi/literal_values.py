"""Withhold the values of credentials that an OpenAPI document states as examples, defaults, in addresses or extensions.

Nothing tells a live value from a dummy, and everything that is not read is kept verbatim.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from authscribe.model.credential_names import (
    ends_as_credential,
    is_credential_header,
    may_be_credential,
    names_credential,
)
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.literal_credentials import list_credential_paths
from authscribe.readers.foreign.tracking import TrackedMapping, withhold_at

_VALUE_KEYS: Final = frozenset(
    {"const", "default", "enum", "example", "examples", "value", "x-default", "x-example", "x-examples"}
)
"""Keys of parameters, headers, schemas and media types that hold values."""
_ADDRESS_KEYS: Final = frozenset({"externalValue", "termsOfService", "url"})
"""Keys that hold addresses, which may have credentials in them."""
_SCHEMES: Final = ("securityDefinitions", "securitySchemes")
_SCHEMAS: Final = ("$defs", "definitions", "schemas")
_CONTENT: Final = "content"
"""Key of media types, each of which describes the value of the parameter or header around it in another form."""
_NAMING_KEYS: Final = frozenset({"headers", "properties", "variables"})
"""Keys of mappings whose keys are the names of what their values describe."""
_DEFINING_KEYS: Final = _NAMING_KEYS | {
    "$defs", "callbacks", _CONTENT, "definitions", "dependentSchemas", "encoding", "links", "parameters", "pathItems",
    "paths", "patternProperties", "requestBodies", "responses", "schemas", "scopes", "webhooks", *_SCHEMES,
}  # fmt: skip
"""Keys of mappings whose keys are names that an author chooses, so that `default` among them holds no value."""
_LOCATIONS: Final = ("cookie", "formData", "header", "query")

_Path = tuple[str, ...]


def withhold_values(document: TrackedMapping) -> None:
    """Withhold the values in a document that may be credentials."""
    for path in tuple(_list_values(document.node, "")):
        withhold_at(document, path)


def _list_values(node: Node, name: str) -> Iterator[_Path]:
    """Yield the path of each value that may be a credential; `name` is that of the credential that a node describes."""
    if isinstance(node, ListNode):
        for position, item in enumerate(node.items):
            yield from _extend(str(position), _list_values(item, name))
    elif isinstance(node, MapNode):
        described = _find_parameter(node) or name
        for entry in node.entries:
            yield from _extend(entry.key, _list_values_at(entry, described))


def _list_values_at(entry: Entry, name: str) -> Iterator[_Path]:
    if entry.key in _DEFINING_KEYS and isinstance(entry.node, MapNode):
        for inner in entry.node.entries:
            inner_name = name if entry.key == _CONTENT else _find_name(entry.key, inner)
            is_value = isinstance(inner.node, ScalarNode) and entry.key in _NAMING_KEYS
            list_inner = _list_texts if is_value else _list_values
            yield from _extend(inner.key, list_inner(inner.node, inner_name))
    elif entry.key in _VALUE_KEYS and name and not _is_choice(entry):
        yield from _list_texts(entry.node, name)
    elif _may_hold_text(entry.key):
        yield from list_credential_paths(entry.key, entry.node)
    elif isinstance(entry.node, ScalarNode):
        yield from _list_texts(entry.node, entry.key)
    else:
        yield from _list_values(entry.node, entry.key if _is_credential(entry.key) else name)


def _may_hold_text(key: str) -> bool:
    """Return whether a text under a key may be a credential, or have one in it."""
    return key in _VALUE_KEYS or key in _ADDRESS_KEYS or key.startswith("x-")


def _extend(key: str, paths: Iterator[_Path]) -> Iterator[_Path]:
    return ((key, *path) for path in paths)


def _find_parameter(node: MapNode) -> str:
    """Return the name of the credential that a Parameter Object describes; nothing for any other object."""
    name = get_text(node.find("name")) or ""
    return name if get_text(node.find("in")) in _LOCATIONS and _is_credential(name) else ""


def _find_name(key: str, entry: Entry) -> str:
    """Return the name of the credential that the value under a chosen name describes; nothing if it is none."""
    if key in _SCHEMES:
        return "authorization"
    is_named = key in _NAMING_KEYS or (key in _SCHEMAS and _is_text(entry.node))
    return entry.key if is_named and _is_credential(entry.key) else ""


def _is_text(schema: Node) -> bool:
    return isinstance(schema, MapNode) and get_text(schema.find("type")) == "string"


def _is_credential(name: str) -> bool:
    return is_credential_header(name) or (names_credential(name) and ends_as_credential(name))


def _is_choice(entry: Entry) -> bool:
    """Return whether an entry lists what a value may be, rather than the only value."""
    return entry.key == "enum" and isinstance(entry.node, ListNode) and len(entry.node.items) > 1


def _list_texts(node: Node, name: str) -> Iterator[_Path]:
    """Yield the path of each text that may be the credential of this name, whatever the key before it."""
    match node:
        case MapNode(entries=entries):
            for entry in entries:
                yield from _extend(entry.key, _list_texts(entry.node, name))
        case ListNode(items=items):
            for position, item in enumerate(items):
                yield from _extend(str(position), _list_texts(item, name))
        case ScalarNode():
            yield from ((),) if may_be_credential(name, get_text(node) or "") else ()
