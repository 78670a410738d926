"""The rows of a csv-table: separated values below a directive, as docutils reads them."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from authscribe.pages.tables.layout import CellTexts, SourceRow, TableDirective

_BLANKS: Final = {"tab": "\t", "space": " "}


@dataclass(frozen=True, slots=True)
class CsvDialect:
    """How values are separated and quoted; `escape` is empty where a quote inside quotes is doubled."""

    delimiter: str
    quote: str
    escape: str
    keeps_space: bool

    def records(self, lines: Sequence[str]) -> Iterator[tuple[int, CellTexts]]:
        """The number of the line after each record, and its cells; raises csv.Error."""
        reader = csv.reader(
            (f"{line.strip()}\n" for line in lines),
            delimiter=self.delimiter,
            quotechar=self.quote,
            escapechar=self.escape or None,
            doublequote=not self.escape,
            skipinitialspace=not self.keeps_space,
            strict=True,
        )
        for cells in reader:
            yield reader.line_num, tuple(cells)

    def quoted(self, cell: str) -> str:
        """The cell between quotes."""
        if self.escape:
            cell = cell.replace(self.escape, self.escape * 2)
        return f"{self.quote}{cell.replace(self.quote, (self.escape or self.quote) + self.quote)}{self.quote}"

    def needs_quotes(self, cell: str) -> bool:
        """Whether the cell cannot stand there as it is."""
        special = (self.delimiter, self.quote, "\n", *self.escape)
        return not cell or cell != cell.strip() or any(character in cell for character in special)


@dataclass(frozen=True, slots=True)
class CsvTable:
    """Each row is one record; `separator` and `is_quoted` are how the page writes them."""

    start: int
    end: int
    rows: tuple[SourceRow, ...]
    indent: str
    dialect: CsvDialect
    separator: str
    is_quoted: bool

    def write_rows(self, rows: Sequence[SourceRow | CellTexts]) -> list[str]:
        """New rows have quotes where the others have some, and where they cannot be without."""
        return [line for row in rows for line in (row.lines if isinstance(row, SourceRow) else self._lines(row))]

    def _lines(self, cells: CellTexts) -> Iterator[str]:
        texts = (
            self.dialect.quoted(cell) if self.is_quoted or self.dialect.needs_quotes(cell) else cell for cell in cells
        )
        yield from (f"{self.indent}{line}" for line in self.separator.join(texts).split("\n"))


def parse_csv_table(lines: Sequence[str], directive: TableDirective, count: int) -> CsvTable | None:
    """The last `count` records of the directive's table; None where they are elsewhere, or quoted in another way."""
    dialect = _dialect(directive)
    if dialect is None or not count:
        return None
    begin = next((n for n in range(directive.content, directive.end) if lines[n].strip(" \t>")), directive.end)
    body = lines[begin : directive.end]
    try:
        records = [*dialect.records(body)]
    except csv.Error:
        return None
    if len(records) < count:
        return None
    # An empty line between two records is a row without text.
    bounds = [0, *(end for end, _ in records)][-count - 1 :]
    rows = tuple(
        SourceRow(tuple(body[a:b]), cells)
        for (a, b), (_, cells) in zip(itertools.pairwise(bounds), records[-count:], strict=True)
    )
    text = "\n".join(line for row in rows for line in row.lines)
    first = rows[0].lines[0]
    blank = " " if not dialect.keeps_space and f"{dialect.delimiter} " in text else ""
    return CsvTable(
        begin + bounds[0],
        begin + bounds[-1],
        rows,
        first[: len(first) - len(first.lstrip(" \t>"))],
        dialect,
        f"{dialect.delimiter}{blank}",
        dialect.quote in text,
    )


def _dialect(directive: TableDirective) -> CsvDialect | None:
    options = directive.options
    delimiter = options.get("delim", ",")
    delimiter, quote = _BLANKS.get(delimiter, delimiter), options.get("quote", '"')
    escape = options.get("escape", "")
    if {"file", "url"} & options.keys() or len(delimiter) != 1 or len(quote) != 1 or len(escape) > 1:
        return None
    return CsvDialect(delimiter, quote, escape, "keepspace" in options)
