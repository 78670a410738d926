"""Rewrite the rows of a csv-table: separated values below a directive, as docutils reads them."""

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
    """Dialect of separated values; `escape` is empty if a quote inside quotes is doubled."""

    delimiter: str
    quote: str
    escape: str
    keeps_space: bool

    def parse_records(self, lines: Sequence[str]) -> Iterator[tuple[int, CellTexts]]:
        """Yield the number of the line after each record, and its cells; raises csv.Error for an invalid record."""
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

    def quote_cell(self, cell: str) -> str:
        """Return the cell between quotes."""
        if self.escape:
            cell = cell.replace(self.escape, self.escape * 2)
        return f"{self.quote}{cell.replace(self.quote, (self.escape or self.quote) + self.quote)}{self.quote}"

    def needs_quotes(self, cell: str) -> bool:
        """Return whether the cell must be quoted."""
        special = (self.delimiter, self.quote, "\n", *self.escape)
        # A record that begins or ends with a blank as delimiter would lose its first or last cell.
        is_lost = not cell and self.delimiter.isspace()
        return is_lost or cell != cell.strip() or any(character in cell for character in special)


@dataclass(frozen=True, slots=True)
class CsvStyle:
    """Form of the records of a page: the delimiter with the blank after it, and whether every cell has quotes."""

    dialect: CsvDialect
    separator: str
    is_quoted: bool

    def write_record(self, cells: CellTexts) -> str:
        """Return the record of cells, which have quotes if all have, or if they need them."""
        texts = (
            self.dialect.quote_cell(cell) if self.is_quoted or self.dialect.needs_quotes(cell) else cell
            for cell in cells
        )
        return self.separator.join(texts).rstrip(" ")


@dataclass(frozen=True, slots=True)
class CsvTable:
    """Table with one record for each row; new ones are in the style of the others."""

    start: int
    end: int
    rows: tuple[SourceRow, ...]
    indent: str
    style: CsvStyle

    def write_rows(self, rows: Sequence[SourceRow | CellTexts]) -> list[str]:
        """Return the lines of the rows."""
        return [line for row in rows for line in (row.lines if isinstance(row, SourceRow) else self._write_cells(row))]

    def _write_cells(self, cells: CellTexts) -> Iterator[str]:
        yield from (f"{self.indent}{line}" for line in self.style.write_record(cells).split("\n"))


def parse_csv_table(lines: Sequence[str], directive: TableDirective, count: int) -> CsvTable | None:
    """Return the layout of the last `count` records of a directive; None if they are elsewhere or not valid."""
    dialect = _read_dialect(directive)
    if dialect is None or not count:
        return None
    content = [directive.split_indent(line) for line in lines[directive.content : directive.end]]
    first = next((number for number, (_, text) in enumerate(content) if text), len(content))
    begin, content = directive.content + first, content[first:]
    try:
        records = [*dialect.parse_records([text for _, text in content])]
    except csv.Error:
        return None
    if len(records) < count:
        return None
    # An empty line between two records is a row without text.
    bounds = [0, *(end for end, _ in records)][-count - 1 :]
    spans = [*zip(itertools.pairwise(bounds), (cells for _, cells in records[-count:]), strict=True)]
    texts = [("\n".join(text.rstrip() for _, text in content[start:end]), cells) for (start, end), cells in spans]
    return CsvTable(
        start=begin + bounds[0],
        end=begin + bounds[-1],
        rows=tuple(SourceRow(tuple(lines[begin + start : begin + end]), cells) for (start, end), cells in spans),
        indent=content[bounds[0]][0],
        style=_find_style(texts, dialect),
    )


def _find_style(records: Sequence[tuple[str, CellTexts]], dialect: CsvDialect) -> CsvStyle:
    """Return the style in which most of the records, each with its cells, are written."""
    text = "\n".join(source for source, _ in records)
    separators = (f"{dialect.delimiter} ", dialect.delimiter)
    has_blank, has_quotes = not dialect.keeps_space and separators[0] in text, dialect.quote in text
    # The first style counts if none of them is that of a row.
    styles = [
        CsvStyle(dialect, separator, is_quoted)
        for separator in separators[not has_blank :]
        for is_quoted in (has_quotes, not has_quotes)
    ]
    return max(styles, key=lambda style: sum(style.write_record(cells) == source for source, cells in records))


def _read_dialect(directive: TableDirective) -> CsvDialect | None:
    """Return the dialect by the options of a directive; None if the values are elsewhere, or an option is a code."""
    options = directive.options
    delimiter, quote, escape = options.get("delim", ","), options.get("quote", '"'), options.get("escape", "")
    delimiter = _BLANKS.get(delimiter, delimiter)
    if {"file", "url"} & options.keys() or len(delimiter) != 1 or len(quote) != 1 or len(escape) > 1:
        return None
    return CsvDialect(delimiter, quote, escape, "keepspace" in options)
