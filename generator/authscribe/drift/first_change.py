"""Describe the first part of a file that is not up to date, and find the first such row of a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Final, NamedTuple

_LAYOUT: Final = re.compile(r"[\s|+=:-]+")
"""Blanks, borders and bullets: they change with the width of a column."""
_BULLETS: Final = re.compile(r"^(?:[*+-] +)+|^\| *| *\|$")
_LENGTH_LIMIT: Final = 200
"""Characters of a row in a report."""


class FirstChange(NamedTuple):
    """First change of a file: the line of the part on disk, counted from 1, that part and the one that replaces it.

    A part is empty if there is none on that side. A new part has the line after which it is inserted. `noun` names what
    the parts are, such as the rows of a table.
    """

    line: int
    old: str
    new: str
    noun: str = "row"

    def describe(self) -> str:
        """Return the change as a clause for reports."""
        if not self.old:
            return f"the {self.noun} '{self.new}' is missing"
        return f"the {self.noun} '{self.old}' " + (f"should be '{self.new}'" if self.new else "is outdated")


def find_row_change(before: str, after: str) -> FirstChange | None:
    """Return the first change of a page, apart from its layout; None if nothing else differs."""
    # Imported here: most runs compare no pages.
    from difflib import SequenceMatcher

    old, new = (re.split(r"\r\n|\r|\n", text) for text in (before, after))
    stripped_old, stripped_new = (list(map(_strip_layout, lines)) for lines in (old, new))
    # Frequent lines, such as the types of long tables, are no anchors: with them the time would be quadratic.
    matcher = SequenceMatcher(None, stripped_old, stripped_new)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        old_row, new_row = _find_row(old, start, end), _find_row(new, new_start, new_end)
        if kind == "equal" or not (old_row or new_row):
            continue
        # Lines that are only on one side can be a part of a row that is on both.
        if not old_row and new_row.start < new_start:
            old_row = _find_row(old, start - 1, start)
        if not new_row and old_row.start < start:
            new_row = _find_row(new, new_start - 1, new_start)
        line = old_row.start + 1 if old_row else start
        return FirstChange(line, _join_row(old, old_row), _join_row(new, new_row))
    return None


def _find_row(lines: Sequence[str], start: int, end: int) -> range:
    """Return the lines of the first row in a part of a page.

    The lines that continue a row are indented deeper than its first line, or have an empty first cell.
    """
    index = next((index for index in range(start, end) if _strip_layout(lines[index])), None)
    if index is None:
        return range(0)
    depth = _measure_depth(lines[index])
    above = takewhile(lambda number: _strip_layout(lines[number]), range(index - 1, -1, -1))
    first = next((number for number in above if _measure_depth(lines[number]) < depth), index)
    depth = _measure_depth(lines[first])
    below = range(first + 1, len(lines))
    count = sum(1 for _ in takewhile(lambda number: _continues_row(lines[number], depth), below))
    return range(first, first + 1 + count)


def _continues_row(line: str, depth: int) -> bool:
    return bool(_strip_layout(line)) and _measure_depth(line) > depth


def _strip_layout(line: str) -> str:
    return _LAYOUT.sub(" ", line).strip()


def _measure_depth(line: str) -> int:
    return len(line) - len(line.lstrip(" \t|"))


def _join_row(lines: Sequence[str], row: range) -> str:
    """Return the lines of a row as one, cut to a length that reports can show."""
    text = _BULLETS.sub("", " ".join(" ".join(lines[row.start : row.stop]).split()))
    return text if len(text) <= _LENGTH_LIMIT else f"{text[: _LENGTH_LIMIT - 3]}..."
