"""Rewrite the rows of drawn tables: grid tables and simple tables of reStructuredText."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from authscribe.encoders.text import measure_width
from authscribe.pages.tables.layout import CellTexts, SourceRow

_GRID_BORDER: Final = re.compile(r"^\s*\+(?:-+\+)+\s*$")
_HEADER_BORDER: Final = re.compile(r"^\s*\+(?:=+\+)+\s*$")
_SIMPLE_BORDER: Final = re.compile(r"^\s*=+(?:\s+=+)+\s*$")


@dataclass(frozen=True, slots=True)
class ColumnSpan:
    """Display columns of a table column, from `start` to before `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """Table that is written as a whole, since a longer word moves everything beside it.

    `head` and `foot` are the lines before and after the rows. `pad` is the blank on both sides of a text, if any; a
    simple table has no bars and needs none.
    """

    start: int
    end: int
    rows: tuple[SourceRow, ...]
    head: tuple[str, ...]
    foot: tuple[str, ...]
    columns: tuple[ColumnSpan, ...]
    is_grid: bool
    pad: str

    def write_rows(self, rows: Sequence[SourceRow | CellTexts]) -> list[str]:
        """Return all lines of the table; new cells are wrapped, and only a word that is too wide widens its column."""
        widths = [
            max((self._measure_cell(index, row) for row in rows if not isinstance(row, SourceRow)), default=0)
            for index in range(len(self.columns))
        ]
        growth = [max(0, width - room) for width, room in zip(widths, self._rooms, strict=True)]
        if not self.is_grid:
            growth[-1] = 0
        body = [line for row in rows for line in self._write_row(row, growth)]
        head = [self._widen_line(line, growth) for line in self.head]
        return [*head, *body, *(self._widen_line(line, growth) for line in self.foot)]

    @property
    def _rooms(self) -> list[int]:
        """Display columns that a text can take up in each column."""
        return [column.end - column.start - 2 * len(self.pad) for column in self.columns]

    def _measure_cell(self, index: int, cells: CellTexts) -> int:
        """Return the display columns that the text of a cell must have, before it is wrapped."""
        if not self.is_grid and index == len(self.columns) - 1:
            return 0
        text = cells[index]
        if not self.is_grid and index == 0:
            # A line with text in the first column begins a row.
            return measure_width(text)
        pieces = text.split("\n") if "\n" in text else text.split(" ")
        return max(map(measure_width, pieces), default=0)

    def _write_row(self, row: SourceRow | CellTexts, growth: Sequence[int]) -> Iterator[str]:
        if isinstance(row, SourceRow):
            yield from (self._widen_line(line, growth) for line in row.lines)
            return
        rooms = [room + columns for room, columns in zip(self._rooms, growth, strict=True)]
        if not self.is_grid:
            # A line without text in the first column continues a row; an escaped blank is no text, but begins one.
            row = (row[0] or "\\", *row[1:])
            rooms[-1] = max(rooms[-1], measure_width(row[-1]))
        wrapped = [_wrap_cell(cell, room) for cell, room in zip(row, rooms, strict=True)]
        for number in range(max(map(len, wrapped))):
            texts = [cell[number] if number < len(cell) else "" for cell in wrapped]
            yield self._align_texts(texts, rooms)
        if self.is_grid:
            yield self._widen_line(self.head[0], growth)

    def _align_texts(self, texts: Sequence[str], rooms: Sequence[int]) -> str:
        padded = [text + " " * (room - measure_width(text)) for text, room in zip(texts, rooms, strict=True)]
        if self.is_grid:
            indent = " " * (self.columns[0].start - 1)
            return indent + "".join(f"|{self.pad}{text}{self.pad}" for text in padded) + "|"
        line = " " * self.columns[0].start
        for index, text in enumerate(padded):
            after = self.columns[index + 1].start - self.columns[index].end if index + 1 < len(padded) else 0
            line += text + " " * after
        return line.rstrip()

    def _widen_line(self, line: str, growth: Sequence[int]) -> str:
        """Return the line with `growth` more display columns in each column: more of a border, otherwise blanks."""
        if not any(growth):
            return line
        pieces = _split_columns(line)
        # From the right, so that the columns that are still to come keep their positions.
        for column, added in reversed(list(zip(self.columns, growth, strict=True))):
            if added and len(pieces) > column.start:
                end = min(column.end, len(pieces))
                is_border = pieces[end - 1] in ("-", "=") and not "".join(pieces[column.start : end]).strip("-=")
                pieces = [*pieces[:end], *(pieces[end - 1] if is_border else " ") * added, *pieces[end:]]
        return "".join(pieces).rstrip()


def parse_grid(lines: Sequence[str], start: int, count: int) -> DrawnTable | None:
    """Return the layout of the grid table at `start`, with its last `count` rows; None if cells span."""
    end = start
    while end < len(lines) and lines[end].strip()[:1] in ("+", "|"):
        end += 1
    crosses = [index for index, piece in enumerate(_split_columns(lines[start])) if piece == "+"]
    columns = tuple(ColumnSpan(left + 1, right) for left, right in itertools.pairwise(crosses))
    borders = [number for number in range(start, end) if _is_border(lines[number])]
    if not columns or not all(_has_bars_at(line, crosses) for line in lines[start:end]):
        return None
    rows = [
        SourceRow(
            tuple(lines[above + 1 : below + 1]),
            tuple(_read_cell(lines[above + 1 : below], column) for column in columns),
        )
        for above, below in itertools.pairwise(borders)
    ]
    if not count or len(rows) < count or borders[-1] != end - 1:
        return None
    first = borders[len(rows) - count]
    head = tuple(lines[start : first + 1])
    return DrawnTable(start, end, tuple(rows[-count:]), head, (), columns, is_grid=True, pad=_find_pad(rows, columns))


def parse_simple(lines: Sequence[str], start: int, count: int) -> DrawnTable | None:
    """Return the layout of the simple table at `start`, with its `count` rows; None if cells span."""
    if not _SIMPLE_BORDER.match(lines[start]):
        return None
    borders = [start]
    number = start + 1
    while number < len(lines) and len(borders) < 3:
        if _SIMPLE_BORDER.match(lines[number]):
            borders.append(number)
        number += 1
    if len(borders) < 3:
        return None
    columns = tuple(ColumnSpan(match.start(), match.end()) for match in re.finditer("=+", lines[start].expandtabs(8)))
    body = range(borders[1] + 1, borders[2])
    starts = [number for number in body if _read_text(lines[number], columns[0])]
    spans = any(re.fullmatch(r"[- ]+", lines[number].strip()) for number in body if lines[number].strip())
    if spans or not count or len(starts) != count:
        return None
    bounds = [*starts, borders[2]]
    rows = tuple(
        SourceRow(
            tuple(lines[first:end]),
            tuple(_read_cell(lines[first:end], column, is_last=column is columns[-1]) for column in columns),
        )
        for first, end in itertools.pairwise(bounds)
    )
    head, foot = tuple(lines[start : starts[0]]), (lines[borders[2]],)
    return DrawnTable(start, borders[2] + 1, rows, head, foot, columns, is_grid=False, pad="")


def _find_pad(rows: Sequence[SourceRow], columns: Sequence[ColumnSpan]) -> str:
    """Return a blank, or nothing if a text of the table touches its bars."""
    contents = [_split_columns(line) for row in rows for line in row.lines[:-1]]
    edges = {line[edge] for line in contents for column in columns for edge in (column.start, column.end - 1)}
    return " " if edges <= {" ", ""} and all(column.end - column.start > 2 for column in columns) else ""


def _is_border(line: str) -> bool:
    return bool(_GRID_BORDER.match(line) or _HEADER_BORDER.match(line))


def _has_bars_at(line: str, crosses: Sequence[int]) -> bool:
    """Return whether a line has a bar, or a border a cross, wherever the first border has a cross."""
    pieces = _split_columns(line)
    mark = "+" if _is_border(line) else "|"
    return all(index < len(pieces) and pieces[index] == mark for index in crosses)


def _split_columns(line: str) -> list[str]:
    """Return the text in each display column of a line.

    It is empty after a wide character; combining characters are in the column of their letter.
    """
    pieces: list[str] = []
    for character in line.expandtabs(8):
        columns = measure_width(character)
        if unicodedata.combining(character) and pieces:
            letter = next(index for index in reversed(range(len(pieces))) if pieces[index])
            pieces[letter] += character
            # docutils leaves one column to a combining character that is wide, such as U+3099.
            pieces += [""] * columns
        else:
            pieces += [character, *[""] * (columns - 1)]
    return pieces


def _read_text(line: str, column: ColumnSpan, *, is_last: bool = False) -> str:
    return "".join(_split_columns(line)[column.start : None if is_last else column.end]).strip()


def _read_cell(lines: Sequence[str], column: ColumnSpan, *, is_last: bool = False) -> str:
    return "\n".join(_read_text(line, column, is_last=is_last) for line in lines).strip("\n")


def _wrap_cell(cell: str, room: int) -> list[str]:
    """Return the lines of a cell, no wider than `room` unless a word is; a cell with line breaks keeps them."""
    if "\n" in cell:
        return cell.split("\n")
    lines = [""]
    for word in cell.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if measure_width(longer) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
