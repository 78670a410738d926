"""Find conflicts between sources that define the same thing, and join definitions without conflicts.

Facts must agree. Titles, summaries, descriptions and other wording may differ: the first source is shown, and what
the others say is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.wording_differs import report_wording_differs
from authscribe.model.draft import Draft, Entry, ListNode, MapNode, Node, Noun, ScalarNode, get_text, to_plain
from authscribe.model.markup import get_plain_text
from authscribe.model.stated_values import may_be_value
from authscribe.resolve import merge

_WORDING: Final = frozenset({"title", "summary", "notes", "description", "type_label", "docs", "extras"})
"""Keys on which sources may differ, since each one explains the same facts to its own readers."""


class OtherWording(NamedTuple):
    """Texts of a definition or setting that are not used: their keys, and the places of the first one on both sides.

    `path` leads from the definition to the setting; it is empty for the definition itself.
    """

    path: tuple[str, ...]
    keys: tuple[str, ...]
    used: Place
    unused: Place


class Conflict(NamedTuple):
    """Fact on which definitions differ, with its place and the path of keys and names that leads to it."""

    detail: str
    place: Place
    path: tuple[str, ...]


def locate_statement(node: MapNode, path: tuple[str, ...]) -> tuple[Place, str]:
    """Return the place and the text of what a definition states about a fact on which others differ."""
    key, *rest = path
    value = node.find(key)
    if value is None:
        return node.place, f"no '{key}' here"
    if key in merge.SETTING_LISTS:
        settings = merge.index_settings(value)
        setting = settings.get(rest[0])
        if len(rest) > 1 and setting is not None:
            place, statement = locate_statement(setting, tuple(rest[1:]))
            return place, f"'{rest[0]}' has {statement}"
        return (setting or value).place, f"{key}: {', '.join(str(name) for name in settings)}"
    if key == "visible_when" or may_be_value(key, get_text(value)):
        # It may be a value of a secret.
        return value.place, key
    if rest and isinstance(value, MapNode):
        return locate_statement(value, tuple(rest))
    return value.place, f"{key}: {to_plain(value)}"


def sort_by_precedence(drafts: Iterable[Draft]) -> list[Draft]:
    """Return the drafts in the order in which their wording counts: definition files before pages."""
    return sorted(drafts, key=lambda draft: draft.is_page)


def find_conflicts(first: MapNode, second: MapNode) -> tuple[Conflict, ...]:
    """Return every fact that both definitions state, and state differently."""
    conflicts: list[Conflict] = []
    for entry in second.entries:
        earlier = next((e for e in first.entries if e.key == entry.key), None)
        if earlier is not None and entry.key not in _WORDING:
            compare = _compare_settings if entry.key in merge.SETTING_LISTS else _compare_values
            conflicts.extend(compare(earlier, entry))
    return tuple(conflicts)


def report_other_wordings(noun: Noun, identifier: str, first: MapNode, second: MapNode) -> Iterator[Finding]:
    """Yield a finding for the texts of the second definition, and of each setting of it, that are not used."""
    for wording in find_other_wordings(first, second):
        setting = wording.path[-1] if wording.path else None
        singular = noun.value.removesuffix("s")
        yield report_wording_differs(singular, identifier, setting, wording.keys, wording.unused, wording.used)


def find_other_wordings(first: MapNode, second: MapNode) -> Iterator[OtherWording]:
    """Yield the texts of the second definition that are not those of the first one, setting by setting."""
    own = [(entry, node) for entry, node in _pair_entries(first, second) if entry.key in _WORDING]
    different = [(entry, node) for entry, node in own if not _is_same_wording(entry.node, node)]
    if different:
        keys = tuple(entry.key for entry, _ in different)
        entry, node = different[0]
        yield OtherWording((), keys, entry.node.place, node.place)
    for entry, node in _pair_entries(first, second):
        if entry.key in merge.SETTING_LISTS:
            theirs = merge.index_settings(node)
            for name, setting in merge.index_settings(entry.node).items():
                for wording in find_other_wordings(setting, theirs[name]) if name in theirs else ():
                    yield wording._replace(path=(entry.key, str(name)))


def _pair_entries(first: MapNode, second: MapNode) -> Iterator[tuple[Entry, Node]]:
    """Yield the entries of the first mapping whose keys the second one has too, with its nodes."""
    theirs = {entry.key: entry.node for entry in second.entries}
    return ((entry, theirs[entry.key]) for entry in first.entries if entry.key in theirs)


def _is_same_wording(first: Node, second: Node) -> bool:
    """Return whether texts differ in markup, blanks or the period at their end only, or one of them is empty."""
    match first, second:
        case MapNode(), MapNode():
            return all(_is_same_wording(entry.node, node) for entry, node in _pair_entries(first, second))
        case ListNode(), ListNode() if len(first.items) == len(second.items):
            return all(map(_is_same_wording, first.items, second.items))
        case ScalarNode(value=str() as text), ScalarNode(value=str() as other):
            folded, other_folded = _fold_text(text), _fold_text(other)
            return not folded or not other_folded or folded == other_folded
    return to_plain(first) == to_plain(second)


def _fold_text(text: str) -> str:
    return " ".join(get_plain_text(text).split()).removesuffix(".")


def join_definitions(first: MapNode, second: MapNode) -> MapNode:
    """Return the first definition with everything that only the second one states, at every depth.

    An empty text states nothing.
    """
    theirs = {entry.key: entry for entry in second.entries}
    known = {entry.key for entry in first.entries}
    mine = tuple(_join_entries(entry, theirs[entry.key]) if entry.key in theirs else entry for entry in first.entries)
    return first._replace(entries=(*mine, *(entry for entry in second.entries if entry.key not in known)))


def _join_entries(first: Entry, second: Entry) -> Entry:
    match first.node, second.node:
        case ScalarNode(value="" | None), ScalarNode() if first.key in _WORDING:
            return second
        case MapNode(), MapNode():
            return first._replace(node=join_definitions(first.node, second.node))
        case ListNode(), ListNode() if first.key in merge.SETTING_LISTS:
            theirs = merge.index_settings(second.node)
            settings = ((get_text(setting.find("name")), setting) for setting in merge.list_maps(first.node))
            items = tuple(
                join_definitions(setting, theirs[name]) if name in theirs else setting for name, setting in settings
            )
            return first._replace(node=first.node._replace(items=items))
    return first


def _compare_values(first: Entry, second: Entry) -> Iterator[Conflict]:
    """Compare two values; a mapping that omits a key of the other does not contradict it."""
    if isinstance(first.node, MapNode) and isinstance(second.node, MapNode):
        for conflict in find_conflicts(first.node, second.node):
            yield conflict._replace(path=(second.key, *conflict.path))
    elif to_plain(first.node) != to_plain(second.node):
        yield Conflict(f"'{second.key}' differs", second.node.place, (second.key,))


def _compare_settings(first: Entry, second: Entry) -> Iterator[Conflict]:
    """Compare two lists of settings, which agree if they have the same names and the same facts for each name."""
    mine, theirs = merge.index_settings(first.node), merge.index_settings(second.node)
    for name, setting in theirs.items():
        if name not in mine:
            yield Conflict(
                f"only one of them lists '{name}' under '{second.key}'", setting.place, (second.key, str(name))
            )
        else:
            for conflict in find_conflicts(mine[name], setting):
                path = (second.key, str(name), *conflict.path)
                yield conflict._replace(detail=f"{conflict.detail} in '{name}'", path=path)
    for name in mine:
        if name not in theirs:
            # The other list has no place for this name.
            yield Conflict(
                f"only one of them lists '{name}' under '{second.key}'", second.place, (second.key, str(name))
            )
