"""Read under which values of other properties a form of n8n shows a property: its `displayOptions`.

Facts are those of `displayParameter` and `checkConditions` in `n8n-workflow`: every property in `show` has to have one
of the values there, and none in `hide` may.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, Value

_SECTIONS: Final = frozenset({"show", "hide"})
_COMPARISON: Final = "_cnd"


class Conditions(NamedTuple):
    """Values of other properties, in lists, with which a form shows one; `is_complete` if nothing else counts."""

    values: Mapping[str, Node]
    is_complete: bool


def read_conditions(options: Node | None, choices: Mapping[str, tuple[Value, ...]]) -> Conditions:
    """Return the conditions in `displayOptions`; `choices` holds the values that other properties can have.

    A property is hidden by some of its values, and so shown by the others; that is known for choices only.
    """
    entries = options.entries if isinstance(options, MapNode) else ()
    is_complete = all(entry.key in _SECTIONS and isinstance(entry.node, MapNode) for entry in entries)
    shown = {entry.key: _list_shown(entry, choices.get(entry.key, ())) for entry in _list_entries(options, "show")}
    for entry in _list_entries(options, "hide"):
        known = choices.get(entry.key, ())
        hidden = _find_matches(entry.node, known)
        allowed = _find_matches(shown[entry.key], known) if entry.key in shown else known
        if hidden is None or allowed is None:
            is_complete = False
        elif hidden:
            shown[entry.key] = _make_list((value for value in allowed if not _contains(hidden, value)), entry)
    return Conditions(shown, is_complete)


def unite_conditions(conditions: Iterable[Mapping[str, Node]]) -> dict[str, Node]:
    """Return the conditions under which one of several properties is shown, if all are about one other property."""
    entries = [tuple(each.items()) for each in conditions]
    keys = {key for each in entries for key, _ in each}
    if len(keys) != 1 or any(len(each) != 1 for each in entries):
        return {}
    items = [item for ((_, node),) in entries for item in _list_items(node)]
    return {keys.pop(): ListNode(tuple(items), items[0].place)} if items else {}


def _list_entries(options: Node | None, section: str) -> tuple[Entry, ...]:
    node = options.find(section) if isinstance(options, MapNode) else None
    return node.entries if isinstance(node, MapNode) else ()


def _list_shown(entry: Entry, choices: tuple[Value, ...]) -> Node:
    """Return the values of a condition, in place of comparisons if these are known to amount to values."""
    if all(isinstance(item, ScalarNode) for item in _list_items(entry.node)):
        return entry.node
    matches = _find_matches(entry.node, choices)
    return _make_list(matches, entry) if matches is not None else entry.node


def _find_matches(condition: Node, choices: tuple[Value, ...]) -> tuple[Value, ...] | None:
    """Return the choices that meet a condition; None if there are none to choose from, or it is not understood."""
    matches: list[Value] = []
    for item in _list_items(condition):
        equal, other = _read_comparison(item)
        if equal is None and other is None:
            return None
        matches += (
            value
            for value in choices
            if (equal is not None and _contains((equal.value,), value))
            or (other is not None and not _contains((other.value,), value))
        )
    return tuple(value for value in choices if _contains(matches, value)) if choices else None


def _read_comparison(item: Node) -> tuple[ScalarNode | None, ScalarNode | None]:
    """Return the value that a property has to be equal to, and the one that it may not have."""
    if isinstance(item, ScalarNode):
        return item, None
    comparison = item.find(_COMPARISON) if isinstance(item, MapNode) else None
    match comparison:
        case MapNode(entries=(Entry(key="eq", node=ScalarNode() as node),)):
            return node, None
        case MapNode(entries=(Entry(key="not", node=ScalarNode() as node),)):
            return None, node
    return None, None


def _list_items(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, ListNode) else (node,)


def _contains(values: Iterable[Value], value: Value) -> bool:
    # A boolean is an integer to `==`.
    return any(each == value and type(each) is type(value) for each in values)


def _make_list(values: Iterable[Value], entry: Entry) -> ListNode:
    return ListNode(tuple(ScalarNode(value, entry.place) for value in values), entry.place)
