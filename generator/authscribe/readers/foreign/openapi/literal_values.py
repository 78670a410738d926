"""Withhold the values of credentials that an OpenAPI document states as examples, defaults, in addresses or extensions.

Nothing tells a live value from a dummy, and everything that is not read is kept verbatim.
"""

from __future__ import annotations

from typing import Final

from authscribe.model.credential_names import announces_credential, is_clear_credential, may_be_credential
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.literal_credentials import list_credential_paths, may_be_live
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
    "$defs", "callbacks", _CONTENT, "definitions", "dependentSchemas", "encoding", "links", "mapping", "parameters",
    "pathItems", "paths", "patternProperties", "requestBodies", "responses", "schemas", "scopes", "webhooks", *_SCHEMES,
}  # fmt: skip
"""Keys of mappings whose keys are names that an author chooses, so that `default` among them holds no value."""
_LOCATIONS: Final = ("cookie", "formData", "header", "query")

_Path = tuple[str, ...]


def withhold_values(document: TrackedMapping) -> None:
    """Withhold the values in a document that may be credentials."""
    for path in _list_values(document.node, ""):
        withhold_at(document, path)


def _list_values(node: Node, name: str) -> list[_Path]:
    """Return the path of each value that may be a credential; `name` is that of the one that a node describes."""
    if isinstance(node, ListNode):
        items = enumerate(node.items)
        return [(str(position), *path) for position, item in items for path in _list_values(item, name)]
    if isinstance(node, ScalarNode):
        return []
    described = _find_parameter(node) or name
    return [(entry.key, *path) for entry in node.entries for path in _list_values_at(entry, described)]


def _list_values_at(entry: Entry, name: str) -> list[_Path]:
    key, _, node = entry
    if key in _DEFINING_KEYS and isinstance(node, MapNode):
        return [(inner.key, *path) for inner in node.entries for path in _list_defined(key, inner, name)]
    if key in _VALUE_KEYS and name and not _is_choice(entry, name):
        return _list_texts(node, name)
    if key in _VALUE_KEYS or key in _ADDRESS_KEYS or key.startswith("x-"):
        return list_credential_paths(key, node)
    if isinstance(node, ScalarNode):
        return _list_texts(node, key)
    return _list_values(node, key if announces_credential(key) else name)


def _list_defined(key: str, entry: Entry, name: str) -> list[_Path]:
    if isinstance(entry.node, ScalarNode):
        return _list_texts(entry.node, entry.key) if key in _NAMING_KEYS else []
    return _list_values(entry.node, name if key == _CONTENT else _find_name(key, entry))


def _find_parameter(node: MapNode) -> str:
    """Return the name of the credential that a Parameter Object describes; nothing for any other object."""
    name = (get_text(node.find("name")) or "") if get_text(node.find("in")) in _LOCATIONS else ""
    return name if announces_credential(name) else ""


def _find_name(key: str, entry: Entry) -> str:
    """Return the name of the credential that the value under a chosen name describes; nothing if it is none."""
    if key in _SCHEMES:
        return "authorization"
    is_named = key in _NAMING_KEYS or (key in _SCHEMAS and _is_text(entry.node))
    return entry.key if is_named and announces_credential(entry.key) else ""


def _is_text(schema: Node) -> bool:
    return isinstance(schema, MapNode) and get_text(schema.find("type")) == "string"


def _is_choice(entry: Entry, name: str) -> bool:
    """Return whether an entry lists what a value may be, rather than the only value.

    The only one below a name such as `FilterKey`, which may be no credential, is the name of a key unless it is live.
    """
    if entry.key != "enum" or not isinstance(entry.node, ListNode):
        return False
    return len(entry.node.items) > 1 or not (is_clear_credential(name) or may_be_live(name, entry.node))


def _list_texts(node: Node, name: str) -> list[_Path]:
    """Return the path of each text that may be the credential of this name, whatever the key before it."""
    match node:
        case MapNode(entries=entries):
            return [(entry.key, *path) for entry in entries for path in _list_texts(entry.node, name)]
        case ListNode(items=items):
            return [(str(position), *path) for position, item in enumerate(items) for path in _list_texts(item, name)]
        case ScalarNode():
            return [()] if may_be_credential(name, get_text(node) or "") else []
