"""Read documents of other systems without losing a key unseen.

A reader takes from a `TrackedMapping` what the models have a place for; whatever it leaves is kept verbatim. Every
key of the document gets one outcome: mapped, kept, lost or withheld.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.model.draft import (
    DefinitionDraft,
    Draft,
    Entry,
    KeyOutcome,
    ListNode,
    MapNode,
    Node,
    Outcome,
    ScalarNode,
    Value,
    count_keys,
    extend_pointer,
    get_text,
    list_scalar_places,
    make_pointer,
)
from authscribe.readers.foreign.literal_credentials import holds_credential, list_live_paths

_BOOLEANS: Final = {"true": True, "false": False}
# For the many tuples of a document, this takes half the time of calling their classes.
_new_tuple: Final = tuple.__new__


class TrackedMapping:
    """Mapping of a foreign document that records what becomes of each of its keys.

    `path` holds the keys that lead to it from its parent, or from the root of the document, and `pointer` is its JSON
    pointer there. `key_outcomes` is shared by all mappings of the document, and complete once `leftovers` of the root,
    which ends the reading, has been called. A document `is_judged` if its reader withholds all credentials by itself:
    keys that an author chose, such as the names of schemes, do not tell what their values are.
    """

    def __init__(
        self,
        node: MapNode,
        path: tuple[str, ...] = (),
        parent: TrackedMapping | None = None,
        *,
        is_judged: bool = False,
    ) -> None:
        self.node = node
        self.path = path
        self.is_judged: bool = parent.is_judged if parent is not None else is_judged
        self.key_outcomes: list[KeyOutcome] = parent.key_outcomes if parent is not None else []
        self.is_finished = False
        self.pointer: str = reduce(extend_pointer, path, parent.pointer if parent is not None else "")
        self._entries = {entry.key: entry for entry in node.entries}
        self._remaining = self._entries.copy()
        self._withheld: set[str] = set()
        self._children: dict[str, tuple[TrackedMapping, ...]] = {}
        self._nothing: TrackedMapping | None = None

    @property
    def place(self) -> Place:
        """Place of the mapping in its document."""
        return self.node.place

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys from which nothing has been taken yet, in document order."""
        return tuple([key for key in self._remaining if key not in self._children])

    def peek(self, key: str) -> Node | None:
        """Return the node under `key` without taking it."""
        entry = self._entries.get(key)
        return entry.node if entry is not None else None

    def take(self, key: str) -> Node | None:
        """Return the node under `key`, and record it and everything in it as mapped."""
        entry = self._remaining.pop(key, None)
        if entry is None:
            return None
        self._record(entry, Outcome.MAPPED)
        return entry.node

    def take_text(self, key: str) -> ScalarNode | None:
        """Take the scalar under `key` if it is text that is not blank."""
        node = self.peek(key)
        if isinstance(node, ScalarNode) and isinstance(node.value, str) and node.value.strip():
            return self.take_string(key)
        return None

    def take_string(self, key: str) -> ScalarNode | None:
        """Take the scalar under `key` if it is text, which may be blank, and not withheld."""
        node = self.peek(key) if key not in self._withheld else None
        if isinstance(node, ScalarNode) and isinstance(node.value, str):
            self.take(key)
            return node
        return None

    def take_boolean(self, key: str) -> bool | None:
        """Take the boolean under `key`, which may be spelt as text."""
        value = parse_boolean(self.peek(key))
        if value is not None:
            self.take(key)
        return value

    def take_integer(self, key: str) -> ScalarNode | None:
        """Take the integer under `key`."""
        node = self.peek(key)
        # A boolean is an integer to `isinstance`.
        if isinstance(node, ScalarNode) and type(node.value) is int:
            self.take(key)
            return node
        return None

    def child(self, key: str) -> TrackedMapping:
        """Return the mapping under `key`, the same object at each call; an empty mapping if there is none.

        What it leaves is left over from this mapping as well, unless its own `leftovers` has been called.
        """
        node = self.peek(key)
        if isinstance(node, MapNode) and key in self._children:
            return self._children[key][0]
        if not isinstance(node, MapNode) or key not in self._remaining:
            self._nothing = self._nothing or TrackedMapping(MapNode((), self.place))
            return self._nothing
        # An empty mapping has no key that could get an outcome, so that it gets one itself.
        if not node.entries:
            self.take(key)
        return self._open(key, (TrackedMapping(node, (key,), self),))[0]

    def children(self, key: str) -> tuple[TrackedMapping, ...]:
        """Return the mappings in the list under `key`, the same objects at each call.

        A list that holds anything else is left alone, and none is returned. Mappings without keys count as mapped.
        """
        entry = self._remaining.get(key)
        if entry is None or not isinstance(entry.node, ListNode):
            return ()
        if key in self._children:
            return self._children[key]
        mappings = tuple(item for item in entry.node.items if isinstance(item, MapNode))
        if len(mappings) < len(entry.node.items):
            return ()
        # As above; if only some are empty, the list as a whole cannot be taken.
        if not any(mapping.entries for mapping in mappings):
            self.take(key)
        else:
            self.key_outcomes.extend(
                KeyOutcome(self.pointer + make_pointer((key, str(index))), mapping.place, Outcome.MAPPED, 0)
                for index, mapping in enumerate(mappings)
                if not mapping.entries
            )
        tracked = (TrackedMapping(mapping, (key, str(index)), self) for index, mapping in enumerate(mappings))
        return self._open(key, tuple(tracked))

    def lose(self, key: str, reason: str) -> None:
        """Record that the value under `key` has no place in the models and is not kept either."""
        entry = self._remaining.pop(key, None)
        if entry is not None:
            self._record(entry, Outcome.LOST, reason)

    def lose_all(self, reason: str) -> None:
        """Record every key from which nothing has been taken as lost."""
        for key in self.keys:
            self.lose(key, reason)

    def abandon(self, reason: str) -> None:
        """Record everything that has not been taken, at every depth, as lost; it ends the reading like `leftovers`."""
        self.is_finished = True
        for child in chain.from_iterable(self._children.values()):
            if not child.is_finished:
                child.abandon(reason)
        self.lose_all(reason)

    def withhold(self, key: str) -> None:
        """Record that the value under `key` may be a secret and is copied nowhere."""
        entry = self._remaining.pop(key, None)
        if entry is not None:
            self._withheld.add(key)
            self._record(entry, Outcome.WITHHELD)

    def leftovers(self) -> MapNode | None:
        """Return verbatim what has not been taken, and record it as kept; None if nothing is left.

        Literals that may be live credentials are withheld, unless the document is judged. Call it once: it ends the
        reading of this mapping.
        """
        self.is_finished = True
        if not self._remaining:
            return None
        if not self.is_judged:
            self._withhold_live()
        entries = tuple(self._keep_remaining())
        return MapNode(entries, entries[0].place) if entries else None

    def _withhold_live(self) -> None:
        """Withhold the literals that may be live credentials; a name that has been taken still tells what they are."""
        unread = {*self.keys, "name", "key"}
        entries = tuple([entry for entry in self.node.entries if entry.key in unread])
        for path in list_live_paths("", MapNode(entries, self.place)):
            withhold_at(self, path)

    def _open(self, key: str, children: tuple[TrackedMapping, ...]) -> tuple[TrackedMapping, ...]:
        self._children[key] = children
        return children

    def _keep_remaining(self) -> Iterator[Entry]:
        for key, entry in self._remaining.items():
            children = self._children.get(key)
            if children is None:
                self._record(entry, Outcome.KEPT)
                yield entry
                continue
            for child in children:
                # A reader that has called `leftovers` itself puts them elsewhere.
                inner = None if child.is_finished else child.leftovers()
                if inner is not None:
                    name = key if isinstance(entry.node, MapNode) else f"{key}[{child.path[-1]}]"
                    yield Entry(name, entry.place, inner)

    def _record(self, entry: Entry, outcome: Outcome, reason: str = "") -> None:
        key, place, node = entry
        # Reports must not quote these lines of the document.
        is_hidden = outcome is Outcome.LOST or outcome is Outcome.WITHHELD
        places = tuple(list_scalar_places(node)) if is_hidden else ()
        keys = 1 if isinstance(node, ScalarNode) else count_keys(node) + 1
        facts = (extend_pointer(self.pointer, key), place, outcome, keys, reason, places)
        self.key_outcomes.append(_new_tuple(KeyOutcome, facts))


