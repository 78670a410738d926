"""Name the ways to authenticate of a credential type by the values that the owner chooses for its properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from authscribe.model import naming
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, Value
from authscribe.readers.foreign.n8n.oauth import GRANT
from authscribe.readers.foreign.scheme_lists import MethodIds, SchemeSetting, make_method_ids
from authscribe.readers.foreign.tracking import make_list, make_map

Way: TypeAlias = Mapping[str, Value]
"""Way to authenticate: the values of the properties by which the owner chooses it."""


def make_ids(identifier: str, ways: tuple[Way, ...]) -> tuple[MethodIds, ...]:
    """Return ids for each way; the scheme of an only one has the id of the connector."""
    if len(ways) == 1:
        return (MethodIds(identifier, identifier),)
    is_only_grant = len({way.get(GRANT) for way in ways}) == 1
    return make_method_ids(identifier, (_name_way(way, has_grant=not is_only_grant) for way in ways))


def _name_way(way: Way, *, has_grant: bool) -> str:
    """Return the choices in words; a switch has its own name, after `no` if it is off."""
    words: list[str] = []
    for wire, value in way.items():
        if isinstance(value, bool):
            words += (*(() if value else ("no",)), *naming.split_words(wire))
        elif wire != GRANT or has_grant:
            words += naming.split_words(str(value))
    return "-".join(words)


def choose(setting: SchemeSetting, value: Value) -> SchemeSetting:
    """Return a setting with the value that the owner has chosen together with the way."""
    choices = setting.facts.find("enum")
    items = choices.items if isinstance(choices, ListNode) else ()
    chosen = tuple(item for item in items if isinstance(item, MapNode) and _has_value(item.find("value"), value))
    others = (entry for entry in setting.facts.entries if entry.key not in ("default", "enum"))
    place = setting.facts.place
    fixed = make_map(place, default=value, enum=make_list(chosen, place))
    return replace(setting, facts=MapNode((*others, *fixed.entries), place), is_optional=True)


def _has_value(node: Node | None, value: Value) -> bool:
    # A boolean is an integer to `==`.
    return isinstance(node, ScalarNode) and node.value == value and type(node.value) is type(value)
