"""The rows of tables that are drawn: grid tables and simple tables of reStructuredText."""

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
    """A column of a drawn table: where its text begins and ends, in columns."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """A table whose columns stand below each other: all of its lines, since a longer word moves what is beside it.

    `pad` is what stands on either side of a text; nothing in a simple table, which has no bars.
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
        """New cells are wrapped to the width of their column; a column grows only for a word that is wider."""
        needed = [
            max((self._needed(index, row) for row in rows if not isinstance(row, SourceRow)), default=0)
            for index in range(len(self.columns))
        ]
        growth = [max(0, need - room) for need, room in zip(needed, self._rooms, strict=True)]
        if not self.is_grid:
            growth[-1] = 0
        body = [line for row in rows for line in self._lines(row, growth)]
        head = [self._grown(line, growth) for line in self.head]
        return [*head, *body, *(self._grown(line, growth) for line in self.foot)]

    @property
    def _rooms(self) -> list[int]:
        """How much text fits into each column."""
        return [column.end - column.start - 2 * len(self.pad) for column in self.columns]

    def _needed(self, index: int, cells: CellTexts) -> int:
        if not self.is_grid and index == len(self.columns) - 1:
            return 0
        text = cells[index]
        if not self.is_grid and index == 0:
            # A line with text in the first column begins a row.
            return measure_width(text)
        pieces = text.split("\n") if "\n" in text else text.split(" ")
        return max(map(measure_width, pieces), default=0)

    def _lines(self, row: SourceRow | CellTexts, growth: Sequence[int]) -> Iterator[str]:
        if isinstance(row, SourceRow):
            yield from (self._grown(line, growth) for line in row.lines)
            return
        rooms = [room + grown for room, grown in zip(self._rooms, growth, strict=True)]
        if not self.is_grid:
            # A line without text in the first column continues a row; an escaped blank is no text, but begins one.
            row = (row[0] or "\\", *row[1:])
            rooms[-1] = max(rooms[-1], measure_width(row[-1]))
        wrapped = [_wrapped(cell, room) for cell, room in zip(row, rooms, strict=True)]
        for number in range(max(map(len, wrapped))):
            texts = [cell[number] if number < len(cell) else "" for cell in wrapped]
            yield self._content(texts, rooms)
        if self.is_grid:
            yield self._grown(self.head[0], growth)

    def _content(self, texts: Sequence[str], rooms: Sequence[int]) -> str:
        padded = [text + " " * (room - measure_width(text)) for text, room in zip(texts, rooms, strict=True)]
        if self.is_grid:
            indent = " " * (self.columns[0].start - 1)
            return indent + "".join(f"|{self.pad}{text}{self.pad}" for text in padded) + "|"
        line = " " * self.columns[0].start
        for index, text in enumerate(padded):
            after = self.columns[index + 1].start - self.columns[index].end if index + 1 < len(padded) else 0
            line += text + " " * after
        return line.rstrip()

    def _grown(self, line: str, growth: Sequence[int]) -> str:
        """The line with each column as much wider as it grew, filled with what it is filled with there."""
        if not any(growth):
            return line
        drawn = _drawn(line)
        for column, grown in reversed(list(zip(self.columns, growth, strict=True))):
            if grown and len(drawn) > column.start:
                at = min(column.end, len(drawn))
                is_rule = drawn[at - 1] in ("-", "=") and not "".join(drawn[column.start : at]).strip("-=")
                drawn = [*drawn[:at], *(drawn[at - 1] if is_rule else " ") * grown, *drawn[at:]]
        return "".join(drawn).rstrip()


def parse_grid(lines: Sequence[str], start: int, count: int) -> DrawnTable | None:
    """The last `count` rows of the grid table that begins at `start`; None where cells span."""
    end = start
    while end < len(lines) and lines[end].strip()[:1] in ("+", "|"):
        end += 1
    crosses = [index for index, piece in enumerate(_drawn(lines[start])) if piece == "+"]
    columns = tuple(ColumnSpan(a + 1, b) for a, b in itertools.pairwise(crosses))
    borders = [n for n in range(start, end) if _GRID_BORDER.match(lines[n]) or _HEADER_BORDER.match(lines[n])]
    if not columns or not all(_fits(line, crosses) for line in lines[start:end]):
        return None
    rows = [
        SourceRow(tuple(lines[a + 1 : b + 1]), tuple(_cell(lines[a + 1 : b], column) for column in columns))
        for a, b in itertools.pairwise(borders)
    ]
    if not count or len(rows) < count or borders[-1] != end - 1:
        return None
    first = borders[len(rows) - count]
    head = tuple(lines[start : first + 1])
    return DrawnTable(start, end, tuple(rows[-count:]), head, (), columns, is_grid=True, pad=_pad(rows, columns))


def _pad(rows: Sequence[SourceRow], columns: Sequence[ColumnSpan]) -> str:
    """A blank, unless a text of the table stands directly at its bars."""
    contents = [_drawn(line) for row in rows for line in row.lines[:-1]]
    edges = {line[edge] for line in contents for column in columns for edge in (column.start, column.end - 1)}
    return " " if edges <= {" ", ""} and all(column.end - column.start > 2 for column in columns) else ""


def _fits(line: str, crosses: Sequence[int]) -> bool:
    """Whether a line is a whole border, or has a bar wherever the first border has a cross."""
    drawn = _drawn(line)
    is_border = _GRID_BORDER.match(line) or _HEADER_BORDER.match(line)
    mark = "+" if is_border else "|"
    return all(index < len(drawn) and drawn[index] == mark for index in crosses)


def parse_simple(lines: Sequence[str], start: int, count: int) -> DrawnTable | None:
    """The last `count` rows of the simple table that begins at `start`; None where cells span."""
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
    starts = [n for n in body if _text(lines[n], columns[0])]
    spans = any(re.fullmatch(r"[- ]+", lines[n].strip()) for n in body if lines[n].strip())
    if spans or not count or len(starts) != count:
        return None
    bounds = [*starts, borders[2]]
    rows = tuple(
        SourceRow(
            tuple(lines[a:b]), tuple(_cell(lines[a:b], column, is_last=column is columns[-1]) for column in columns)
        )
        for a, b in itertools.pairwise(bounds)
    )
    head, foot = tuple(lines[start : starts[0]]), (lines[borders[2]],)
    return DrawnTable(start, borders[2] + 1, rows, head, foot, columns, is_grid=False, pad="")


def _drawn(line: str) -> list[str]:
    """The text in each column of a line: nothing after a wide character, and combining ones where their letter is."""
    drawn: list[str] = []
    for character in line.expandtabs(8):
        columns = measure_width(character)
        if unicodedata.combining(character) and drawn:
            letter = next(index for index in reversed(range(len(drawn))) if drawn[index])
            drawn[letter] += character
            # docutils leaves one column to a combining character that is wide, such as U+3099.
            drawn += [""] * columns
        else:
            drawn += [character, *[""] * (columns - 1)]
    return drawn


def _text(line: str, column: ColumnSpan, *, is_last: bool = False) -> str:
    return "".join(_drawn(line)[column.start : None if is_last else column.end]).strip()


def _cell(lines: Sequence[str], column: ColumnSpan, *, is_last: bool = False) -> str:
    return "\n".join(_text(line, column, is_last=is_last) for line in lines).strip("\n")


def _wrapped(cell: str, room: int) -> list[str]:
    """Lines no wider than the room; what has lines of its own keeps them."""
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
