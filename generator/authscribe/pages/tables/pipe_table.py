"""Rewrite the rows of a table in pipe syntax (GitHub Flavored Markdown, section 4.10)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from authscribe.encoders.text import measure_width
from authscribe.pages.tables.layout import CellTexts, SourceRow

_PREFIX: Final = re.compile(r"^[ \t>]*")
_MARK: Final = re.compile(r"^(?:(?:[-+*]|\d+[.)])[ \t]+)*")
_SEPARATOR: Final = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class PipeTable:
    """Table with one line for each row.

    `widths` are those of the columns if the page lines them up, otherwise 0.
    """

    start: int
    end: int
    rows: tuple[SourceRow, ...]
    before: str
    after: str
    separator: str
    widths: tuple[int, ...]

    def write_rows(self, rows: Sequence[SourceRow | CellTexts]) -> list[str]:
        """Return the lines of the rows; new ones have the pipes and the blanks of the first one."""
        return [
            line for row in rows for line in (row.lines if isinstance(row, SourceRow) else (self._write_cells(row),))
        ]

    def _write_cells(self, cells: CellTexts) -> str:
        # A pipe directly after a backslash would be text.
        safe = (f"{text} " if text.endswith("\\") else text for text in cells)
        padded = (text + " " * (width - measure_width(text)) for text, width in zip(safe, self.widths, strict=True))
        return f"{self.before}{self.separator.join(padded)}{self.after}".rstrip()


def parse_pipe_table(lines: Sequence[str], start: int, count: int) -> PipeTable | None:
    """Return the layout of the `count` rows of the table whose header is at `start`; None if they are not there."""
    end = start + 2 + count
    if not count or end > len(lines):
        return None
    heading = _MARK.sub("", _PREFIX.sub("", lines[start]))
    header = _split_cells(heading)
    # A row may have fewer cells than the header, and excess cells are not shown (GFM, section 4.10).
    rows = tuple(
        SourceRow((line,), (*_split_cells(_PREFIX.sub("", line)), *[""] * len(header))[: len(header)])
        for line in lines[start + 2 : end]
    )
    first = rows[0].lines[0]
    match = _PREFIX.match(first)
    prefix = match[0] if match else ""
    body = first[len(prefix) :].rstrip()
    blank = " " if "| " in body or " |" in body else ""
    is_even = len({measure_width(line.rstrip()) for line in lines[start:end]}) == 1
    # A column can be wider than all of its cells.
    wide = [cell.removeprefix(blank).removesuffix(blank) for cell in _split_raw_cells(heading)]
    widths = [
        max(measure_width(cells[index]) for cells in (wide, *(row.cells for row in rows)))
        for index in range(len(header))
    ]
    return PipeTable(
        start=start + 2,
        end=end,
        rows=rows,
        before=prefix + (f"|{blank}" if body.startswith("|") else ""),
        after=f"{blank}|" if body.endswith("|") and not body.endswith("\\|") else "",
        separator=f"{blank}|{blank}",
        widths=tuple(widths) if is_even else (0,) * len(header),
    )


def _split_cells(text: str) -> CellTexts:
    return tuple(map(str.strip, _split_raw_cells(text)))


def _split_raw_cells(text: str) -> list[str]:
    """Return the cells of a line with the blanks around them."""
    text = text.strip().removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return _SEPARATOR.split(text)
