"""Tables in HTML: they are read, but not rewritten."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.markup import Style
from authscribe.model.wording import Wording
from authscribe.readers.pages.header_rows import SpanningCell, expand_rows, find_headings
from authscribe.readers.pages.inline import Piece, encode_address, to_inline_text, to_text
from authscribe.readers.pages.sections import BrokenTable, Cell, PageTable

_STYLES: Final = {
    "code": Style.CODE, "tt": Style.CODE, "samp": Style.CODE, "kbd": Style.CODE, "a": Style.LINK, "b": Style.STRONG,
    "strong": Style.STRONG, "em": Style.EMPHASIS, "i": Style.EMPHASIS,
}  # fmt: skip
HTML_REPAIR: Final = "write the table in the markup of the page"
_BREAKS: Final = frozenset({"br", "p", "li", "div"})
"""Tags that begin a new line."""
_LINE_BREAK: Final = "\n"
_COLUMN_LIMIT: Final = 99
_SPAN: Final = re.compile(r"[1-9]\d?")
"""Number of columns or rows that a cell may take up; a longer one would make a table of any size."""


def read_html_table(source: str, place: Place, wording: Wording) -> PageTable | BrokenTable:
    """Return the table in a piece of HTML at a place, which is also that of all of its cells."""
    parser = _TableParser()
    parser.feed(source)
    parser.close()
    if parser.problem:
        return BrokenTable(parser.problem, place, HTML_REPAIR)
    header = (row.convert(place) for row in parser.rows if row.is_header)
    body = (row.convert(place) for row in parser.rows if not row.is_header and row.cells)
    headings: list[tuple[Cell, ...]] = []
    # Headings of several rows stand beside those of the next row, which would make a header of any size.
    for row in expand_rows(header, is_header=True):
        if len(row) > _COLUMN_LIMIT:
            return BrokenTable(f"it has more than {_COLUMN_LIMIT} columns", place, HTML_REPAIR)
        headings.append(row)
    rows = tuple(expand_rows(body, is_header=False))
    return PageTable(find_headings(headings, wording), rows, place, parser.caption.strip(), is_html=True)


@dataclass(slots=True)
class _HtmlCell:
    """Cell that is being read; see `Cell` for its bare text."""

    columns: int = 1
    rows: int = 1
    pieces: list[Piece] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)

    def convert(self, place: Place) -> Cell:
        pieces = tuple(self.pieces)
        literals = tuple(piece.text for piece in pieces if Style.CODE in piece.styles and piece.text.strip())
        lines = (" ".join(line.split()) for line in "".join(self.bare).split(_LINE_BREAK))
        return Cell(to_text(pieces), place, literals, _LINE_BREAK.join(filter(None, lines)), to_inline_text(pieces))


@dataclass(slots=True)
class _HtmlRow:
    """Row that is being read."""

    is_in_head: bool
    cells: list[_HtmlCell] = field(default_factory=list)
    has_data: bool = False

    @property
    def is_header(self) -> bool:
        """Whether the row is in the head of the table, or has nothing but headings."""
        return bool(self.cells) and (self.is_in_head or not self.has_data)

    def convert(self, place: Place) -> tuple[SpanningCell, ...]:
        return tuple(SpanningCell(cell.convert(place), cell.columns, cell.rows) for cell in self.cells)


class _TableParser(HTMLParser):
    """Parser of one table; `problem` tells why it cannot be read."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[_HtmlRow] = []
        self.caption = ""
        self.problem = ""
        self._open: Counter[str] = Counter()
        self._address = ""
        self._cell: _HtmlCell | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a part of the table, or markup inside a cell."""
        values = dict(attrs)
        if tag == "table" and self._open["table"]:
            self.problem = "several tables in one piece of HTML are not read"
        elif tag in ("thead", "tbody", "tfoot", "tr"):
            self._begin_rows(tag)
        elif tag in ("td", "th"):
            self._begin_cell(tag, values)
        elif tag in _BREAKS:
            self._add(" ", _LINE_BREAK)
        elif tag == "img" and self._cell is not None:
            self._cell.pieces.append(Piece(values.get("alt") or "", lost="image"))
        elif tag == "a":
            self._address = encode_address(values.get("href") or "")
        self._open[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        """End a cell, a row or markup; the end of a table leaves it known."""
        if self._open[tag] and tag != "table":
            self._open[tag] -= 1
        if tag in ("td", "th", "tr"):
            self._cell = None

    def handle_data(self, data: str) -> None:
        """Add text to the cell or caption."""
        if self._cell is not None:
            self._add(data, "" if self._open["sup"] else data.replace(_LINE_BREAK, " "))
        elif self._open["caption"]:
            self.caption += data

    def _begin_rows(self, tag: str) -> None:
        """Begin a row or a group of rows; the end of the one before it may be left out."""
        is_in_head = tag == "tr" and self._open["thead"] > 0
        self._close_cell(is_in_head=is_in_head)
        if tag == "tr":
            self.rows.append(_HtmlRow(is_in_head))

    def _begin_cell(self, tag: str, values: dict[str, str | None]) -> None:
        spans = [(values.get(name) or "1").strip() for name in ("colspan", "rowspan")]
        if not all(map(_SPAN.fullmatch, spans)):
            self.problem = f"a cell cannot span '{' by '.join(spans)}' columns and rows"
            spans = ["1", "1"]
        if not self.rows:
            self.rows.append(_HtmlRow(is_in_head=False))
        self._close_cell(is_in_head=self.rows[-1].is_in_head)
        columns, rows = map(int, spans)
        self._cell = _HtmlCell(columns, rows)
        self.rows[-1].cells.append(self._cell)
        self.rows[-1].has_data |= tag == "td"

    def _close_cell(self, *, is_in_head: bool) -> None:
        self._cell = None
        self._open = Counter({"table": 1, "thead": int(is_in_head)})

    def _add(self, text: str, bare: str) -> None:
        """Add text to the cell, if there is one, with the styles of the open tags."""
        if self._cell is None:
            return
        piece = Piece(text)
        for style in {style for tag, style in _STYLES.items() if self._open[tag]}:
            if style is not Style.LINK:
                piece = piece.add(style)
            elif self._address:
                piece = piece.link(self._address)
        self._cell.pieces.append(piece)
        self._cell.bare.append(bare)
