"""Validate nodes against models, and report each error at its place in the source."""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass
from typing import Final, TypeAlias, TypeVar, get_args, get_type_hints

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticSerializationError, to_json

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.unknown_key import report_unknown_key
from authscribe.findings.rules.wrong_value import report_unknown_value, report_wrong_value
from authscribe.model.draft import Entry, ListNode, MapNode, Node, get_text, to_plain

ModelT = TypeVar("ModelT", bound=BaseModel)
Index: TypeAlias = dict[int, dict[str, Entry]]
"""Entries by key for each mapping of one tree, by its identity."""

_UNKNOWN_KEY: Final = ("extra_forbidden", "unexpected_keyword_argument")
"""Types of pydantic's errors for a key that a model or a dataclass does not have."""


def validate(node: MapNode, model: type[ModelT]) -> tuple[ModelT | None, tuple[Finding, ...]]:
    """Return the model that `node` describes, or None and a finding for each error.

    Types are not converted: text is neither a number nor a Boolean.
    """
    try:
        # Only from JSON does pydantic's strict mode accept lists for tuples, and text for enumerations.
        return model.model_validate_json(encode_node(node)), ()
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False, include_context=True)
        entries: Index = {}
        return None, tuple(_report_error(node, model, each, entries) for each in errors)


def encode_node(node: MapNode) -> str:
    """Return a node as JSON, from which a model is validated."""
    value = to_plain(node)
    try:
        # Five times as fast, but refuses lone surrogates.
        return to_json(value).decode()
    except PydanticSerializationError:
        return json.dumps(value)


def _report_error(root: Node, kind: type[object], error: ErrorDetails, entries: Index) -> Finding:
    # The place of a key that is not allowed is that of its value.
    location = tuple(part for part in error["loc"] if part != "[key]")
    node, key_place = _follow(root, location, entries)
    key = str(location[-1]) if location else "document"
    if error["type"] in _UNKNOWN_KEY:
        return report_unknown_key(key, key_place, _list_keys(kind, location[:-1]))
    if error["type"] == "missing":
        return report_missing_key(key, node.place)
    expected = error.get("ctx", {}).get("expected")
    value = get_text(node)
    if error["type"] in ("enum", "literal_error") and isinstance(expected, str) and value is not None:
        return report_unknown_value(key, value, node.place, re.findall(r"'([^']+)'", expected))
    name = next((part for part in reversed(location) if isinstance(part, str)), key)
    message = error["msg"]
    return report_wrong_value(name, node.place, message[:1].lower() + message[1:])


def _follow(node: Node, location: tuple[int | str, ...], entries: Index) -> tuple[Node, Place]:
    """Return the node at `location` and the place of its key; the last node on the way if the path does not exist."""
    place = node.place
    for part in location:
        if isinstance(node, MapNode) and isinstance(part, str):
            if id(node) not in entries:
                entries[id(node)] = {entry.key: entry for entry in node.entries}
            entry = entries[id(node)].get(part)
            if entry is None:
                break
            node, place = entry.node, entry.place
        elif isinstance(node, ListNode) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            place = node.place
        else:
            break
    return node, place


def _list_keys(kind: type[object], location: tuple[int | str, ...]) -> list[str]:
    """Return the keys of the model or dataclass at `location` below `kind`."""
    for part in location:
        if isinstance(part, str):
            kind = _find_inner_kind(_map_key_types(kind).get(part)) or kind
    return list(_map_key_types(kind))


def _map_key_types(kind: type[object]) -> dict[str, object]:
    """Return the type of the value of each key of a model or dataclass."""
    if issubclass(kind, BaseModel):
        return {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
    types = get_type_hints(kind)
    own_fields = fields(kind) if is_dataclass(kind) else ()
    return {field.metadata.get("alias", field.name): types[field.name] for field in own_fields}


def _find_inner_kind(annotation: object) -> type[object] | None:
    """Return the model or dataclass inside an annotation such as `tuple[Secret, ...]`, or None."""
    if isinstance(annotation, type) and (issubclass(annotation, BaseModel) or is_dataclass(annotation)):
        return annotation
    kinds = (_find_inner_kind(argument) for argument in get_args(annotation))
    return next((kind for kind in kinds if kind is not None), None)
