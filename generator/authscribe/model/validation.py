"""Validate nodes against models, and report each error at its place in the source."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Final, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, PydanticSerializationError, to_json

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.unknown_key import report_unknown_key
from authscribe.findings.rules.wrong_value import TEXT, report_unknown_value, report_wrong_value
from authscribe.findings.suggestions import Vocabulary, list_names, suggest
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text, to_plain

ModelT = TypeVar("ModelT", bound=BaseModel)
NodePath: TypeAlias = tuple[int | str, ...]
"""Keys and indexes on the way to a node."""
Index: TypeAlias = dict[int, dict[str, Entry]]
"""Entries by key for each mapping of one tree, by its identity."""

_MAPPING: Final = "a mapping"
_NOUNS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("model_type", "dataclass_type", "dict_type"), _MAPPING),
    **dict.fromkeys(("tuple_type", "list_type"), "a list"),
    "bool_type": "true or false",
    "string_type": TEXT,
    "int_type": "a whole number, without quotes",
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), "a date, such as 2027-06-30"),
}
"""Nouns for the values that pydantic expects, by the types of its errors."""
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
        meant = _find_meant_keys(errors, model)
        causes = _list_causes(errors, meant)
        return None, tuple(_report_error(node, model, each, entries, meant) for each in causes)


def convert_text(text: str, to: type) -> object:
    """Return a text as a generated class reads it, such as `true` for `TRUE`; None if it is not of this type."""
    try:
        return TypeAdapter(to).validate_python(text)
    except ValidationError:
        return None


def encode_node(node: MapNode) -> str:
    """Return a node as JSON, from which a model is validated."""
    value = to_plain(node)
    try:
        # Five times as fast, but refuses lone surrogates.
        return to_json(value).decode()
    except PydanticSerializationError:
        return json.dumps(value)


def _list_causes(errors: Sequence[ErrorDetails], meant: Mapping[NodePath, NodePath]) -> Iterator[ErrorDetails]:
    """Yield the errors that are mistakes of their own; `meant` are the keys that unknown keys are meant for.

    Items of one list that have the wrong type are one mistake, and so is a wrong key in place of a missing one.
    """
    misspelt = {*meant.values()}
    lists: set[tuple[object, ...]] = set()
    for error in errors:
        *outer, last = error["loc"] or ("",)
        of_list = (*outer, error["type"]) if isinstance(last, int) else None
        if of_list not in lists and not (error["type"] == "missing" and error["loc"] in misspelt):
            yield error
        if of_list is not None:
            lists.add(of_list)


def _find_meant_keys(errors: Sequence[ErrorDetails], model: type[object]) -> dict[NodePath, NodePath]:
    """Return the locations of the keys that unknown keys may be meant for, by the locations of these.

    That is the key with the most similar name, else the same key in the only mapping below that may have it, else the
    only key that is missing where there is one unknown key.
    """
    unknown = [_strip(error["loc"]) for error in errors if error["type"] in _UNKNOWN_KEY]
    missing: dict[NodePath, list[NodePath]] = {}
    for error in errors:
        if error["type"] == "missing":
            missing.setdefault(error["loc"][:-1], []).append(error["loc"])
    counts = Counter(location[:-1] for location in unknown)
    meant: dict[NodePath, NodePath] = {}
    for *path, key in unknown:
        outer = tuple(path)
        near = Vocabulary(_list_keys(model, outer)).find_nearest(str(key))
        below = _list_mappings_with(model, outer, str(key)) if near is None else []
        absent = missing.get(outer, ())
        if near is not None:
            meant[*outer, key] = (*outer, near)
        elif len(below) == 1:
            meant[*outer, key] = (*outer, below[0], key)
        elif len(absent) == counts[outer] == 1:
            meant[*outer, key] = absent[0]
    return meant


def _strip(location: NodePath) -> NodePath:
    """Return a location in the document, without the mark of a key that is not allowed."""
    return tuple(part for part in location if part != "[key]")


def _report_error(
    root: Node, kind: type[object], error: ErrorDetails, entries: Index, meant: Mapping[NodePath, NodePath]
) -> Finding:
    # The place of a key that is not allowed is that of its value.
    location = _strip(error["loc"])
    node, key_place = _follow(root, location, entries)
    key = str(location[-1]) if location else "document"
    if error["type"] in _UNKNOWN_KEY:
        right = meant.get(location, ())[len(location) - 1 :]
        return report_unknown_key(key, key_place, _list_keys(kind, location[:-1]), tuple(map(str, right)))
    if error["type"] == "missing":
        return report_missing_key(key, node.place)
    return _report_value(node, kind, location, error)


def _report_value(node: Node, kind: type[object], location: NodePath, error: ErrorDetails) -> Finding:
    """Report a node of another type, or with another value, than its key may have."""
    expected = error.get("ctx", {}).get("expected")
    is_listed = error["type"] in ("enum", "literal_error")
    known = re.findall(r"'([^']+)'", expected) if is_listed and isinstance(expected, str) else []
    key, value = str(location[-1]) if location else "document", get_text(node)
    # What is written in place of the secrecy may be the secret.
    if known and value is not None and (key != "secret" or value.lower() in known):
        return report_unknown_value(key, value, node.place, known)
    if key == "id" and value is not None and error["type"] == "string_pattern_mismatch":
        return report_bad_id(value, node.place)
    name = next((part for part in reversed(location) if isinstance(part, str)), key)
    noun = _NOUNS.get(error["type"])
    keys = _describe_keys(kind, location) if noun == _MAPPING else ""
    message = f"Input should be {noun}{keys}" if noun is not None else error["msg"]
    remedy = suggest(_find_word(node), known) if known else ""
    return report_wrong_value(name, node.place, message[:1].lower() + message[1:], remedy)


def _find_word(node: Node) -> str:
    """Return the word that is written for a truth value where there are more than two choices; else an empty one."""
    return ("no", "yes")[node.value] if isinstance(node, ScalarNode) and isinstance(node.value, bool) else ""


def _describe_keys(kind: type[object], location: NodePath) -> str:
    """Return the keys that a mapping at a location needs, or else an example of those that it may have."""
    model = _find_kind(kind, location)
    if model is None or not issubclass(model, BaseModel):
        return ""
    needed = [field.alias or name for name, field in model.model_fields.items() if field.is_required()]
    return f" with {list_names('key', needed)}" if needed else f" with keys such as '{next(iter(model.model_fields))}'"


def _follow(node: Node, location: NodePath, entries: Index) -> tuple[Node, Place]:
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


def _list_keys(kind: type[object], location: NodePath) -> list[str]:
    """Return the keys of the model or dataclass at `location` below `kind`, or around it."""
    for end in range(len(location), 0, -1):
        found = _find_kind(kind, location[:end])
        if found is not None:
            return list(_map_key_types(found))
    return list(_map_key_types(kind))


def _list_mappings_with(kind: type[object], location: NodePath, key: str) -> list[str]:
    """Return the keys of the model at `location` whose values are mappings, no lists of them, that may have `key`."""
    outer = _find_kind(kind, location)
    types = _map_key_types(outer) if outer is not None else {}
    found = {name: _find_inner_kind(value) for name, value in types.items() if get_origin(value) not in (tuple, dict)}
    return [name for name, inner in found.items() if inner is not None and key in _map_key_types(inner)]


def _find_kind(kind: type[object], location: NodePath) -> type[object] | None:
    """Return the model or dataclass at `location` below `kind`; None for a value of another type."""
    found: type[object] | None = kind
    for part in location:
        if isinstance(part, str):
            found = _find_inner_kind(_map_key_types(found).get(part)) if found is not None else None
    return found


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
