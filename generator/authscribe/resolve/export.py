"""Conversion: definitions in one form become a document in another, with an account of every key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from authscribe.model.draft import (
    Draft,
    Entry,
    KeyOutcome,
    ListNode,
    MapNode,
    Node,
    Noun,
    Outcome,
    count_keys,
    json_pointer,
    text_of,
    to_plain,
)
from authscribe.resolve import merge
from authscribe.resolve.conflicts import find_conflicts, join_definitions

_NO_PLACE: Final = "a page of tables has no place for it"
_OTHERWISE: Final = "a page of tables says it in other words"


def export_definitions(drafts: Iterable[Draft]) -> dict[str, object]:
    """A definition file with all that the drafts define, in their order.

    Definitions of one id that agree are joined; those that contradict each other stay as they are.
    """
    return {noun.value: [to_plain(node) for node in nodes] for noun, nodes in _gathered(drafts).items() if nodes}


def defined_ids(drafts: Iterable[Draft], noun: Noun) -> tuple[str, ...]:
    """The ids that the drafts define as this noun, each once, in their order."""
    found = (text_of(definition.node.find("id")) for draft in drafts for definition in draft.of(noun))
    return tuple(dict.fromkeys(identifier for identifier in found if identifier is not None))


def account_keys(drafts: Iterable[Draft]) -> Iterator[KeyOutcome]:
    """What became of every key of the drafts: as the reader of a foreign document says, else mapped."""
    for draft in drafts:
        yield from draft.key_outcomes
        for definition in () if draft.key_outcomes else draft.definitions:
            where = json_pointer((definition.noun.value, text_of(definition.node.find("id")) or ""))
            yield KeyOutcome(where, definition.node.place, Outcome.MAPPED, count_keys(definition.node))


def account_page_keys(schemes: Iterable[MapNode], connectors: Iterable[MapNode], page: Draft) -> Iterator[KeyOutcome]:
    """What became of every key when a page of tables holds the schemes: what reading the page gives back is mapped."""
    read = {text_of(definition.node.find("id")): definition.node for definition in page.of(Noun.SCHEME)}
    for node in schemes:
        identifier = text_of(node.find("id")) or ""
        yield from _compared(node, read.get(identifier), (Noun.SCHEME.value, identifier))
    for node in connectors:
        yield from _compared(node, None, (Noun.CONNECTOR.value, text_of(node.find("id")) or ""))


def _gathered(drafts: Iterable[Draft]) -> dict[Noun, list[MapNode]]:
    found: dict[Noun, list[MapNode]] = {noun: [] for noun in Noun}
    positions: dict[tuple[Noun, str | None], int] = {}
    for definition in (definition for draft in drafts for definition in draft.definitions):
        nodes, key = found[definition.noun], (definition.noun, text_of(definition.node.find("id")))
        position = positions.setdefault(key, len(nodes))
        is_first = position == len(nodes) or definition.noun is Noun.REFINEMENT
        if is_first or find_conflicts(nodes[position], definition.node):
            nodes.append(definition.node)
        else:
            nodes[position] = join_definitions(nodes[position], definition.node)
    return found


def _compared(node: MapNode, read: Node | None, path: tuple[str, ...]) -> Iterator[KeyOutcome]:
    for entry in node.entries:
        match = read.find(entry.key) if isinstance(read, MapNode) else None
        where = (*path, entry.key)
        if isinstance(entry.node, MapNode) and entry.node.entries:
            yield from _compared(entry.node, match, where)
        elif isinstance(entry.node, ListNode) and entry.key in merge.SETTING_LISTS:
            by_name = {text_of(setting.find("name")): setting for setting in merge.list_maps(match)}
            for setting in merge.list_maps(entry.node):
                name = text_of(setting.find("name"))
                yield from _compared(setting, by_name.get(name), (*where, str(name)))
        else:
            yield _account(entry, match, where)


def _account(entry: Entry, read: Node | None, path: tuple[str, ...]) -> KeyOutcome:
    keys = count_keys(entry.node) + 1
    if read is not None and _folded(read) == _folded(entry.node):
        return KeyOutcome(json_pointer(path), entry.place, Outcome.MAPPED, keys)
    return KeyOutcome(json_pointer(path), entry.place, Outcome.LOST, keys, _NO_PLACE if read is None else _OTHERWISE)


def _folded(node: Node) -> object:
    """The value as a table shows it: white space does not count."""
    value = to_plain(node)
    return " ".join(value.split()) if isinstance(value, str) else value
