"""The settings of a provider of Nango: what its fields say of themselves, in the words of the models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, Value, text_of
from authscribe.readers.foreign.nango.modes import STANDARD
from authscribe.readers.foreign.nango.requests import take_string
from authscribe.readers.foreign.nango.scope import CREDENTIALS, SUPPLIED, Field
from authscribe.readers.foreign.tracking import TrackedMapping, make_map, make_plain_map, parse_boolean

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def read_secrecy(field: Field, stated: TrackedMapping) -> ScalarNode | None:
    """Whether a field is secret, as far as the provider or the vendor says; None for a parameter.

    The vendor shows what is no credential, unless the provider says that it is secret.
    """
    is_secret = read_truth(stated, "secret")
    if is_secret is not None and (is_secret.value or field.group in SUPPLIED):
        return ScalarNode("yes" if is_secret.value else "no", is_secret.place)
    if field.group not in SUPPLIED:
        return None
    return ScalarNode(STANDARD[field.key].secret if field.key in STANDARD else "unknown", field.place)


def read_truth(stated: TrackedMapping, key: str) -> ScalarNode | None:
    """The truth value under `key` with its place, also where it is spelt as text; everything else stays."""
    node, value = stated.peek(key), stated.take_boolean(key)
    return ScalarNode(value, node.place) if node is not None and value is not None else None


def make_setting(field: Field, stated: TrackedMapping, attribute: str | None, secret: ScalarNode | None) -> MapNode:
    """The field as a secret or parameter; what the models have no place for is kept in its extras.

    The default of what is or may be secret is withheld, unless the vendor fills in the same one for everybody.
    """
    place = field.place
    if secret is not None and secret.value != "no":
        _withhold_defaults(stated)
    names = make_plain_map({"python": attribute}, place) if attribute is not None else None
    found = make_map(
        place,
        name=field.name,
        names=names,
        type=_type(stated),
        title=take_string(stated, "title"),
        description=take_string(stated, "description") or _description(field),
        secret=secret,
        optional=read_truth(stated, "optional"),
        hidden=read_truth(stated, "hidden"),
        automated=read_truth(stated, "automated") or field.is_captured or None,
        deprecated=read_truth(stated, "deprecated"),
        group=field.group,
    )
    return MapNode((*found.entries, *_facets(stated), *_extras(field, stated)), place)


def _facets(stated: TrackedMapping) -> Iterator[Entry]:
    """What a value looks like, with the places where it is said."""
    found: dict[str, Node | None] = {key: take_string(stated, key) for key in ("pattern", "format", "prefix", "suffix")}
    found["example"] = stated.take("example")
    found["default"] = _default(stated)
    found["enum"] = _enum(stated)
    found["order"] = stated.take_integer("order")
    if isinstance(stated.peek("visible_when"), MapNode):
        found["visible_when"] = stated.take("visible_when")
    return (Entry(key, node.place, node) for key, node in found.items() if node is not None)


def _type(stated: TrackedMapping) -> Node | None:
    return stated.take("type") if text_of(stated.peek("type")) in (*_TYPES, "object", "array") else None


def _withhold_defaults(stated: TrackedMapping) -> None:
    """An empty one gives nothing away; one of a hidden field is a constant of the API, such as a public client's."""
    is_constant = parse_boolean(stated.peek("hidden")) is True
    for key in ("default",) if is_constant else ("default", "default_value"):
        node = stated.peek(key)
        if node is not None and not (isinstance(node, ScalarNode) and node.value in (None, "")):
            stated.withhold(key)


def _default(stated: TrackedMapping) -> Node | None:
    """A default of another type than the field's stays: no target could use it."""
    node = stated.peek("default_value")
    kind = _TYPES.get(text_of(stated.node.find("type")) or "string", ())
    fits = (
        isinstance(node, ScalarNode) and isinstance(node.value, kind) and isinstance(node.value, bool) == (bool in kind)
    )
    return stated.take("default_value") if fits else None


def _enum(stated: TrackedMapping) -> ListNode | None:
    """Values, or mappings of `value` and `label`; everything else stays."""
    node = stated.peek("enum")
    items = node.items if isinstance(node, ListNode) else ()
    choices = tuple(choice for choice in map(_choice, items) if choice is not None)
    if node is None or not choices or len(choices) < len(items):
        return None
    stated.take("enum")
    return ListNode(choices, node.place)


def _choice(item: Node) -> MapNode | None:
    match item:
        case ScalarNode(value=str() | int() | float()):
            return make_map(item.place, value=item)
        case MapNode(entries=inner) if {entry.key for entry in inner} <= {"value", "label"}:
            value, label = item.find("value"), item.find("label")
            is_text = label is None or text_of(label) is not None
            return item if is_text and isinstance(value, ScalarNode) and value.value is not None else None
    return None


def _extras(field: Field, stated: TrackedMapping) -> Iterator[Entry]:
    kept = stated.leftovers()
    marks: dict[str, Value | Node] = {}
    if field.name != field.key:
        marks["field"] = field.key
    if field.is_undeclared:
        marks["undeclared"] = True
    extras = (make_plain_map(marks, field.place) or MapNode((), field.place)).entries + (kept.entries if kept else ())
    if extras:
        yield Entry("extras", extras[0].place, MapNode(extras, extras[0].place))


def _description(field: Field) -> str | None:
    """In words of ours where nothing declares the field."""
    known = STANDARD.get(field.key)
    return known.description if known is not None and field.entry is None and field.group == CREDENTIALS else None
