"""Agreement: whether two sources that define one thing say the same, and what they say together.

Wording may differ (titles, summaries, descriptions: the first source is shown); facts may not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from authscribe import merge
from authscribe.draft import Entry, MapNode, plain, text
from authscribe.finding import Place

_WORDING: Final = frozenset({"title", "summary", "notes", "description", "type_label", "docs", "extras"})


@dataclass(frozen=True, slots=True)
class Conflict:
    """The first fact on which two definitions differ: what it is, and both places."""

    detail: str
    place: Place
    first: Place


def conflict(first: MapNode, second: MapNode) -> Conflict | None:
    """The first fact that both state and state differently; None when they agree."""
    for entry in second.entries:
        earlier = next((e for e in first.entries if e.key == entry.key), None)
        if earlier is None or entry.key in _WORDING:
            continue
        found = _settings(earlier, entry) if entry.key in merge.SETTING_LISTS else _values(earlier, entry)
        if found is not None:
            return found
    return None


def joined(first: MapNode, second: MapNode) -> MapNode:
    """Two definitions that agree as one: the first, with the keys that only the second states."""
    known = {entry.key for entry in first.entries}
    return replace(first, entries=(*first.entries, *(e for e in second.entries if e.key not in known)))


def _values(first: Entry, second: Entry) -> Conflict | None:
    if plain(first.node) == plain(second.node):
        return None
    return Conflict(f"they state another '{second.key}'", second.node.place, first.node.place)


def _settings(first: Entry, second: Entry) -> Conflict | None:
    """Lists of settings agree when they have the same names, and each name the same facts."""
    mine = {text(setting.find("name")): setting for setting in merge.maps(first.node)}
    theirs = {text(setting.find("name")): setting for setting in merge.maps(second.node)}
    for name, setting in theirs.items():
        if name not in mine:
            return Conflict(f"'{name}' is {second.key} in one of them only", setting.place, first.place)
        found = conflict(mine[name], setting)
        if found is not None:
            return replace(found, detail=f"{found.detail} for '{name}'")
    for name, setting in mine.items():
        if name not in theirs:
            return Conflict(f"'{name}' is {second.key} in one of them only", second.place, setting.place)
    return None
