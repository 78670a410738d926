"""Find the offsets of places in a text, and replace what is between two offsets.

Texts have LF line ends, as the readers return them; places are those of the nodes that were parsed from them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from authscribe.findings.finding import Edit, Place


class PlacedText:
    """Text of one document."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def find_start(self, place: Place) -> int:
        """Return the offset at which a place starts."""
        return self._find_offset(place.line, place.column)

    def find_end(self, place: Place) -> int:
        """Return the offset at which a place ends."""
        return self._find_offset(place.end_line, place.end_column)

    def _find_offset(self, line: int, column: int) -> int:
        # PyYAML ends what a text without a final line end leaves out on the line after it.
        return self._line_starts[line - 1] + column - 1 if line <= len(self._line_starts) else len(self.text)

    def replace(self, start: int, end: int, new: str) -> Edit:
        """Return the edit that replaces the text between two offsets."""
        return Edit(Place(self.path, *self.find_position(start), *self.find_position(end)), new)

    def find_position(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of an offset, both counted from 1."""
        index = bisect_right(self._line_starts, offset) - 1
        return index + 1, offset - self._line_starts[index] + 1
