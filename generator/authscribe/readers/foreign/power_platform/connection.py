"""Connections of a Power Platform connector: each set of connection parameters, with what a person is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.wrong_value import report_not_a_mapping
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, text_of
from authscribe.readers.foreign.power_platform.login import Login, read_login
from authscribe.readers.foreign.scheme_lists import ObtainedSecret, SchemeSetting, take_default
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map

_TYPES: Final[Mapping[str, str]] = {
    "string": "string",
    "securestring": "string",
    "int": "integer",
    "bool": "boolean",
    "gatewaysetting": "string",
}
_SECURE: Final = "securestring"
_GATEWAY: Final = "gatewaysetting"
_LOGIN: Final = "oauthsetting"
_IDENTITY: Final = "managedidentity"
_FLAT: Final = "connectionParameters"
_SETS: Final = "connectionParameterSets"


@dataclass(frozen=True, slots=True)
class Connection:
    """One way to connect; `label` is the name of the set, and `parameters` are the names of all that it declares."""

    label: str
    place: Place
    parameters: tuple[str, ...]
    settings: tuple[SchemeSetting, ...]
    logins: tuple[Login, ...]
    identities: tuple[ObtainedSecret, ...]
    title: Node | None = None
    summary: Node | None = None
    extras: MapNode | None = None

    @property
    def secrets(self) -> tuple[SchemeSetting, ...]:
        """Those that are, or may be, secret."""
        return tuple(setting for setting in self.settings if setting.is_secret)


def read_connections(properties: TrackedMapping) -> Iterator[Connection]:
    """The sets, then the parameters outside of sets, which old connections have; one without any where nothing is."""
    sets = properties.child(_SETS).children("values")
    yield from (_of_set(one, str(index)) for index, one in enumerate(sets, 1))
    flat = properties.child(_FLAT)
    if flat.node.entries or not sets:
        yield _connection(_FLAT, flat, properties.place if not flat.node.entries else flat.place)


def find_misshapen(properties: TrackedMapping) -> Iterator[Finding]:
    """What should be a set of parameters, or a parameter, and is no mapping; nothing can be made of it."""
    values = properties.child(_SETS).node.find("values")
    sets = values.items if isinstance(values, ListNode) else ()
    for one in sets:
        if not isinstance(one, MapNode):
            yield report_not_a_mapping(one.place, "a set of connection parameters")
    declared = (properties.node.find(_FLAT), *(one.find("parameters") for one in sets if isinstance(one, MapNode)))
    for parameters in declared:
        for entry in parameters.entries if isinstance(parameters, MapNode) else ():
            if not isinstance(entry.node, MapNode):
                yield report_not_a_mapping(entry.place, f"the connection parameter '{entry.key}'")


def _of_set(reading: TrackedMapping, number: str) -> Connection:
    """The name stays in the extras: the id of a method is spelt otherwise."""
    shown = reading.child("uiDefinition")
    title, summary = _display_name(shown), shown.take_text("description")
    label = text_of(reading.peek("name")) or number
    found = _connection(label, reading.child("parameters"), reading.place)
    return replace(found, title=title, summary=summary, extras=reading.leftovers())


def _connection(label: str, parameters: TrackedMapping, place: Place) -> Connection:
    named = tuple(entry for entry in parameters.node.entries if isinstance(entry.node, MapNode))
    names = tuple(entry.key for entry in named)
    found = [_parameter(ScalarNode(entry.key, entry.place), parameters.child(entry.key), names) for entry in named]
    return Connection(
        label,
        place,
        names,
        tuple(item for item in found if isinstance(item, SchemeSetting)),
        tuple(item for item in found if isinstance(item, Login)),
        tuple(item for item in found if isinstance(item, ObtainedSecret)),
    )


def _parameter(
    name: ScalarNode, reading: TrackedMapping, beside: tuple[str, ...]
) -> SchemeSetting | Login | ObtainedSecret:
    kind = (text_of(reading.peek("type")) or "").lower()
    if kind == _LOGIN:
        return read_login(name, reading, make_map(name.place, **_shown(reading)), beside)
    if kind == _IDENTITY:
        shown = make_map(name.place, **_shown(reading), extras=reading.leftovers())
        return ObtainedSecret(name, make_map(name.place, source="platform"), shown, "expires")
    return _setting(name, reading, kind)


def _setting(name: ScalarNode, reading: TrackedMapping, kind: str) -> SchemeSetting:
    """What has no type, or one that is not known, may be secret."""
    is_secret = kind == _SECURE or kind not in _TYPES
    of_type = _TYPES.get(kind, "string")
    label = reading.take("type") if kind in _TYPES else None
    shown = _shown(reading)
    constraints = reading.child("uiDefinition").child("constraints")
    choices = _choices(reading, constraints)
    value = _default(reading, constraints, of_type=of_type, choices=choices, is_secret=is_secret)
    is_required = constraints.take_boolean("required")
    facts = make_map(
        name.place,
        type=of_type if of_type != "string" else None,
        type_label=label if kind == _GATEWAY else None,
        **shown,
        default=value,
        enum=choices,
        hidden=constraints.take_boolean("hidden") or None,
        secret="unknown" if kind not in _TYPES else None,
        extras=reading.leftovers(),
    )
    return SchemeSetting(name, facts, is_secret, is_optional=is_required is False)


def _shown(reading: TrackedMapping) -> dict[str, Node | None]:
    """What people see; newer definitions have the description in a `schema`."""
    shown = reading.child("uiDefinition")
    constraints = shown.child("constraints")
    return {
        "title": _display_name(shown),
        "description": shown.take_text("description") or shown.child("schema").take_text("description"),
        "order": constraints.take_integer("tabIndex") or shown.take_integer("tabIndex"),
    }


def _display_name(shown: TrackedMapping) -> Node | None:
    return shown.take_text("displayName") or shown.take_text("displayname")


def _default(
    reading: TrackedMapping, constraints: TrackedMapping, *, of_type: str, choices: ListNode | None, is_secret: bool
) -> Node | None:
    found = [
        take_default(where, key, of_type=of_type, choices=choices, is_secret=is_secret)
        for where, key in ((reading, "defaultValue"), (constraints, "default"), (constraints, "defaultValue"))
    ]
    return next((node for node in found if node is not None), None)


def _choices(reading: TrackedMapping, constraints: TrackedMapping) -> ListNode | None:
    """The values to choose from; what a value has beside itself and its label keeps its list in the extras."""
    for where in (constraints, reading):
        node = where.peek("allowedValues")
        items = node.items if isinstance(node, ListNode) else ()
        chosen = tuple(choice for item in items if (choice := _choice(item)) is not None)
        if chosen and len(chosen) == len(items):
            if all(isinstance(item, MapNode) and _keys(item) <= {"value", "text"} for item in items):
                where.take("allowedValues")
            return make_list(chosen, node.place if node is not None else where.place)
    return None


def _choice(item: Node) -> MapNode | None:
    value = item.find("value") if isinstance(item, MapNode) else None
    if not isinstance(item, MapNode) or not isinstance(value, ScalarNode) or value.value is None:
        return None
    label = item.find("text")
    return make_map(item.place, value=value, label=label if text_of(label) is not None else None)


def _keys(node: MapNode) -> set[str]:
    return {entry.key for entry in node.entries}
