"""The rows of a csv-table: comma-separated values below a directive, as docutils reads them by default."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from authscribe.tables.layout import Cells, Row, block_end

_OPTION: Final = re.compile(r"^\s*:(?P<name>[\w-]+):")
_OTHER_DIALECT: Final = frozenset({"delim", "quote", "escape", "keepspace", "file", "url"})


@dataclass(frozen=True, slots=True)
class CsvTable:
    """Each row is one record."""

    start: int
    end: int
    rows: tuple[Row, ...]
    indent: str

    def written(self, rows: Sequence[Row | Cells]) -> list[str]:
        """New rows quote each cell, separated by a comma and a blank."""
        return [
            line
            for row in rows
            for line in (row.lines if isinstance(row, Row) else (f"{self.indent}{', '.join(map(_quoted, row))}",))
        ]


def parse(lines: Sequence[str], start: int, count: int) -> CsvTable | None:
    """The last `count` records of the table whose directive is at `start`; None where it is of another dialect."""
    end = block_end(lines, start)
    number = start + 1
    while number < end and (match := _OPTION.match(lines[number])):
        if match["name"] in _OTHER_DIALECT:
            return None
        number += 1
    records: list[tuple[int, int, Cells]] = []
    while number < end:
        if not lines[number].strip():
            number += 1
            continue
        try:
            taken, cells = _record(lines[number:end])
        except csv.Error:
            return None
        records.append((number, number + taken, cells))
        number += taken
    if not count or len(records) < count:
        return None
    chosen = records[-count:]
    bounds = [*(first for first, _, _ in chosen), chosen[-1][1]]
    rows = tuple(Row(tuple(lines[a:b]), cells) for a, b, (_, _, cells) in zip(bounds, bounds[1:], chosen, strict=False))
    first = lines[chosen[0][0]]
    return CsvTable(bounds[0], bounds[-1], rows, first[: len(first) - len(first.lstrip())])


def _record(lines: Sequence[str]) -> tuple[int, Cells]:
    """How many lines the first record takes, and its cells."""
    reader = csv.reader((f"{line.strip()}\n" for line in lines), skipinitialspace=True)
    cells = next(reader, [])
    return max(reader.line_num, 1), tuple(cells)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'
