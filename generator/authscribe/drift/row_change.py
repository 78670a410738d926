"""Find the first table row that differs between a page and its rewritten form."""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import dropwhile, takewhile
from typing import Final, NamedTuple

_LAYOUT: Final = re.compile(r"[\s|+=:-]+")
"""Blanks, borders and bullets: they change with the width of a column."""
_BULLETS: Final = re.compile(r"^(?:[*+-] +)+|^\| *| *\|$")
_LENGTH_LIMIT: Final = 200
"""Characters of a row in a report."""


class RowChange(NamedTuple):
    """First change of a page: its line on disk, counted from 1, the row there and the one that replaces it.

    A row is empty if there is none on that side. A new row has the line after which it is inserted.
    """

    line: int
    old: str
    new: str

    def describe(self) -> str:
        """Return the change as a clause for reports."""
        if not self.old:
            return f"the row '{self.new}' is missing"
        return f"the row '{self.old}' should be '{self.new}'" if self.new else f"the row '{self.old}' is outdated"


def find_row_change(before: str, after: str) -> RowChange | None:
    """Return the first change of a page, apart from its layout; None if nothing else differs."""
    old, new = (re.split(r"\r\n|\r|\n", text) for text in (before, after))
    stripped_old, stripped_new = (list(map(_strip_layout, lines)) for lines in (old, new))
    matcher = SequenceMatcher(None, stripped_old, stripped_new, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        borders = sum(1 for _ in takewhile(operator.not_, stripped_old[start:end]))
        change = _take_row(old[start:end]), _take_row(new[new_start:new_end])
        if kind != "equal" and any(change):
            return RowChange(start + borders + 1 if change[0] else start, *change)
    return None


def _strip_layout(line: str) -> str:
    return _LAYOUT.sub(" ", line).strip()


def _take_row(lines: Sequence[str]) -> str:
    """Return the first row of some lines as one line, cut to a length that reports can show.

    The lines that continue a row are indented deeper than its first line, or have an empty first cell.
    """
    first, *others = [*dropwhile(lambda line: not _strip_layout(line), lines)] or [""]
    depth = _measure_depth(first)
    row = [first, *takewhile(lambda line: _strip_layout(line) and _measure_depth(line) > depth, others)]
    text = _BULLETS.sub("", " ".join(" ".join(row).split()))
    return text if len(text) <= _LENGTH_LIMIT else f"{text[: _LENGTH_LIMIT - 3]}..."


def _measure_depth(line: str) -> int:
    return len(line) - len(line.lstrip(" \t|"))
