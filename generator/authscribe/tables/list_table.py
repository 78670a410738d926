"""The rows of a list-table: bullets in bullets."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from authscribe.tables.layout import Cells, Row, block_end

_ROW: Final = re.compile(r"^(?P<before>[ \t>]*)\*(?P<gap>[ \t]+)-(?:[ \t]|$)")


@dataclass(frozen=True, slots=True)
class ListTable:
    """Each row begins with `* -`, each other cell with a `-` below the first one."""

    start: int
    end: int
    rows: tuple[Row, ...]
    before: str
    gap: str

    def written(self, rows: Sequence[Row | Cells]) -> list[str]:
        """One line for each new cell; as many empty lines between rows as after the first one, none at the end."""
        usual = _empty_at_end(self.rows[0].lines) if len(self.rows) > 1 else 0
        lines: list[str] = []
        for row in rows:
            if isinstance(row, Row) and row is not self.rows[-1]:
                lines += row.lines
            else:
                lines += [*(row.lines if isinstance(row, Row) else self._lines(row)), *[""] * usual]
        return lines[: len(lines) - _empty_at_end(lines)]

    def _lines(self, cells: Cells) -> Iterator[str]:
        inner = self.before + " " * (1 + len(self.gap))
        for index, cell in enumerate(cells):
            mark = f"{self.before}*{self.gap}-" if index == 0 else f"{inner}-"
            first, *rest = cell.split("\n")
            yield f"{mark} {first}".rstrip()
            yield from rest


def parse(lines: Sequence[str], start: int, count: int, *, fence: str | None = None) -> ListTable | None:
    """The last `count` rows of the table whose directive is at `start`; None where it is not laid out so.

    A directive of MyST ends with the `fence` that it began with.
    """
    end = block_end(lines, start) if fence is None else _fence_end(lines, start, fence)
    first = next((match for line in lines[start + 1 : end] if (match := _ROW.match(line))), None)
    if first is None:
        return None
    before, gap = first["before"], first["gap"]
    starts = [
        number
        for number in range(start + 1, end)
        if (match := _ROW.match(lines[number])) and (match["before"], match["gap"]) == (before, gap)
    ]
    if not count or len(starts) < count:
        return None
    bounds = [*starts[-count:], end]
    rows = tuple(
        Row(tuple(lines[a:b]), tuple(_cells(lines[a:b], len(before) + 1 + len(gap))))
        for a, b in itertools.pairwise(bounds)
    )
    return ListTable(bounds[0], end, rows, before, gap)


def _cells(lines: Sequence[str], column: int) -> Iterator[str]:
    """The source of each cell: what stands after its mark, and the lines below as they are."""
    cell: list[str] = []
    for number, line in enumerate(lines):
        is_mark = line[column : column + 1] == "-" and line[column + 1 : column + 2] in ("", " ", "\t")
        if number == 0 or (is_mark and not line[:column].strip(" \t>")):
            if cell:
                yield "\n".join(cell).rstrip()
            cell = [line[column + 2 :].strip()]
        else:
            cell.append(line)
    yield "\n".join(cell).rstrip()


def _empty_at_end(lines: Sequence[str]) -> int:
    return next((count for count, line in enumerate(reversed(lines)) if line.strip()), 0)


def _fence_end(lines: Sequence[str], start: int, fence: str) -> int:
    closing = next(
        (number for number in range(start + 1, len(lines)) if lines[number].strip(" \t>").startswith(fence)), len(lines)
    )
    while closing > start + 1 and not lines[closing - 1].strip():
        closing -= 1
    return closing
