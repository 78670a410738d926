"""Airbyte's connection specification: a JSON Schema (draft 7) whose properties are the settings of a connector.

Objects nest, so that a setting is named by its path, as in `credentials.client_id`. An object with `oneOf` is a
choice; a choice between ways to authenticate gives the connector its methods. The keywords of Airbyte's own are those
of https://docs.airbyte.com/platform/connector-development/connector-specification-reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, text_of, to_plain
from authscribe.readers.foreign.scheme_lists import (
    SchemeSetting,
    find_value_type,
    list_scalars,
    list_texts,
    take_default,
)
from authscribe.readers.foreign.tracking import TrackedMapping, make_map

_SECRET: Final = "airbyte_secret"  # noqa: S105 - a keyword of the format
_TYPES: Final = frozenset({"string", "integer", "number", "boolean", "object", "array"})

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way of a choice; `value` is what the setting that chooses has then, where there is such a setting."""

    value: str | None
    title: ScalarNode | None
    summary: ScalarNode | None
    settings: tuple[SchemeSetting, ...]
    reading: TrackedMapping | None = None


@dataclass(frozen=True, slots=True)
class Specification:
    """The settings of every way to authenticate, and those of each; there are no or at least two alternatives."""

    settings: tuple[SchemeSetting, ...]
    chosen_by: str | None = None
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class _Choice:
    path: Path
    ways: tuple[TrackedMapping, ...]
    key: str | None

    @property
    def name(self) -> str | None:
        """The setting that chooses."""
        return ".".join((*self.path, self.key)) if self.key is not None else None


def list_settings(schema: TrackedMapping) -> tuple[SchemeSetting, ...]:
    """The settings of a schema in which no choice is one of ways to authenticate."""
    return unique_settings(_flat(_object(schema, (), is_needed=True)))


def unique_settings(settings: Iterable[SchemeSetting]) -> tuple[SchemeSetting, ...]:
    """One setting for each name: as the first states it, with what others state otherwise beside it."""
    stated: dict[str, list[tuple[str, SchemeSetting]]] = {}
    for setting in settings:
        ways = stated.setdefault(setting.wire, [])
        ways.append((str(len(ways)), setting))
    return tuple(_merged(ways) for ways in stated.values())


def read_specification(schema: TrackedMapping, deciding: Iterable[str]) -> Specification:
    """The settings of a specification.

    `deciding` are the settings by which something else of the document tells ways to authenticate apart. Without
    them, the only choice with secrets in it is the one between such ways; of several, each is a matter of its own,
    like encryption or a tunnel, and shows in the conditions of its settings.
    """
    found = tuple(_object(schema, (), is_needed=True))
    choices = [item for item in found if isinstance(item, _Choice)]
    methods = _methods(choices, tuple(deciding))
    others = [item for item in found if item is not methods]
    settings = unique_settings(_flat(others))
    if methods is None:
        return Specification(settings)
    return Specification(settings, methods.name, tuple(_alternatives(methods)))


def _methods(choices: list[_Choice], deciding: tuple[str, ...]) -> _Choice | None:
    pointed = next((choice for choice in choices if choice.name in deciding), None)
    secret = [choice for choice in choices if any(_has_secret(way.node) for way in choice.ways)]
    return pointed or (secret[0] if len(secret) == 1 else None)


def _object(schema: TrackedMapping, path: Path, *, is_needed: bool) -> Iterator[SchemeSetting | _Choice]:
    """What the properties of an object are: settings and choices, also those of the objects in it."""
    properties = schema.child("properties")
    needed = _needed(schema, properties) if is_needed else frozenset[str]()
    for key in properties.keys:
        yield from _property(properties, key, (*path, key), is_needed=key in needed)
    ways = _ways(schema)
    if ways:
        yield _Choice(path, ways, _deciding(ways))


def _needed(schema: TrackedMapping, properties: TrackedMapping) -> frozenset[str]:
    """The names under `required`, which stays where not all of them are properties that hold a value."""
    names = list_texts(schema.peek("required"))
    if names and all(_holds_value(properties.peek(name)) for name in names):
        schema.take("required")
    return frozenset(names)


def _holds_value(node: Node | None) -> bool:
    return isinstance(node, MapNode) and node.find("properties") is None and node.find("oneOf") is None


