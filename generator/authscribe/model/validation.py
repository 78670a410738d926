"""Validation: from a node to a model, with every refusal mapped back to its place in the source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Final, TypeVar, get_args, get_type_hints

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.unknown_key import report_unknown_key
from authscribe.findings.rules.wrong_value import report_unknown_value, report_wrong_value
from authscribe.model.draft import ListNode, MapNode, Node, to_plain

ModelT = TypeVar("ModelT", bound=BaseModel)

_UNKNOWN_KEY: Final = ("extra_forbidden", "unexpected_keyword_argument")
"""What pydantic calls a key that a model, or a form, does not have."""


def validate(node: MapNode, model: type[ModelT]) -> tuple[ModelT | None, tuple[Finding, ...]]:
    """The model that `node` describes, or None and a finding for each thing that is wrong with it.

    Strict: text is no number and no truth value. Goes through JSON, since pydantic's strict mode takes lists
    for tuples and text for enumerations only there.
    """
    try:
        return model.model_validate_json(json.dumps(to_plain(node))), ()
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=True)
        return None, tuple(_finding(node, model, detail) for detail in details)


def _finding(node: Node, kind: type[object], detail: ErrorDetails) -> Finding:
    location = detail["loc"]
    key = str(location[-1]) if location else "document"
    if detail["type"] in _UNKNOWN_KEY:
        return report_unknown_key(key, _key_place(node, location), _known_keys(kind, location[:-1]))
    if detail["type"] == "missing":
        return report_missing_key(key, _value_place(node, location[:-1]))
    expected = detail.get("ctx", {}).get("expected")
    value = _value(node, location)
    if detail["type"] in ("enum", "literal_error") and isinstance(expected, str) and isinstance(value, str):
        return report_unknown_value(key, value, _value_place(node, location), re.findall(r"'([^']+)'", expected))
    named = next((str(part) for part in reversed(location) if isinstance(part, str)), key)
    message = detail["msg"]
    return report_wrong_value(named, _value_place(node, location), message[:1].lower() + message[1:])


def _nodes_along(node: Node, location: tuple[int | str, ...]) -> Iterator[tuple[Node, Place]]:
    """Each node on the way, with the place of the key that leads to it; ends early where the way ends."""
    yield node, node.place
    for part in location:
        if isinstance(node, MapNode) and isinstance(part, str):
            entry = next((entry for entry in node.entries if entry.key == part), None)
            if entry is None:
                return
            node, place = entry.node, entry.place
        elif isinstance(node, ListNode) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            place = node.place
        else:
            return
        yield node, place


def _value(node: Node, location: tuple[int | str, ...]) -> object:
    return to_plain(list(_nodes_along(node, location))[-1][0])


def _value_place(node: Node, location: tuple[int | str, ...]) -> Place:
    return list(_nodes_along(node, location))[-1][0].place


def _key_place(node: Node, location: tuple[int | str, ...]) -> Place:
    return list(_nodes_along(node, location))[-1][1]


def _known_keys(kind: type[object], location: tuple[int | str, ...]) -> list[str]:
    """The keys of the model or form that stands at `location` below `kind`."""
    for part in location:
        if isinstance(part, str):
            kind = _inner(_keys(kind).get(part)) or kind
    return list(_keys(kind))


def _keys(kind: type[object]) -> dict[str, object]:
    """The type of what stands under each key of a model or form."""
    if issubclass(kind, BaseModel):
        return {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
    types = get_type_hints(kind)
    stated = fields(kind) if is_dataclass(kind) else ()
    return {field.metadata.get("alias", field.name): types[field.name] for field in stated}


def _inner(annotation: object) -> type[object] | None:
    """The model or form inside an annotation such as `tuple[Secret, ...]`, or None."""
    if isinstance(annotation, type) and (issubclass(annotation, BaseModel) or is_dataclass(annotation)):
        return annotation
    found = (_inner(argument) for argument in get_args(annotation))
    return next((kind for kind in found if kind is not None), None)
