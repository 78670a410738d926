"""Edit JSON texts in place: entries are added and removed, and every other character stays as it is.

Texts have LF line ends, as the readers return them; places are those of the nodes that were parsed from them.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

from authscribe.findings.finding import Edit, Place
from authscribe.model.draft import Entry, MapNode

_BLANKS: Final = " \t\n"
_COLON: Final = re.compile(r"[ \t\n]*:[ \t\n]*")


class JsonText:
    """Text of one JSON document."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def find_start(self, place: Place) -> int:
        """Return the offset at which a place starts."""
        return self._line_starts[place.line - 1] + place.column - 1

    def find_end(self, place: Place) -> int:
        """Return the offset at which a place ends."""
        return self._line_starts[place.end_line - 1] + place.end_column - 1

    def replace(self, start: int, end: int, new: str) -> Edit:
        """Return the edit that replaces the text between two offsets."""
        return Edit(Place(self.path, *self._find_position(start), *self._find_position(end)), new)

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

    def remove_entry(self, node: MapNode, key: str) -> Edit:
        """Return the edit that removes an entry, with the comma that separates it from its neighbour."""
        position = next(index for index, entry in enumerate(node.entries) if entry.key == key)
        entry = node.entries[position]
        end = self.find_end(entry.node.place)
        if position:
            return self.replace(self.find_end(node.entries[position - 1].node.place), end, "")
        if len(node.entries) > 1:
            return self.replace(self.find_start(entry.place), self.find_start(node.entries[1].place), "")
        return self.replace(self.find_start(node.place) + 1, self.find_end(node.place) - 1, "")

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

    def _find_position(self, offset: int) -> tuple[int, int]:
        index = bisect_right(self._line_starts, offset) - 1
        return index + 1, offset - self._line_starts[index] + 1


def _keep_pairs(pairs: Sequence[tuple[str, object]]) -> list[object]:
    """Return an object as a list, so that the order and the repetition of its keys count."""
    return ["{", *(list(pair) for pair in pairs)]