def _property(
    properties: TrackedMapping, key: str, path: Path, *, is_needed: bool
) -> Iterator[SchemeSetting | _Choice]:
    node = properties.peek(key)
    if not isinstance(node, MapNode):
        return
    reading = properties.child(key)
    if _ways(reading) or (isinstance(inner := node.find("properties"), MapNode) and inner.entries):
        yield from _object(reading, path, is_needed=is_needed)
    else:
        name = ScalarNode(".".join(path), _key_place(properties.node, key))
        yield replace(_setting(name, reading), is_optional=not is_needed)


def _key_place(node: MapNode, key: str) -> Place:
    return next(entry.place for entry in node.entries if entry.key == key)


def _ways(schema: TrackedMapping) -> tuple[TrackedMapping, ...]:
    """The alternatives of an object, where each is an object with properties."""
    node = schema.peek("oneOf")
    items = node.items if isinstance(node, ListNode) else ()
    if items and all(isinstance(item, MapNode) and isinstance(item.find("properties"), MapNode) for item in items):
        return schema.children("oneOf")
    return ()


def _deciding(ways: tuple[TrackedMapping, ...]) -> str | None:
    """The property that each alternative fixes to a value of its own."""
    fixed = [dict(_fixed(way)) for way in ways]
    shared = [key for key in fixed[0] if all(key in values for values in fixed)]
    return next((key for key in shared if len({values[key] for values in fixed}) == len(fixed)), None)


def _fixed(way: TrackedMapping) -> Iterator[tuple[str, str]]:
    properties = way.peek("properties")
    for entry in properties.entries if isinstance(properties, MapNode) else ():
        value = _only_value(entry.node)
        if value is not None:
            yield entry.key, value


def _only_value(node: Node) -> str | None:
    """The value of a property that can have but one: its `const`, or the one member of its `enum`."""
    if not isinstance(node, MapNode):
        return None
    constant = node.find("const")
    values = (constant,) if isinstance(constant, ScalarNode) else list_scalars(node.find("enum"))
    return str(values[0].value) if len(values) == 1 else None


def _alternatives(choice: _Choice) -> Iterator[Alternative]:
    for way in choice.ways:
        value = dict(_fixed(way)).get(choice.key or "")
        found = tuple(_object(way, choice.path, is_needed=True))
        yield Alternative(
            value, way.take_text("title"), way.take_text("description"), unique_settings(_flat(found)), way
        )


def _flat(found: Iterable[SchemeSetting | _Choice]) -> Iterator[SchemeSetting]:
    """The settings, with those of every choice, each of which says when it is there."""
    for item in found:
        if isinstance(item, SchemeSetting):
            yield item
        else:
            yield from _conditional(item)


def _conditional(choice: _Choice) -> Iterator[SchemeSetting]:
    """One setting for each path in the alternatives of a choice, with the condition under which it is there."""
    stated: dict[str, list[tuple[str, SchemeSetting]]] = {}
    for position, way in enumerate(choice.ways):
        value = dict(_fixed(way)).get(choice.key or "", str(position))
        for setting in _flat(_object(way, choice.path, is_needed=False)):
            stated.setdefault(setting.wire, []).append((value, setting))
    for name, ways in stated.items():
        values = [value for value, _ in ways]
        if name == choice.name:
            yield _merged([(value, _choosing(setting, values)) for value, setting in ways])
        elif choice.name is None or len(ways) == len(choice.ways):
            yield _merged(ways)
        else:
            yield _when(_merged(ways), choice.name, values)


def _merged(ways: list[tuple[str, SchemeSetting]]) -> SchemeSetting:
    """A setting of several alternatives: as the first states it, with what others state otherwise beside it."""
    first = ways[0][1]
    known = to_plain(first.facts)
    others = {value: setting.facts for value, setting in ways if to_plain(setting.facts) != known}
    whole = replace(first, is_secret=any(setting.is_secret for _, setting in ways))
    if not others:
        return whole
    place = first.name.place
    extras = first.facts.find("extras")
    own = extras.entries if isinstance(extras, MapNode) else ()
    said = Entry("oneOf", place, MapNode(tuple(Entry(v, f.place, f) for v, f in others.items()), place))
    return _with(whole, "extras", MapNode((*own, said), place))