class MappingIndex:
    """Index of the mappings of a document: many references may lead into one large mapping."""

    def __init__(self) -> None:
        self._nodes: dict[int, dict[str, Node]] = {}

    def find(self, mapping: MapNode, key: str) -> Node | None:
        """Return the node under `key`, or None."""
        if id(mapping) not in self._nodes:
            self._nodes[id(mapping)] = {entry.key: entry.node for entry in reversed(mapping.entries)}
        return self._nodes[id(mapping)].get(key)


def withhold_at(mapping: TrackedMapping, path: Sequence[str]) -> None:
    """Withhold the value at a path; no item can be taken by itself from a list that also holds scalars."""
    key, *inner = path
    node = mapping.peek(key)
    if isinstance(node, MapNode) and inner:
        withhold_at(mapping.child(key), inner)
    elif len(inner) > 1 and (children := mapping.children(key)):
        withhold_at(children[int(inner[0])], inner[1:])
    else:
        mapping.withhold(key)


def withhold_address(mapping: TrackedMapping, key: str) -> bool:
    """Withhold the address under a key if it holds a credential, and return whether it does."""
    is_withheld = holds_credential(get_text(mapping.peek(key)) or "")
    if is_withheld:
        mapping.withhold(key)
    return is_withheld


def collect_draft(path: str, items: Iterable[DefinitionDraft | Finding], document: TrackedMapping) -> Draft:
    """Return the draft of a document that has been read: its definitions, and each finding once."""
    items = tuple(items)
    return Draft(
        path,
        definitions=tuple(item for item in items if isinstance(item, DefinitionDraft)),
        findings=tuple(dict.fromkeys(item for item in items if isinstance(item, Finding))),
        key_outcomes=tuple(document.key_outcomes),
    )


