"""The rows of a list-table: bullets in bullets."""

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
    """Each row begins with two bullets, such as `* -`, and each other cell with one below the second."""

    start: int
    end: int
    rows: tuple[SourceRow, ...]
    marks: tuple[str, ...]
    empty: tuple[int, ...]

    def write_rows(self, rows: Sequence[SourceRow | CellTexts]) -> list[str]:
        """Bullets and empty lines of new rows are those of the first one; there are none at the end."""
        lines: list[str] = []
        for row in rows:
            if isinstance(row, SourceRow) and row is not self.rows[-1]:
                lines += row.lines
            else:
                lines += row.lines if isinstance(row, SourceRow) else self._lines(row)
                lines += [""] * (self.empty[-1] if len(self.rows) > 1 else 0)
        return lines[: len(lines) - count_trailing_blanks(lines)]

    def _lines(self, cells: CellTexts) -> Iterator[str]:
        for mark, cell, empty in zip(self.marks, cells, (*self.empty[:-1], 0), strict=True):
            first, *rest = cell.split("\n")
            yield f"{mark}{first}".rstrip()
            yield from rest
            yield from [""] * empty


@dataclass(frozen=True, slots=True)
class _BulletCell:
    """A cell as it stands in the page: what is before its text, the text, and the empty lines after it."""

    mark: str
    text: str
    empty: int


def parse_list_table(lines: Sequence[str], directive: TableDirective, count: int) -> ListTable | None:
    """The last `count` rows of the directive's table; None where it is not laid out so."""
    body = range(directive.content, directive.end)
    first = next((match for number in body if (match := _ROW.match(lines[number]))), None)
    if first is None:
        return None
    begin = first[0].rstrip()
    starts = [number for number in body if (match := _ROW.match(lines[number])) and match[0].rstrip() == begin]
    if not count or len(starts) < count:
        return None
    bounds = [*starts[-count:], directive.end]
    column = len(lines[starts[0]][: first.start("cell")].expandtabs(8))
    cells = [tuple(_cells(lines[a:b], column, first)) for a, b in itertools.pairwise(bounds)]
    rows = tuple(
        SourceRow(tuple(lines[a:b]), tuple(cell.text for cell in row))
        for (a, b), row in zip(itertools.pairwise(bounds), cells, strict=True)
    )
    marks, empty = tuple(cell.mark for cell in cells[0]), tuple(cell.empty for cell in cells[0])
    return ListTable(bounds[0], directive.end, rows, marks, empty)


def _cells(lines: Sequence[str], column: int, first: re.Match[str]) -> Iterator[_BulletCell]:
    """A cell begins with its bullet in the column; the lines below are its own as they are."""
    mark = re.compile(rf"^(?P<before>[ \t>]*)[{re.escape(first['cell'])}](?:[ \t]+|$)")
    starts = [0]
    for number, line in enumerate(lines[1:], 1):
        match = mark.match(line)
        if match is not None and len(match["before"].expandtabs(8)) == column:
            starts.append(number)
    for a, b in itertools.pairwise([*starts, len(lines)]):
        match = (_ROW if a == 0 else mark).match(lines[a])
        end = match.end() if match is not None else 0
        empty = count_trailing_blanks(lines[a:b])
        text = "\n".join([lines[a][end:].rstrip(), *lines[a + 1 : b - empty]])
        yield _BulletCell(lines[a][:end], text, empty)
