"""Drafts: definitions as a source states them, with the place of every piece.

A draft may contain mistakes. Whatever the source is, its tree of nodes has the layout of the definition format, so
that `resolve` handles a table in a page and a YAML file in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import reduce
from itertools import chain
from typing import Final, NamedTuple, TypeAlias

from authscribe.findings.finding import FINDING_TYPES, Finding, Place

Value: TypeAlias = str | int | float | bool | None
"""Value of a scalar."""


class ScalarNode(NamedTuple):
    """Text, number, Boolean or null."""

    value: Value
    place: Place


class ListNode(NamedTuple):
    """Sequence of nodes, in the order of the source."""

    items: tuple[Node, ...]
    place: Place


class Entry(NamedTuple):
    """Entry of a mapping; `place` is that of the key."""

    key: str
    place: Place
    node: Node


class MapNode(NamedTuple):
    """Mapping, in the order of the source; readers refuse duplicate keys."""

    entries: tuple[Entry, ...]
    place: Place

    def find(self, key: str) -> Node | None:
        """Return the node under `key`, or None."""
        for entry in self.entries:
            if entry.key == key:
                return entry.node
        return None


Node: TypeAlias = ScalarNode | ListNode | MapNode
"""Part of a definition with its place, whatever the syntax of the source."""


class Noun(StrEnum):
    """Type of a definition; the values are the top-level keys of a definition file."""

    SCHEME = "schemes"
    """Way to authenticate."""
    REFINEMENT = "refine"
    """Facts that complete or replace those of a scheme from another source."""
    CONNECTOR = "connectors"
    """Integration that uses schemes."""
    PLATFORM = "platforms"
    """Profile of a platform."""


class Hint(NamedTuple):
    """Remark in the prose of a page that the scheme is a form of the one called `base`."""

    base: str
    place: Place


class DefinitionDraft(NamedTuple):
    """Scheme, refinement, connector or platform as the source states it."""

    noun: Noun
    node: MapNode
    hints: tuple[Hint, ...] = ()


class Outcome(StrEnum):
    """Fate of a key when a document is converted."""

    MAPPED = "mapped"
    """A key of the definition format expresses it."""
    KEPT = "kept"
    """Kept verbatim in `extras`."""
    LOST = "lost"
    """The result has no place for it."""
    WITHHELD = "withheld"
    """May be the value of a secret, which is never copied."""


class KeyOutcome(NamedTuple):
    """Outcome of the conversion of a key and everything below it, by its JSON pointer.

    `keys` counts the keys at and below it, and `reason` explains a loss. `values` are the places of lost or withheld
    values, which no report shows.
    """

    pointer: str
    place: Place
    outcome: Outcome
    keys: int
    reason: str = ""
    values: tuple[Place, ...] = ()


MARKUP_POINTER: Final = "/markup"
"""Pointer of the markup of a page that definitions cannot hold; its reader reports it."""


class Draft(NamedTuple):
    """Definitions in one source, and the findings about the parts that could not be understood.

    `key_outcomes` has the outcome of each key of a document in the format of another system. `document` is the tree of
    a document that describes a connector together with other documents, to be read when all of them are there.
    `is_page` tells whether the source is a page for people, and `is_titled` whether the id of its only connector is
    made of a title that other documents may have as well.
    """

    path: str
    definitions: tuple[DefinitionDraft, ...] = ()
    findings: tuple[Finding, ...] = ()
    key_outcomes: tuple[KeyOutcome, ...] = ()
    document: MapNode | None = None
    is_page: bool = False
    is_titled: bool = False

    @property
    def is_foreign(self) -> bool:
        """Return whether the source is a document in the format of another system."""
        return bool(self.key_outcomes) and not self.is_page

    def select(self, noun: Noun) -> Iterator[DefinitionDraft]:
        """Return the definitions of one noun, in the order of the source."""
        return (definition for definition in self.definitions if definition.noun is noun)


DRAFT_TYPES: Final = (
    Draft,
    DefinitionDraft,
    Noun,
    Hint,
    MapNode,
    ListNode,
    ScalarNode,
    Entry,
    KeyOutcome,
    Outcome,
    *FINDING_TYPES,
)
"""The types that a stored draft consists of."""


def make_pointer(keys: Iterable[str]) -> str:
    """Return the JSON pointer (RFC 6901) of a path of keys."""
    return reduce(extend_pointer, keys, "")


def extend_pointer(pointer: str, key: str) -> str:
    """Return the JSON pointer of the value under `key` in the mapping at `pointer`."""
    escaped = key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key
    return f"{pointer}/{escaped}"


def get_text(node: Node | None) -> str | None:
    """Return the value of a text scalar, or None for any other node."""
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        return node.value
    return None


def find_value_name(name: str, node: MapNode) -> str:
    """Return the name of what is under `value`: a mapping may state it, as for a header, or has it itself."""
    return get_text(node.find("name")) or get_text(node.find("key")) or name


def to_node(value: object, place: Place) -> Node:
    """Return the tree of a plain value, all of it at one place.

    Raises TypeError for a value that is neither a dictionary, a list, a tuple nor a scalar.
    """
    match value:
        case dict():
            return MapNode(tuple(Entry(str(key), place, to_node(item, place)) for key, item in value.items()), place)
        case list() | tuple():
            return ListNode(tuple(to_node(item, place) for item in value), place)
        case str() | int() | float() | None:
            return ScalarNode(value, place)
    raise TypeError(f"{type(value).__name__} has no place in a definition")


def list_places(node: Node) -> Iterator[Place]:
    """Yield the place of a node, and those of every key and node in it."""
    yield node.place
    match node:
        case MapNode(entries=entries):
            for entry in entries:
                yield entry.place
                yield from list_places(entry.node)
        case ListNode(items=items):
            for item in items:
                yield from list_places(item)


def list_scalar_places(node: Node) -> Iterator[Place]:
    """Yield the place of each scalar in a node."""
    match node:
        case ScalarNode(place=place):
            yield place
        case ListNode(items=items):
            yield from chain.from_iterable(map(list_scalar_places, items))
        case MapNode(entries=entries):
            yield from chain.from_iterable(list_scalar_places(entry.node) for entry in entries)


def list_key_places(node: Node) -> Iterator[Place]:
    """Yield the place of each key in a node, at every depth."""
    if isinstance(node, ListNode):
        yield from chain.from_iterable(map(list_key_places, node.items))
    elif isinstance(node, MapNode):
        yield from (entry.place for entry in node.entries)
        yield from chain.from_iterable(list_key_places(entry.node) for entry in node.entries)


def count_keys(node: Node) -> int:
    """Return the number of keys in a node, at every depth."""
    if isinstance(node, ScalarNode):
        return 0
    if isinstance(node, ListNode):
        return sum(map(count_keys, node.items))
    # Without a call for each scalar, this takes half the time.
    return len(node.entries) + sum([count_keys(e.node) for e in node.entries if not isinstance(e.node, ScalarNode)])


def account_definition(definition: DefinitionDraft) -> KeyOutcome:
    """Return the outcome of a definition whose keys are all mapped."""
    pointer = make_pointer((definition.noun.value, get_text(definition.node.find("id")) or ""))
    return KeyOutcome(pointer, definition.node.place, Outcome.MAPPED, count_keys(definition.node))


def to_plain(node: Node) -> object:
    """Return the values without their places, as dictionaries, lists and scalars."""
    # Without a call for each scalar, this takes half the time.
    if isinstance(node, MapNode):
        return {
            key: inner.value if isinstance(inner, ScalarNode) else to_plain(inner) for key, _, inner in node.entries
        }
    return node.value if isinstance(node, ScalarNode) else [to_plain(item) for item in node.items]
