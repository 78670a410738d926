"""Edit JSON texts in place: entries are added and removed, and every other character stays as it is.

Texts have LF line ends, as the readers return them; places are those of the nodes that were parsed from them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

from authscribe.edits.placed_text import PlacedText
from authscribe.findings.finding import Edit, Place
from authscribe.model.draft import Entry, ListNode, MapNode, Node

_BLANKS: Final = " \t\n"
_COLON: Final = re.compile(r"[ \t\n]*:[ \t\n]*")


class JsonText(PlacedText):
    """Text of one JSON document."""

    @cached_property
    def _positions(self) -> dict[int, tuple[MapNode, dict[str, int]]]:
        """Keep the positions of the keys of mappings by their identities, which last as long as they are kept here."""
        return {}

    def insert_entries(self, node: MapNode, entries: Mapping[str, str]) -> Edit:
        """Return the edit that adds entries, with their values as JSON, at the end of a mapping in its own style."""
        if node.entries:
            last = node.entries[-1]
            separator, colon = self._find_separator(node), self.find_colon(last)
            added = "".join(f"{separator}{json.dumps(key)}{colon}{value}" for key, value in entries.items())
            end = self.find_end(last.node.place)
            return self.replace(end, end, added)
        added = ", ".join(f"{json.dumps(key)}: {value}" for key, value in entries.items())
        return self.replace(self.find_start(node.place) + 1, self.find_end(node.place) - 1, added)

    def insert_items(self, node: ListNode, beside: int, items: Sequence[Mapping[str, str]], *, is_after: bool) -> Edit:
        """Return the edit that inserts mappings, with their values as JSON, beside an item of a list and like it."""
        item = node.items[beside]
        texts = [self._write_like(item, each) for each in items]
        separator = self._find_item_separator(node)
        if is_after:
            end = self.find_end(item.place)
            return self.replace(end, end, "".join(f"{separator}{text}" for text in texts))
        start = self.find_start(item.place)
        return self.replace(start, start, "".join(f"{text}{separator}" for text in texts))

    def _write_like(self, beside: Node, item: Mapping[str, str]) -> str:
        """Return a mapping with the blanks and line ends of another node, if that is a mapping with entries."""
        if not isinstance(beside, MapNode) or not beside.entries:
            return "{" + ", ".join(f"{self.dump(key)}: {value}" for key, value in item.items()) + "}"
        first, last = beside.entries[0], beside.entries[-1]
        before = self.text[self.find_start(beside.place) + 1 : self.find_start(first.place)]
        after = self.text[self.find_end(last.node.place) : self.find_end(beside.place) - 1]
        colon, separator = self.find_colon(first), self._find_separator(beside)
        return f"{{{before}{separator.join(f'{self.dump(key)}{colon}{value}' for key, value in item.items())}{after}}}"

    def _find_item_separator(self, node: ListNode) -> str:
        """Return the text between two items of a list."""
        first = node.items[0].place
        if len(node.items) > 1:
            return self.text[self.find_end(first) : self.find_start(node.items[1].place)]
        blanks = self.text[self.find_start(node.place) + 1 : self.find_start(first)]
        if blanks:
            return f",{blanks}"
        item = node.items[0]
        is_compact = isinstance(item, MapNode) and bool(item.entries) and self._find_separator(item) == ","
        return "," if is_compact else ", "

    def dump(self, value: object) -> str:
        """Return a value as JSON on one line, in ASCII if all of the text is."""
        return json.dumps(value, ensure_ascii=self.text.isascii())

    def remove_entry(self, node: MapNode, key: str) -> Edit:
        """Return the edit that removes an entry, with the comma that separates it from its neighbour."""
        position = self._find_position(node, key)
        entry = node.entries[position]
        end = self.find_end(entry.node.place)
        if position:
            return self.replace(self.find_end(node.entries[position - 1].node.place), end, "")
        if len(node.entries) > 1:
            return self.replace(self.find_start(entry.place), self.find_start(node.entries[1].place), "")
        return self.replace(self.find_start(node.place) + 1, self.find_end(node.place) - 1, "")

    def find_entry(self, node: MapNode, key: str) -> Entry:
        """Return an entry of a mapping, whose keys are indexed once."""
        return node.entries[self._find_position(node, key)]

    def _find_position(self, node: MapNode, key: str) -> int:
        if id(node) not in self._positions:
            self._positions[id(node)] = node, {entry.key: index for index, entry in enumerate(node.entries)}
        return self._positions[id(node)][1][key]

    def remove_repeated(self, first: Place, second: Place) -> Edit | None:
        """Return the edit that removes the second entry with one key; None unless both have the same value.

        The places are those of the two keys.
        """
        (old, _), (new, end) = (self._read_value(self.find_end(place)) for place in (first, second))
        before = self.text[: self.find_start(second)].rstrip(_BLANKS)
        if old != new or not before.endswith(","):
            return None
        return self.replace(len(before[:-1].rstrip(_BLANKS)), end, "")

    def _read_value(self, offset: int) -> tuple[str, int]:
        """Return the value after a key in one canonical form, and the offset at which it ends."""
        colon = _COLON.match(self.text, offset)
        value, end = json.JSONDecoder(object_pairs_hook=_keep_pairs).raw_decode(self.text, colon.end() if colon else 0)
        return json.dumps(value), end

    def _find_separator(self, node: MapNode) -> str:
        """Return the text between two entries of a mapping, in which the last one is written."""
        last = self.find_start(node.entries[-1].place)
        if len(node.entries) > 1:
            return self.text[self.find_end(node.entries[-2].node.place) : last]
        blanks = self.text[self.find_start(node.place) + 1 : last]
        return f",{blanks}" if blanks or self.find_colon(node.entries[0]).endswith(":") else ", "

    def find_colon(self, entry: Entry) -> str:
        """Return the text between the key and the value of an entry."""
        return self.text[self.find_end(entry.place) : self.find_start(entry.node.place)]


def _keep_pairs(pairs: Sequence[tuple[str, object]]) -> list[object]:
    """Return an object as a list, so that the order and the repetition of its keys count."""
    return ["{", *(list(pair) for pair in pairs)]