def parse_boolean(node: Node | None) -> bool | None:
    """Return the boolean in a scalar, which may be spelt as text; None for anything else."""
    return _BOOLEANS.get(str(node.value).lower()) if isinstance(node, ScalarNode) else None


def make_map(place: Place, **nodes: Node | Value) -> MapNode:
    """Return a mapping of the given nodes without those that are None.

    Plain values get `place`. A trailing underscore is dropped from a key, for those that are Python keywords.
    """
    entries: list[Entry] = []
    # Readers make so many mappings that a call for each entry would count.
    for key, value in nodes.items():
        if value is not None:
            node = _to_node(value, place) if not isinstance(value, tuple) else value
            entries.append(_new_tuple(Entry, (key.rstrip("_"), node.place, node)))
    return _new_tuple(MapNode, (tuple(entries), place))


def make_list(items: tuple[Node, ...], place: Place) -> ListNode | None:
    """Return a list of the items; None if there are none, so that its key is left out."""
    return ListNode(items, place) if items else None


def make_plain_map(nodes: Mapping[str, Node | Value], place: Place) -> MapNode | None:
    """Return a mapping whose keys need not be identifiers; None if it would be empty."""
    entries = [_new_tuple(Entry, (key, place, _to_node(value, place))) for key, value in nodes.items()]
    return MapNode(tuple(entries), place) if entries else None


def join_maps(first: MapNode | None, second: MapNode | None) -> MapNode | None:
    """Return one mapping with the entries of both; None if there is neither."""
    if first is None or second is None:
        return first or second
    return MapNode((*first.entries, *second.entries), first.place)


def _to_node(value: Node | Value, place: Place) -> Node:
    # Of nodes and values, only nodes are tuples.
    return value if isinstance(value, tuple) else _new_tuple(ScalarNode, (value, place))
