"""Read one property of Airbyte's connection specification as a setting."""

from __future__ import annotations

from typing import Final

from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.literal_credentials import may_be_live
from authscribe.readers.foreign.scheme_lists import (
    SchemeSetting,
    find_value_type,
    list_scalars,
    list_texts,
    take_default,
)
from authscribe.readers.foreign.tracking import TrackedMapping, make_map

_SECRET: Final = ("airbyte_secret", "secret")
"""Keywords of Airbyte's and of Estuary's platform that mark a secret."""
_TYPES: Final = frozenset({"string", "integer", "number", "boolean", "object", "array"})


def read_property(name: ScalarNode, schema: TrackedMapping) -> SchemeSetting:
    """Return a property as a setting.

    If it holds secrets at any depth, as a list of keys does, it is a secret as a whole.
    """
    is_secret = has_secret(schema.node)
    for mark in _SECRET:
        schema.take_boolean(mark)
    of_type = _take_type(schema)
    facts = make_map(
        name.place,
        type=of_type if of_type != "string" else None,
        title=schema.take_text("title"),
        description=schema.take_text("description"),
        example=_take_example(schema),
        **_take_values(schema, str(name.value), of_type, is_secret=is_secret),
        pattern=schema.take_text("pattern"),
        format=schema.take_text("format"),
        hidden=schema.take_boolean("airbyte_hidden"),
        deprecated=schema.take_boolean("deprecated"),
        order=schema.take_integer("order"),
        group=schema.take_text("group"),
        extras=schema.leftovers(),
    )
    return SchemeSetting(name, facts, is_secret)


def has_secret(node: Node) -> bool:
    """Return whether a schema is marked as secret at any depth."""
    match node:
        case MapNode(entries=entries):
            return any(_is_secret_mark(entry) or has_secret(entry.node) for entry in entries)
        case ListNode(items=items):
            return any(map(has_secret, items))
    return False


def _is_secret_mark(entry: Entry) -> bool:
    return entry.key in _SECRET and isinstance(entry.node, ScalarNode) and entry.node.value is True


def _take_type(schema: TrackedMapping) -> str:
    """Return the type; without one, that of the value.

    A list of types, which allows null as well, is left, and the first known one in it counts.
    """
    node = schema.peek("type")
    stated = get_text(node)
    if stated in _TYPES:
        schema.take("type")
        return str(stated)
    listed = next((name for name in list_texts(node) if name in _TYPES), None)
    return listed or find_value_type(schema.peek("const") or schema.peek("default"))


def _take_example(schema: TrackedMapping) -> Node | None:
    """Return the first example; if there are several, their list is left so that all of them are kept."""
    node = schema.peek("examples")
    if isinstance(node, ListNode):
        if len(node.items) == 1:
            schema.take("examples")
        return node.items[0] if node.items else None
    return schema.take("examples") if isinstance(node, ScalarNode) and node.value is not None else None


def _take_values(schema: TrackedMapping, name: str, of_type: str, *, is_secret: bool) -> dict[str, Node | None]:
    """Return the default and the choices; a constant is both."""
    constant = schema.peek("const")
    choices = _take_choices(schema, is_secret=is_secret or (constant is not None and may_be_live(name, constant)))
    default = take_default(schema, "default", name=name, of_type=of_type, choices=choices, is_secret=is_secret)
    only = choices.items[0] if choices is not None and len(choices.items) == 1 else None
    return {"default": default or (only.find("value") if isinstance(only, MapNode) else None), "enum": choices}


def _take_choices(schema: TrackedMapping, *, is_secret: bool) -> ListNode | None:
    constant = schema.peek("const")
    if is_secret:
        schema.withhold("const")
    elif isinstance(constant, ScalarNode) and constant.value is not None:
        schema.take("const")
        return ListNode((make_map(constant.place, value=constant),), constant.place)
    values = list_scalars(schema.peek("enum"))
    if not values:
        return None
    schema.take("enum")
    return ListNode(tuple(make_map(value.place, value=value) for value in values), values[0].place)
