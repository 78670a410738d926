"""How the rows of a table lie in a page: which lines each takes, and how other rows are written in their place."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

Cells: TypeAlias = tuple[str, ...]
"""The source text of each cell of a row; more than one line where the page has it so."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands in the page: its lines, all of them, and the source of its cells."""

    lines: tuple[str, ...]
    cells: Cells


class Layout(Protocol):
    """The rows of one table, without its header; `start` and `end` are the lines that `written` replaces."""

    @property
    def start(self) -> int:
        """The first line, counted from 0."""

    @property
    def end(self) -> int:
        """The line after the last one."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows in their order."""

    def written(self, rows: Sequence[Row | Cells]) -> list[str]:
        """The lines with these rows: those of the page as they are, others laid out as theirs are."""


def width(text: str) -> int:
    """Columns as docutils counts them in drawn tables: wide characters are two."""
    return len(text) + sum(unicodedata.east_asian_width(character) in "WF" for character in text)


def indentation(line: str) -> int:
    """The blanks that a line begins with; a tab goes to the next multiple of eight, as docutils has it."""
    expanded = line.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())


def block_end(lines: Sequence[str], start: int) -> int:
    """The line after a directive's block, which ends where something is indented no deeper; without blank lines."""
    outer = indentation(lines[start])
    end = start + 1
    for number in range(start + 1, len(lines)):
        if lines[number].strip():
            if indentation(lines[number]) <= outer:
                break
            end = number + 1
    return end
