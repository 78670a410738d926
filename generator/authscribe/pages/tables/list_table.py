"""Rewrite the rows of a list-table: a list of lists."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from authscribe.pages.tables.layout import CellTexts, SourceRow, TableDirective, count_trailing_blanks

_ROW: Final = re.compile(r"^(?P<before>[ \t>]*)(?P<row>[-+*])(?P<gap>[ \t]+)(?P<cell>[-+*])(?P<blank>[ \t]+|$)")


@dataclass(frozen=True, slots=True)
class ListTable:
    """Table whose rows begin with two bullets, such as `* -`; each other cell has a bullet below the second one.

    `marks` and `empty` are the bullets before each cell of the first row, and the empty lines after it.
    """

    start: int
    end: int
    rows: tuple[SourceRow, ...]
    marks: tuple[str, ...]
    empty: tuple[int, ...]

    def write_rows(self, rows: Sequence[SourceRow | CellTexts]) -> list[str]:
        """Return the lines of the rows; new ones have the bullets and empty lines of the first one."""
        lines: list[str] = []
        for row in rows:
            if isinstance(row, SourceRow) and row is not self.rows[-1]:
                lines += row.lines
            else:
                lines += row.lines if isinstance(row, SourceRow) else self._write_cells(row)
                lines += [""] * (self.empty[-1] if len(self.rows) > 1 else 0)
        # The table ends without empty lines: those after it belong to the page.
        return lines[: len(lines) - count_trailing_blanks(lines)]

    def _write_cells(self, cells: CellTexts) -> Iterator[str]:
        for mark, cell, empty in zip(self.marks, cells, (*self.empty[:-1], 0), strict=True):
            first, *rest = cell.split("\n")
            yield f"{mark}{first}".rstrip()
            yield from rest
            yield from [""] * empty


@dataclass(frozen=True, slots=True)
class _BulletCell:
    """Cell of a page: its bullets and the blanks around them, its text, and the number of empty lines after it."""

    mark: str
    text: str
    empty: int


def parse_list_table(lines: Sequence[str], directive: TableDirective, count: int) -> ListTable | None:
    """Return the layout of the last `count` rows of a directive; None if it is not a list of lists."""
    body = range(directive.content, directive.end)
    first = next((match for number in body if (match := _ROW.match(lines[number]))), None)
    if first is None:
        return None
    bullets = first[0].rstrip()
    starts = [number for number in body if (match := _ROW.match(lines[number])) and match[0].rstrip() == bullets]
    if not count or len(starts) < count:
        return None
    bounds = [*starts[-count:], directive.end]
    column = len(lines[starts[0]][: first.start("cell")].expandtabs(8))
    row_lines = [lines[start:end] for start, end in itertools.pairwise(bounds)]
    row_cells = [tuple(_parse_cells(own_lines, column, first)) for own_lines in row_lines]
    rows = tuple(
        SourceRow(tuple(own_lines), tuple(cell.text for cell in cells))
        for own_lines, cells in zip(row_lines, row_cells, strict=True)
    )
    # The bullet of an empty cell can end its line.
    marks = tuple(cell.mark if cell.mark.endswith((" ", "\t")) else f"{cell.mark} " for cell in row_cells[0])
    empty = tuple(cell.empty for cell in row_cells[0])
    return ListTable(bounds[0], directive.end, rows, marks, empty)


def _parse_cells(lines: Sequence[str], column: int, first: re.Match[str]) -> Iterator[_BulletCell]:
    """Yield the cells of a row, each of which begins with a bullet in this column and extends to the next one."""
    mark = re.compile(rf"^(?P<before>[ \t>]*)[{re.escape(first['cell'])}](?:[ \t]+|$)")
    starts = [0]
    for number, line in enumerate(lines[1:], 1):
        match = mark.match(line)
        if match is not None and len(match["before"].expandtabs(8)) == column:
            starts.append(number)
    for start, end in itertools.pairwise([*starts, len(lines)]):
        match = (_ROW if start == 0 else mark).match(lines[start])
        text_start = match.end() if match is not None else 0
        empty = count_trailing_blanks(lines[start:end])
        text = "\n".join([lines[start][text_start:].rstrip(), *lines[start + 1 : end - empty]])
        yield _BulletCell(lines[start][:text_start], text, empty)
