"""Drafts: what a reader found in a source, as it stands there, each piece with its place.

A draft may be wrong and knows its places. It has one shape whatever the source was: a tree of nodes in the
layout of the definition format, so that a table in a page and a YAML file meet in `resolve` as the same thing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple, TypeAlias, TypedDict

from authscribe.findings.finding import Finding, Place, dump_findings, parse_findings

Value: TypeAlias = str | int | float | bool | None


class ScalarNode(NamedTuple):
    """One value: text, number, truth value or null."""

    value: Value
    place: Place


class ListNode(NamedTuple):
    """Nodes in the order in which they were written."""

    items: tuple[Node, ...]
    place: Place


class Entry(NamedTuple):
    """One entry of a mapping; `place` is where its key stands."""

    key: str
    place: Place
    node: Node


class MapNode(NamedTuple):
    """Entries in the order in which they were written; readers refuse duplicate keys."""

    entries: tuple[Entry, ...]
    place: Place

    def find(self, key: str) -> Node | None:
        """The node under `key`, or None."""
        for entry in self.entries:
            if entry.key == key:
                return entry.node
        return None


Node: TypeAlias = ScalarNode | ListNode | MapNode


class Noun(StrEnum):
    """What a definition defines; the values are the top-level keys of a definition file."""

    SCHEME = "schemes"
    REFINEMENT = "refine"
    CONNECTOR = "connectors"
    PLATFORM = "platforms"


class Hint(NamedTuple):
    """Something the prose says beyond the tables: this scheme is a form of the one called `base`."""

    base: str
    place: Place


class DefinitionDraft(NamedTuple):
    """One scheme, refinement, connector or platform as it was written."""

    noun: Noun
    node: MapNode
    hints: tuple[Hint, ...] = ()


class Outcome(StrEnum):
    """What became of a key of a document in the shape of another system."""

    MAPPED = "mapped"
    """It is said by a key of ours."""
    KEPT = "kept"
    """It is kept verbatim among the extras."""
    LOST = "lost"
    """Nothing that is made has a place for it."""
    WITHHELD = "withheld"
    """It may be the value of a secret, which is copied nowhere."""


class KeyOutcome(NamedTuple):
    """A key of a foreign document, by its JSON pointer, with all that is in it.

    `keys` counts the keys at and below it; `reason` says why it is lost, and `values` are the places of what is lost
    or withheld, which no report shows.
    """

    pointer: str
    place: Place
    outcome: Outcome
    keys: int
    reason: str = ""
    values: tuple[Place, ...] = ()


class Draft(NamedTuple):
    """All that one source says, and what in it could not be understood.

    `key_outcomes` is what became of each key of a foreign document; a source in a format of ours has none.
    `document` is the tree of a document that is one of several about one connector, for them to be read together.
    """

    path: str
    definitions: tuple[DefinitionDraft, ...] = ()
    findings: tuple[Finding, ...] = ()
    key_outcomes: tuple[KeyOutcome, ...] = ()
    document: MapNode | None = None

    def of(self, noun: Noun) -> Iterator[DefinitionDraft]:
        """The definitions of one noun, in the order of the source."""
        return (definition for definition in self.definitions if definition.noun is noun)


def json_pointer(keys: Iterable[str]) -> str:
    """The JSON pointer (RFC 6901) of a path of keys."""
    return "".join([f"/{key.replace('~', '~0').replace('/', '~1')}" for key in keys])


def text_of(node: Node | None) -> str | None:
    """The value of a scalar that is text; None for everything else."""
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        return node.value
    return None


def to_node(value: object, place: Place) -> Node:
    """A tree from plain values, all of it at one place; what `plain` gives back."""
    match value:
        case dict():
            return MapNode(tuple(Entry(str(key), place, to_node(item, place)) for key, item in value.items()), place)
        case list() | tuple():
            return ListNode(tuple(to_node(item, place) for item in value), place)
        case str() | int() | float() | None:
            return ScalarNode(value, place)
    raise TypeError(f"{type(value).__name__} has no place in a definition")


def count_keys(node: Node) -> int:
    """How many keys there are in a node, at every depth."""
    match node:
        case MapNode(entries=entries):
            return sum(count_keys(entry.node) + 1 for entry in entries)
        case ListNode(items=items):
            return sum(map(count_keys, items))
    return 0


def to_plain(node: Node) -> object:
    """The values without their places: dictionaries, lists and scalars."""
    match node:
        case ScalarNode(value=value):
            return value
        case ListNode(items=items):
            return [to_plain(item) for item in items]
        case MapNode(entries=entries):
            return {entry.key: to_plain(entry.node) for entry in entries}


class _Plain(TypedDict, total=False):
    """A node in plain values: its place, and one of the others."""

    place: Place
    value: Value
    items: list[_Plain]
    entries: list[tuple[str, Place, _Plain]]


def dump_draft(draft: Draft) -> bytes:
    """The definitions and findings of a draft: two lines of JSON of which `parse` makes the same again."""
    definitions = [
        (found.noun, _plain(found.node), [(hint.base, hint.place) for hint in found.hints])
        for found in draft.definitions
    ]
    return json.dumps(definitions).encode() + b"\n" + dump_findings(draft.findings)


def parse_draft(path: str, content: bytes) -> Draft:
    """The draft of which `dump` made this; raises ValueError, TypeError or KeyError for anything else."""
    definitions, _, findings = content.partition(b"\n")
    return Draft(
        path,
        tuple(
            DefinitionDraft(Noun(noun), _mapping(node), tuple(Hint(base, Place(*place)) for base, place in hints))
            for noun, node, hints in json.loads(definitions)
        ),
        parse_findings(findings),
    )


def _plain(node: Node) -> _Plain:
    place = node.place
    match node:
        case ScalarNode(value=value):
            return {"value": value, "place": place}
        case ListNode(items=items):
            return {"items": list(map(_plain, items)), "place": place}
        case MapNode(entries=entries):
            return {
                "entries": [(entry.key, entry.place, _plain(entry.node)) for entry in entries],
                "place": place,
            }


def _mapping(plain: _Plain) -> MapNode:
    entries = (Entry(key, Place(*place), _node(node)) for key, place, node in plain["entries"])
    return MapNode(tuple(entries), Place(*plain["place"]))


def _node(plain: _Plain) -> Node:
    if "entries" in plain:
        return _mapping(plain)
    place = Place(*plain["place"])
    if "items" in plain:
        return ListNode(tuple(map(_node, plain["items"])), place)
    return ScalarNode(plain["value"], place)