def _choosing(setting: SchemeSetting, values: list[str]) -> SchemeSetting:
    """The setting that chooses has a value for each alternative, and none of them is its default."""
    place = setting.name.place
    kept = tuple(entry for entry in setting.facts.entries if entry.key != "default")
    choices = ListNode(tuple(make_map(place, value=value) for value in values), place)
    return _with(replace(setting, facts=MapNode(kept, place)), "enum", choices)


def _when(setting: SchemeSetting, name: str, values: list[str]) -> SchemeSetting:
    """The setting with a condition, unless it has one of its own further inside."""
    if setting.facts.find("visible_when") is not None:
        return setting
    place = setting.name.place
    allowed = ListNode(tuple(ScalarNode(value, place) for value in values), place)
    return _with(setting, "visible_when", MapNode((Entry(name, place, allowed),), place))


def _with(setting: SchemeSetting, key: str, node: Node) -> SchemeSetting:
    place = setting.name.place
    kept = tuple(entry for entry in setting.facts.entries if entry.key != key)
    return replace(setting, facts=MapNode((*kept, Entry(key, place, node)), place))


def _has_secret(node: Node) -> bool:
    match node:
        case MapNode(entries=found):
            return any(_is_true(e) or _has_secret(e.node) for e in found)
        case ListNode(items=items):
            return any(map(_has_secret, items))
    return False


def _is_true(entry: Entry) -> bool:
    return entry.key == _SECRET and isinstance(entry.node, ScalarNode) and entry.node.value is True


def _setting(name: ScalarNode, reading: TrackedMapping) -> SchemeSetting:
    """A property by itself; one that holds secrets at any depth, as a list of keys does, is a secret as a whole."""
    is_secret = _has_secret(reading.node)
    reading.take_boolean(_SECRET)
    of_type = _type(reading)
    facts = make_map(
        name.place,
        type=of_type if of_type != "string" else None,
        title=reading.take_text("title"),
        description=reading.take_text("description"),
        example=_example(reading),
        **_values(reading, of_type, is_secret=is_secret),
        pattern=reading.take_text("pattern"),
        format=reading.take_text("format"),
        hidden=reading.take_boolean("airbyte_hidden"),
        deprecated=reading.take_boolean("deprecated"),
        order=reading.take_integer("order"),
        group=reading.take_text("group"),
        extras=reading.leftovers(),
    )
    return SchemeSetting(name, facts, is_secret)


def _type(reading: TrackedMapping) -> str:
    """The type; where null is allowed beside it the list of both stays, and without any it is that of the value."""
    node = reading.peek("type")
    stated = text_of(node)
    if stated in _TYPES:
        reading.take("type")
        return str(stated)
    named = next((name for name in list_texts(node) if name in _TYPES), None)
    return named or find_value_type(reading.peek("const") or reading.peek("default"))


def _example(reading: TrackedMapping) -> Node | None:
    """The first of the examples; several stay, so that all of them are kept."""
    node = reading.peek("examples")
    if isinstance(node, ListNode):
        found = node.items[0] if node.items else None
        return reading.take("examples") and found if len(node.items) == 1 else found
    return reading.take("examples") if isinstance(node, ScalarNode) and node.value is not None else None


def _values(reading: TrackedMapping, of_type: str, *, is_secret: bool) -> dict[str, Node | None]:
    """The choices and the default; a constant is a choice of one."""
    choices = _choices(reading, is_secret=is_secret)
    value = take_default(reading, "default", of_type=of_type, choices=choices, is_secret=is_secret)
    only = choices.items[0] if choices is not None and len(choices.items) == 1 else None
    return {"default": value or (only.find("value") if isinstance(only, MapNode) else None), "enum": choices}


def _choices(reading: TrackedMapping, *, is_secret: bool) -> ListNode | None:
    constant = reading.peek("const")
    if is_secret:
        reading.withhold("const")
    elif isinstance(constant, ScalarNode) and constant.value is not None:
        reading.take("const")
        return ListNode((make_map(constant.place, value=constant),), constant.place)
    values = list_scalars(reading.peek("enum"))
    if not values:
        return None
    reading.take("enum")
    return ListNode(tuple(make_map(value.place, value=value) for value in values), values[0].place)
