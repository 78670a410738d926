"""Validation: from a node to a model, with every refusal mapped back to its place in the source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from authscribe import mistakes
from authscribe.draft import ListNode, MapNode, Node, plain
from authscribe.finding import Finding, Place

ModelT = TypeVar("ModelT", bound=BaseModel)


def validate(node: MapNode, model: type[ModelT]) -> tuple[ModelT | None, tuple[Finding, ...]]:
    """The model that `node` describes, or None and a finding for each thing that is wrong with it.

    Strict: text is no number and no truth value. Goes through JSON, since pydantic's strict mode takes lists
    for tuples and text for enumerations only there.
    """
    try:
        return model.model_validate_json(json.dumps(plain(node))), ()
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=True)
        return None, tuple(_finding(node, model, detail) for detail in details)


def _finding(node: Node, model: type[BaseModel], detail: ErrorDetails) -> Finding:
    location = detail["loc"]
    key = str(location[-1]) if location else "document"
    if detail["type"] == "extra_forbidden":
        return mistakes.unknown_key(key, _key_place(node, location), _known_keys(model, location[:-1]))
    if detail["type"] == "missing":
        return mistakes.missing_key(key, _value_place(node, location[:-1]))
    expected = detail.get("ctx", {}).get("expected")
    value = _value(node, location)
    if detail["type"] in ("enum", "literal_error") and isinstance(expected, str) and isinstance(value, str):
        return mistakes.unknown_value(key, value, _value_place(node, location), re.findall(r"'([^']+)'", expected))
    named = next((str(part) for part in reversed(location) if isinstance(part, str)), key)
    message = detail["msg"]
    return mistakes.wrong_value(named, _value_place(node, location), message[:1].lower() + message[1:])


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
    return plain(list(_nodes_along(node, location))[-1][0])


def _value_place(node: Node, location: tuple[int | str, ...]) -> Place:
    return list(_nodes_along(node, location))[-1][0].place


def _key_place(node: Node, location: tuple[int | str, ...]) -> Place:
    return list(_nodes_along(node, location))[-1][1]


def _known_keys(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The keys of the model that stands at `location` below `model`."""
    for part in location:
        if isinstance(part, int):
            continue
        by_key = {field.alias or name: field for name, field in model.model_fields.items()}
        inner = _inner_model(by_key[part].annotation) if part in by_key else None
        model = inner or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _inner_model(annotation: object) -> type[BaseModel] | None:
    """The model inside an annotation such as `tuple[Secret, ...]`, or None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_inner_model(argument) for argument in get_args(annotation))
    return next((model for model in found if model is not None), None)
