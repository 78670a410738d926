"""Foreign documents: definitions in the shape of another system, read so that no key of them is lost unseen.

A reader takes from a `Reading` what the models have a place for; what it leaves is kept verbatim. Every key of the
document ends in the record of the reading, as mapped, kept, lost or withheld.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import (
    Entry,
    KeyOutcome,
    ListNode,
    MapNode,
    Node,
    Outcome,
    ScalarNode,
    Value,
    count_keys,
    json_pointer,
)

_NODES: Final = (ScalarNode, ListNode, MapNode)
_TRUTHS: Final = {"true": True, "false": False}


class TrackedMapping:
    """A mapping of a foreign document while it is read; `rest` ends it and is called once."""

    def __init__(self, node: MapNode, record: list[KeyOutcome], path: tuple[str, ...] = ()) -> None:
        """`path` is the keys that lead to the mapping from the root of its document."""
        self.node = node
        self.record = record
        self.path = path
        self.is_ended = False
        self._where = json_pointer(path)
        self._entries = {entry.key: entry for entry in node.entries}
        self._left = self._entries.copy()
        self._within: dict[str, list[TrackedMapping]] = {}

    @property
    def place(self) -> Place:
        """Where the mapping stands."""
        return self.node.place

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that nothing has been taken from yet, in their order."""
        return tuple(key for key in self._left if key not in self._within)

    def peek(self, key: str) -> Node | None:
        """The node under `key`, which stays to be taken."""
        entry = self._entries.get(key)
        return entry.node if entry is not None else None

    def take(self, key: str) -> Node | None:
        """The node under `key`: it, and all that is in it, is mapped."""
        entry = self._left.pop(key, None)
        if entry is None:
            return None
        self._put_down(entry, Outcome.MAPPED)
        return entry.node

    def text(self, key: str) -> ScalarNode | None:
        """The scalar under `key` where that is text that is not empty; everything else stays."""
        node = self.peek(key)
        if isinstance(node, ScalarNode) and isinstance(node.value, str) and node.value.strip():
            self.take(key)
            return node
        return None

    def truth(self, key: str) -> bool | None:
        """The truth value under `key`, also where it is spelt as text; everything else stays."""
        value = parse_truth(self.peek(key))
        if value is not None:
            self.take(key)
        return value

    def within(self, key: str) -> TrackedMapping:
        """The mapping under `key`, read in turn, always the same reading; an empty one where there is none.

        What it leaves is left of this one too, unless its own `rest` has been called.
        """
        if key in self._within:
            return self._within[key][0]
        entry = self._left.get(key)
        if entry is None or not isinstance(entry.node, MapNode):
            return TrackedMapping(MapNode((), self.place), [])
        if not entry.node.entries:
            self.take(key)
        return self._opened(key, entry.node, (*self.path, key))

    def items(self, key: str) -> tuple[TrackedMapping, ...]:
        """The mappings in the list under `key`, each read in turn, the same ones each time.

        A list with anything else in it stays. One without a key says nothing, which is mapped.
        """
        entry = self._left.get(key)
        if entry is None or not isinstance(entry.node, ListNode):
            return ()
        if key in self._within:
            return tuple(self._within[key])
        found = tuple(item for item in entry.node.items if isinstance(item, MapNode))
        if len(found) < len(entry.node.items):
            return ()
        if not any(item.entries for item in found):
            self.take(key)
        else:
            self.record.extend(
                KeyOutcome(self._where + json_pointer((key, str(index))), item.place, Outcome.MAPPED, 0)
                for index, item in enumerate(found)
                if not item.entries
            )
        return tuple(self._opened(key, item, (*self.path, key, str(index))) for index, item in enumerate(found))

    def lose(self, key: str, reason: str) -> None:
        """Records that the value under `key` has no place in the models and must not be kept either."""
        entry = self._left.pop(key, None)
        if entry is not None:
            self._put_down(entry, Outcome.LOST, reason)

    def withhold(self, key: str) -> None:
        """Records that the value under `key` may be that of a secret, and is copied nowhere."""
        entry = self._left.pop(key, None)
        if entry is not None:
            self._put_down(entry, Outcome.WITHHELD)

    def rest(self) -> MapNode | None:
        """What has not been taken, as it stands in the document, recorded as kept; None where nothing is left."""
        self.is_ended = True
        entries = tuple(self._leftovers())
        return MapNode(entries, entries[0].place) if entries else None

    def _opened(self, key: str, node: MapNode, path: tuple[str, ...]) -> TrackedMapping:
        reading = TrackedMapping(node, self.record, path)
        self._within.setdefault(key, []).append(reading)
        return reading

    def _leftovers(self) -> Iterator[Entry]:
        for key, entry in self._left.items():
            opened = self._within.get(key)
            if opened is None:
                self._put_down(entry, Outcome.KEPT)
                yield entry
                continue
            for reading in opened:
                inner = None if reading.is_ended else reading.rest()
                if inner is not None:
                    name = key if isinstance(entry.node, MapNode) else f"{key}[{reading.path[-1]}]"
                    yield Entry(name, entry.place, inner)

    def _put_down(self, entry: Entry, outcome: Outcome, reason: str = "") -> None:
        where = self._where + json_pointer((entry.key,))
        values = tuple(_values(entry.node)) if outcome in (Outcome.LOST, Outcome.WITHHELD) else ()
        self.record.append(KeyOutcome(where, entry.place, outcome, count_keys(entry.node) + 1, reason, values))


def parse_truth(node: Node | None) -> bool | None:
    """The truth value that a node is, also where it is spelt as text."""
    return _TRUTHS.get(str(node.value).lower()) if isinstance(node, ScalarNode) else None


def make_map(place: Place, **nodes: Node | Value) -> MapNode:
    """A mapping of the nodes that are there; a plain value gets `place`. A key that is a Python keyword ends in `_`."""
    return MapNode(
        tuple(_entry(key.rstrip("_"), value, place) for key, value in nodes.items() if value is not None), place
    )


def make_list(items: tuple[Node, ...], place: Place) -> ListNode | None:
    """A list of the items; None where there is none, so that its key is left out."""
    return ListNode(items, place) if items else None


def make_plain_map(nodes: Mapping[str, Node | Value], place: Place) -> MapNode | None:
    """A mapping with keys that are no identifiers; None where it would be empty."""
    found = tuple(Entry(key, place, _node(value, place)) for key, value in nodes.items())
    return MapNode(found, place) if found else None


def _entry(key: str, value: Node | Value, place: Place) -> Entry:
    node = _node(value, place)
    return Entry(key, node.place, node)


def _node(value: Node | Value, place: Place) -> Node:
    return value if isinstance(value, _NODES) else ScalarNode(value, place)


def _values(node: Node) -> Iterator[Place]:
    """Where the scalars in a node stand."""
    match node:
        case ScalarNode(place=place):
            yield place
        case ListNode(items=items):
            yield from chain.from_iterable(map(_values, items))
        case MapNode(entries=found):
            yield from chain.from_iterable(_values(entry.node) for entry in found)
