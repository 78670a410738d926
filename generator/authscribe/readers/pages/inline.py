"""Inline content of a page: the same pieces for every markup language, and the texts that they make up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

from authscribe.model.markup import (
    Span,
    Style,
    format_markup,
    is_address,
    join_text,
    merge_spans,
    slice_spans,
    tidy_spans,
)

NOTE: Final = "\0"
"""Text of a reference to a note, which takes the blank before it away; no other text contains it."""

_PRECEDENCE: Final = (Style.LINK, Style.CODE, Style.STRONG, Style.EMPHASIS)
"""Styles, the one first that a text keeps if it has several."""
_NOT_IN_ADDRESSES: Final = re.compile(r"[()'\[\]]|[^\x00-\x7f]")
_NESTED: Final = "nested style"
_NOUNS: Final = {
    Style.CODE: "literal",
    Style.EMPHASIS: "emphasised text",
    Style.STRONG: "strong text",
    Style.LINK: "link",
}


class Piece(NamedTuple):
    """Text with all of its styles; `address` is the target of a link, and `lost` a noun for markup without a style."""

    text: str
    styles: frozenset[Style] = frozenset()
    address: str = ""
    lost: str = ""

    def add(self, style: Style, address: str = "") -> Piece:
        """Return the piece with one more style."""
        return self._replace(styles=self.styles | {style}, address=address or self.address)

    def link(self, address: str) -> Piece:
        """Return the piece as a part of a link; an address that is its own text needs no markup."""
        return self if address in (self.text, f"mailto:{self.text}") else self.add(Style.LINK, address)


class InlineText(NamedTuple):
    """Spans of a cell or paragraph, and a noun for each piece of markup that they cannot hold."""

    spans: tuple[Span, ...] = ()
    lost: tuple[str, ...] = ()

    def cut(self, start: int, end: int | None = None) -> InlineText:
        """Return the part of a paragraph between two positions of its text, without blanks around it."""
        stop = len(join_text(self.spans)) if end is None else end
        return self._replace(spans=tidy_spans(slice_spans(self.spans, start, stop)))

    def append(self, text: str, other: InlineText | None = None) -> InlineText:
        """Return the text with another one, which has no markup, at its end, and a third one with markup after that."""
        spans, lost = other or ((), ())
        return InlineText(merge_spans((*self.spans, Span(text), *spans)), self.lost + lost)

    def format(self) -> str:
        """Return the text with its markup, as definitions hold it."""
        return format_markup(self.spans)


NO_TEXT: Final = InlineText()


def drop_notes(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Return the pieces with text, none of which is a reference to a note; what is lost with one is kept."""
    kept: list[Piece] = []
    lost: list[Piece] = []
    for piece in pieces:
        if piece.text == NOTE:
            lost.append(piece._replace(text=""))
            while kept and kept[-1].text[-1:].isspace():
                last = kept.pop()
                kept += (last._replace(text=last.text.rstrip()),) if last.text.strip() else ()
        elif piece.text:
            kept.append(piece)
        elif piece.lost:
            lost.append(piece)
    return (*kept, *lost)


def to_text(pieces: Iterable[Piece]) -> str:
    """Return the visible text on one line."""
    return " ".join("".join(piece.text for piece in pieces).split())


def to_marked_text(pieces: Iterable[Piece]) -> str:
    """Return the visible text on one line, with its literals between backticks."""
    marked = (f"`{piece.text}`" if Style.CODE in piece.styles else piece.text for piece in pieces)
    return " ".join("".join(marked).split())


def to_inline_text(pieces: Sequence[Piece]) -> InlineText:
    """Return the text of the pieces with the markup that definitions can hold."""
    spans = merge_spans(map(_to_span, pieces))
    tidy = tidy_spans(spans)
    dropped = Counter(_list_marks(spans)) - Counter(_list_marks(tidy))
    nested = (_NESTED for piece in pieces if len(piece.styles) > 1)
    return InlineText(tidy, (*(piece.lost for piece in pieces if piece.lost), *nested, *dropped.elements()))


def join_paragraphs(paragraphs: Iterable[InlineText]) -> InlineText:
    """Return the text of several paragraphs, without the empty ones."""
    spans: list[Span] = []
    lost: list[str] = []
    for paragraph in paragraphs:
        spans += (Span("\n\n"),) if spans and paragraph.spans else ()
        spans += paragraph.spans
        lost += paragraph.lost
    return InlineText(merge_spans(spans), tuple(lost))


def describe_lost(nouns: Iterable[str]) -> str:
    """Return the number of each noun, such as "2 images, 1 link"."""
    return ", ".join(_count(count, noun) for noun, count in Counter(nouns).items())


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _to_span(piece: Piece) -> Span:
    style = next((style for style in _PRECEDENCE if style in piece.styles), Style.PLAIN)
    return Span(piece.text, style, piece.address if style is Style.LINK else "")


def encode_address(address: str) -> str:
    """Return the address with the characters in percent-encoding (RFC 3986) that would end a link.

    It is empty if definitions cannot hold it.
    """
    encoded = _NOT_IN_ADDRESSES.sub(lambda match: quote(match[0], safe=""), address)
    return encoded if is_address(encoded) else ""


def _list_marks(spans: Iterable[Span]) -> Iterator[str]:
    """Yield a noun for each span with a style and a visible text."""
    return (_NOUNS[span.style] for span in spans if span.style in _NOUNS and span.text.strip())
