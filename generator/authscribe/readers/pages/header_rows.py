"""Give every cell of a table its columns and rows, and find the headings among the rows of a header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from authscribe.model.wording import Wording
from authscribe.readers.pages.sections import Cell
from authscribe.readers.pages.wording.columns import choose_header


class SpanningCell(NamedTuple):
    """Cell with the numbers of columns and rows that it takes up."""

    cell: Cell
    columns: int = 1
    rows: int = 1


def expand_rows(rows: Iterable[Sequence[SpanningCell]], *, is_header: bool) -> Iterator[tuple[Cell, ...]]:
    """Yield the cells of each row, with those that take up several rows in each of these.

    A cell that takes up several columns is in each of these as well in a header, where it is a heading of all of them.
    Elsewhere it leaves its row shorter than others, since it is the text of no column.
    """
    open_cells: dict[int, SpanningCell] = {}
    for row in rows:
        cells = {column: item.cell for column, item in open_cells.items()}
        column = 0
        for item in row:
            while column in open_cells:
                column += 1
            for offset in range(item.columns if is_header else 1):
                cells[column + offset] = item.cell
                if item.rows > 1:
                    open_cells[column + offset] = item
            column += item.columns
        open_cells = {column: item._replace(rows=item.rows - 1) for column, item in open_cells.items() if item.rows > 1}
        yield tuple(cells[column] for column in sorted(cells))


def find_headings(rows: Sequence[tuple[Cell, ...]], wording: Wording) -> tuple[Cell, ...]:
    """Return the headings: those of the row that names the columns, if a header has several rows.

    One of several columns is followed by the heading of each below it, as in "Required (Cloud)".
    """
    if not rows:
        return ()
    index = choose_header([[cell.text for cell in row] for row in rows], wording)
    chosen, below = rows[index], rows[index + 1 :]
    columns = Counter(map(id, chosen))
    return tuple(
        _add_inner_heading(cell, position, below) if columns[id(cell)] > 1 else cell
        for position, cell in enumerate(chosen)
    )


def _add_inner_heading(heading: Cell, position: int, below: Iterable[Sequence[Cell]]) -> Cell:
    inner = (cell for row in below for cell in row[position : position + 1] if cell is not heading)
    text = next((cell.text for cell in inner if cell.text), "")
    return replace(heading, text=f"{heading.text} ({text})") if text else heading
