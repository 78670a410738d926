"""Agreement: whether two sources that define one thing say the same, and what they say together.

Wording may differ (titles, summaries, descriptions: the first source is shown); facts may not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from authscribe.findings.finding import Place
from authscribe.model.draft import Entry, ListNode, MapNode, text_of, to_plain
from authscribe.resolve import merge

_WORDING: Final = frozenset({"title", "summary", "notes", "description", "type_label", "docs", "extras"})
_VALUES: Final = frozenset({"default", "example"})
"""What may be a secret's value, and is not repeated."""


class Conflict(NamedTuple):
    """A fact on which definitions differ: what it is, where, and the keys and names that lead to it."""

    detail: str
    place: Place
    path: tuple[str, ...]


def locate_statement(node: MapNode, path: tuple[str, ...]) -> tuple[Place, str]:
    """What a definition states about a fact on which others differ, and where."""
    key, *rest = path
    found = node.find(key)
    if found is None:
        return node.place, f"no '{key}' here"
    if key in merge.SETTING_LISTS:
        settings = {text_of(setting.find("name")): setting for setting in merge.list_maps(found)}
        inner = settings.get(rest[0])
        if len(rest) > 1 and inner is not None:
            place, statement = locate_statement(inner, tuple(rest[1:]))
            return place, f"'{rest[0]}' has {statement}"
        return (inner or found).place, f"{key}: {', '.join(str(name) for name in settings)}"
    if rest and isinstance(found, MapNode):
        return locate_statement(found, tuple(rest))
    return found.place, key if key in _VALUES else f"{key}: {to_plain(found)}"


def find_conflicts(first: MapNode, second: MapNode) -> tuple[Conflict, ...]:
    """Every fact that both state and state differently; empty when they agree."""
    found: list[Conflict] = []
    for entry in second.entries:
        earlier = next((e for e in first.entries if e.key == entry.key), None)
        if earlier is not None and entry.key not in _WORDING:
            compared = _settings if entry.key in merge.SETTING_LISTS else _values
            found.extend(compared(earlier, entry))
    return tuple(found)


def join_definitions(first: MapNode, second: MapNode) -> MapNode:
    """Two definitions that agree as one: the first, with what only the second states, at every depth."""
    theirs = {entry.key: entry for entry in second.entries}
    known = {entry.key for entry in first.entries}
    mine = tuple(_joined(entry, theirs[entry.key]) if entry.key in theirs else entry for entry in first.entries)
    return first._replace(entries=(*mine, *(entry for entry in second.entries if entry.key not in known)))


def _joined(first: Entry, second: Entry) -> Entry:
    match first.node, second.node:
        case MapNode(), MapNode():
            return first._replace(node=join_definitions(first.node, second.node))
        case ListNode(), ListNode() if first.key in merge.SETTING_LISTS:
            theirs = {text_of(setting.find("name")): setting for setting in merge.list_maps(second.node)}
            items = tuple(
                (
                    join_definitions(setting, theirs[name])
                    if (name := text_of(setting.find("name"))) in theirs
                    else setting
                )
                for setting in merge.list_maps(first.node)
            )
            return first._replace(node=first.node._replace(items=items))
    return first


def _values(first: Entry, second: Entry) -> Iterator[Conflict]:
    """A mapping that states less than another does not contradict it."""
    if isinstance(first.node, MapNode) and isinstance(second.node, MapNode):
        for found in find_conflicts(first.node, second.node):
            yield found._replace(path=(second.key, *found.path))
    elif to_plain(first.node) != to_plain(second.node):
        yield Conflict(f"'{second.key}' differs", second.node.place, (second.key,))


def _settings(first: Entry, second: Entry) -> Iterator[Conflict]:
    """Lists of settings agree when they have the same names, and each name the same facts."""
    mine = {text_of(setting.find("name")): setting for setting in merge.list_maps(first.node)}
    theirs = {text_of(setting.find("name")): setting for setting in merge.list_maps(second.node)}
    for name, setting in theirs.items():
        if name not in mine:
            yield Conflict(
                f"only one of them lists '{name}' under '{second.key}'", setting.place, (second.key, str(name))
            )
        else:
            for found in find_conflicts(mine[name], setting):
                path = (second.key, str(name), *found.path)
                yield found._replace(detail=f"{found.detail} in '{name}'", path=path)
    for name in mine:
        if name not in theirs:
            yield Conflict(
                f"only one of them lists '{name}' under '{second.key}'", second.place, (second.key, str(name))
            )
