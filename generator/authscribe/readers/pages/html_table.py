"""Tables in HTML: they are read, but not rewritten."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.markup import Style
from authscribe.model.wording import Wording
from authscribe.readers.pages.inline import Piece, encode_address, to_inline_text, to_text
from authscribe.readers.pages.sections import BrokenTable, Cell, PageTable
from authscribe.readers.pages.wording import choose_header

_STYLES: Final = {
    "code": Style.CODE, "tt": Style.CODE, "samp": Style.CODE, "kbd": Style.CODE, "a": Style.LINK, "b": Style.STRONG,
    "strong": Style.STRONG, "em": Style.EMPHASIS, "i": Style.EMPHASIS,
}  # fmt: skip
_BREAKS: Final = frozenset({"br", "p", "li", "div"})
"""Tags that begin a new line."""
_LINE_BREAK: Final = "\n"


def read_html_table(source: str, place: Place, wording: Wording) -> PageTable | BrokenTable:
    """Return the table in a piece of HTML at a place, which is also that of all of its cells."""
    parser = _TableParser()
    parser.feed(source)
    parser.close()
    if parser.problem:
        return BrokenTable(parser.problem, place)
    header = [row for row in parser.rows if row.is_header]
    rows = [tuple(cell.convert(place) for cell in row.cells) for row in parser.rows if not row.is_header and row.cells]
    headings = [tuple(cell.convert(place) for cell in row.cells) for row in header]
    chosen = headings[choose_header([[cell.text for cell in row] for row in headings], wording)] if headings else ()
    return PageTable(chosen, tuple(rows), place, parser.caption.strip(), len(headings), is_html=True)


@dataclass(slots=True)
class _HtmlCell:
    """Cell that is being read; see `Cell` for its bare text."""

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


class _TableParser(HTMLParser):
    """Parser of one table; `problem` tells why it cannot be read."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[_HtmlRow] = []
        self.caption = ""
        self.problem = ""
        self._has_begun = False
        self._path: list[tuple[str, str]] = []
        self._cell: _HtmlCell | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row, a cell or markup inside a cell."""
        values = dict(attrs)
        if tag == "table":
            self.problem = "several tables in one piece of HTML are not read" if self._has_begun else self.problem
            self._has_begun = True
        elif tag == "tr":
            self._cell = None
            self.rows.append(_HtmlRow(is_in_head=self._is_inside("thead")))
        elif tag in ("td", "th"):
            self._begin_cell(tag, values)
        elif tag in _BREAKS and self._cell is not None:
            self._add(" ", _LINE_BREAK)
        elif tag == "img" and self._cell is not None:
            self._cell.pieces.append(Piece(values.get("alt") or "", lost="image"))
        self._path.append((tag, encode_address(values.get("href") or "")))

    def handle_endtag(self, tag: str) -> None:
        """End the last element with this tag, and all elements inside it."""
        tags = [name for name, _ in self._path]
        if tag in tags:
            del self._path[len(tags) - 1 - tags[::-1].index(tag) :]
        if tag in ("td", "th", "tr"):
            self._cell = None

    def handle_data(self, data: str) -> None:
        """Add text to the cell or caption."""
        if self._cell is not None:
            self._add(data, "" if self._is_inside("sup") else data.replace(_LINE_BREAK, " "))
        elif self._is_inside("caption"):
            self.caption += data

    def _begin_cell(self, tag: str, values: dict[str, str | None]) -> None:
        if values.get("rowspan", "1") != "1" or values.get("colspan", "1") != "1":
            self.problem = "cells that span rows or columns are not read"
        self._cell = _HtmlCell()
        if not self.rows:
            self.rows.append(_HtmlRow(is_in_head=False))
        self.rows[-1].cells.append(self._cell)
        self.rows[-1].has_data |= tag == "td"

    def _add(self, text: str, bare: str) -> None:
        piece = Piece(text)
        for tag, address in self._path:
            style = _STYLES.get(tag)
            if style is Style.LINK:
                piece = piece.link(address) if address else piece
            elif style is not None:
                piece = piece.add(style)
        if self._cell is not None:
            self._cell.pieces.append(piece)
            self._cell.bare.append(bare)

    def _is_inside(self, tag: str) -> bool:
        return any(name == tag for name, _ in self._path)
