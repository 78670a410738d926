"""The rows of a table in pipe syntax, as GitHub and many others have it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from authscribe.tables.layout import Cells, Row, width

_PREFIX: Final = re.compile(r"^[ \t>]*")
_SEPARATOR: Final = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class PipeTable:
    """Each row is one line; `widths` are those of the columns where the page lines them up, else 0."""

    start: int
    end: int
    rows: tuple[Row, ...]
    prefix: str
    has_outer: bool
    widths: tuple[int, ...]

    def written(self, rows: Sequence[Row | Cells]) -> list[str]:
        """New rows have the bars of the others."""
        return [line for row in rows for line in (row.lines if isinstance(row, Row) else (self._line(row),))]

    def _line(self, cells: Cells) -> str:
        texts = [text + " " * max(0, wide - width(text)) for text, wide in zip(cells, self.widths, strict=True)]
        inner = " | ".join(texts)
        return f"{self.prefix}| {inner} |" if self.has_outer else f"{self.prefix}{inner}".rstrip()


def parse(lines: Sequence[str], start: int, count: int) -> PipeTable | None:
    """The `count` rows of the table whose header is at `start`."""
    end = start + 2 + count
    if not count or end > len(lines):
        return None
    match = _PREFIX.match(lines[start])
    prefix = match[0] if match else ""
    body = [lines[number] for number in range(start, end)]
    has_outer = all(line[len(prefix) :].startswith("|") for line in body)
    columns = len(_cells(body[0], prefix))
    rows = tuple(Row((line,), _cells(line, prefix)) for line in body[2:])
    if any(len(row.cells) != columns for row in rows):
        return None
    is_even = len({width(line.rstrip()) for line in body}) == 1
    widths = [max(width(_cells(line, prefix)[index]) for line in (body[0], *body[2:])) for index in range(columns)]
    return PipeTable(start + 2, end, rows, prefix, has_outer, tuple(widths) if is_even else (0,) * columns)


def _cells(line: str, prefix: str) -> Cells:
    text = line[len(prefix) :].strip()
    text = text.removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return tuple(cell.strip() for cell in _SEPARATOR.split(text))
