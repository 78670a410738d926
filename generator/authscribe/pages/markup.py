"""Carry the markup of a cell over to a new text: links, roles, literals, emphasis and references to notes.

A cell is divided into pieces, each of which is read as some words of its text. A piece whose words are unchanged keeps
its source; all other words are encoded anew, with the markup that they have in the definition.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import takewhile
from typing import Final, TypeAlias

from authscribe.encoders.language import Language
from authscribe.model.draft import Draft
from authscribe.model.markup import Span, join_text, merge_spans, slice_spans
from authscribe.readers.pages.markdown.page import parse_markdown
from authscribe.readers.pages.rst.page import parse_rst
from authscribe.readers.pages.sections import Paragraph

_UNIT: Final = re.compile(r"\w+|[^\w\s]")
_PLAIN: Final = re.compile(r"(?:[^\W_]|[.,;?()'/-])*[^\W_][.,;?!)]*")
"""A word that every markup language reads as it is, in the middle of a line."""
_BEFORE: Final = re.compile(r"[(\"']*")
_AFTER: Final = re.compile(r"[.,:;!?)\"']*$")
_TAG: Final = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z]\w*)(?=[\s/>])[^<>]*>")
_VOID_TAGS: Final = ("br", "img", "wbr")
_DEFINITION: Final = {
    Language.RST: re.compile(r"^[ \t]*\.\. \|(?P<label>.+?)\|[^\n]*(?:\n(?=[ \t]+\S)[^\n]*)*", re.MULTILINE),
    Language.MARKDOWN: re.compile(r"^ {0,3}\[(?P<label>[^\]\n]+)\]:[^\n]*", re.MULTILINE),
}
_START: Final = "x"
_INNER: Final = f"{_START} "
_PIECE_LIMIT: Final = 40
"""Words of the longest piece of markup."""


EncodeSpans: TypeAlias = Callable[[Sequence[Span]], str]


class MarkupLostError(Exception):
    """Markup of cells whose words are not in the new text."""

    def __init__(self, sources: Sequence[str]) -> None:
        super().__init__(", ".join(f"'{source}'" for source in sources))
        self.sources = tuple(sources)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Source of a part of a cell on one line, and the text that it is read as."""

    source: str
    text: str

    @property
    def is_plain(self) -> bool:
        """Whether the source is the text, apart from escapes."""
        return " ".join(re.sub(r"\\(.)", r"\1", self.source).split()) == self.text


@dataclass(frozen=True, slots=True)
class CellReader:
    """Reader of pieces of cells; what a piece refers to is defined elsewhere in the page, by the label."""

    language: Language
    definitions: tuple[tuple[str, str], ...]

    @classmethod
    def from_page(cls, text: str, language: Language) -> CellReader:
        """Return the reader for the cells of a page."""
        found = _DEFINITION[language].finditer(text)
        return cls(language, tuple((match["label"].lower(), match[0].strip()) for match in found))

    def read(self, source: str) -> str | None:
        """Return the text that a reader finds in a part of a paragraph; None if that is not all of one."""
        if _PLAIN.fullmatch(source):
            return source
        words = " ".join(source.lower().split())
        definitions = "\n\n".join(definition for label, definition in self.definitions if label in words)
        return _read_text(source, self.language, definitions)


# Words and their beginnings are read again and again while the pieces of a cell are sought.
@lru_cache(maxsize=1024)
def _read_text(source: str, language: Language, definitions: str) -> str | None:
    is_rst = language is Language.RST
    # The pipes of a cell are escaped in the page, even within code.
    line = f"{_START} {source}" if is_rst else f"{_START} {source}".replace("\\|", "|")
    sections = (parse_rst if is_rst else parse_markdown)("", f"{line}\n\n{definitions}\n")
    blocks = () if isinstance(sections, Draft) else sections[0].blocks
    text = blocks[0].text if blocks and isinstance(blocks[0], Paragraph) else ""
    return text.removeprefix(_START).strip() if text.startswith(_START) else None


def carry_markup(source: str, old: str, new: Sequence[Span], reader: CellReader, encode: EncodeSpans) -> str:
    """Return the source of the new text, with the markup of the old one; raises MarkupLostError if that is impossible.

    `old` is the text that `source` is read as.
    """
    text = join_text(new)
    flat = re.sub(r"[ \t]*\n[ \t>]*", " ", source.strip())
    has_paragraphs = re.search(r"\n[ \t>]*\n", source.strip()) is not None
    if not flat or (_Piece(flat, old).is_plain and not has_paragraphs):
        return encode(new)
    pieces = None if has_paragraphs else _divide(flat, old, reader)
    if pieces is None:
        raise MarkupLostError([flat])
    if all(piece.is_plain for piece in pieces):
        return encode(new)
    kept = _find_kept(pieces, text)
    lost = [
        piece.source for piece in pieces if not piece.is_plain and not any(piece is other for other in kept.values())
    ]
    carried = _join(kept, new, encode)
    if lost or reader.read(carried) != text:
        raise MarkupLostError(lost or [piece.source for piece in pieces if not piece.is_plain])
    return carried


def _divide(source: str, text: str, reader: CellReader) -> list[_Piece] | None:
    """Return the pieces of a source, as short as possible; None if they are not read as its text."""
    words = re.findall(r"\S+\s*", source)
    pieces: list[_Piece] = []
    position = 0
    while position < len(words):
        found = _find_piece(words[position : position + _PIECE_LIMIT], text, reader)
        if found is None:
            return None
        piece, count = found
        position += count
        pieces += _split_punctuation(piece, reader)
        text = text[len(piece.text) :].lstrip()
    return pieces if not text else None


def _find_piece(words: Sequence[str], text: str, reader: CellReader) -> tuple[_Piece, int] | None:
    """Return the piece that the words begin with, and the number of its words.

    A word that is read as nothing, such as a reference to a note, belongs to the one before it.
    """
    for count in range(1, len(words) + 1):
        source = "".join(words[:count]).rstrip()
        found = reader.read(source) if _is_balanced(source, reader) else None
        if found and f"{text} ".startswith(f"{found} "):
            notes = sum(1 for _ in takewhile(lambda word: reader.read(word.rstrip()) == "", words[count:]))
            return _Piece("".join(words[: count + notes]).rstrip(), found), count + notes
    return None


def _is_balanced(source: str, reader: CellReader) -> bool:
    """Return whether each HTML tag in the source is closed there."""
    tags = [tag for tag in _TAG.finditer(source) if tag["name"].lower() not in _VOID_TAGS and not reader.read(tag[0])]
    return sum(-1 if tag["end"] else 1 for tag in tags) == 0


def _split_punctuation(piece: _Piece, reader: CellReader) -> Iterator[_Piece]:
    """Yield the piece without the punctuation on both sides of its markup, and that as pieces of its own."""
    before, after = _BEFORE.match(piece.source), _AFTER.search(piece.source)
    first, last = before[0] if before else "", after[0] if after else ""
    source = piece.source[len(first) : len(piece.source) - len(last)]
    text = piece.text[len(first) : len(piece.text) - len(last)]
    is_beside = piece.text == f"{first}{text}{last}" and text and reader.read(source) == text
    if piece.is_plain or not is_beside:
        yield piece
        return
    yield from (_Piece(part, part) for part in first)
    yield _Piece(source, text)
    yield from (_Piece(part, part) for part in last)


def _find_kept(pieces: Sequence[_Piece], new: str) -> dict[int, _Piece]:
    """Return the pieces whose words are in the new text, each by its position there."""
    old_units = [(unit[0], index) for index, piece in enumerate(pieces) for unit in _UNIT.finditer(piece.text)]
    new_units = [*_UNIT.finditer(new)]
    matcher = SequenceMatcher(None, [unit for unit, _ in old_units], [unit[0] for unit in new_units], autojunk=False)
    positions: dict[int, list[int]] = {}
    for first, start, size in matcher.get_matching_blocks():
        for offset in range(size):
            positions.setdefault(old_units[first + offset][1], []).append(new_units[start + offset].start())
    return {
        starts[0]: pieces[index]
        for index, starts in positions.items()
        if new.startswith(pieces[index].text, starts[0]) and len(_UNIT.findall(pieces[index].text)) == len(starts)
    }


def _join(kept: dict[int, _Piece], new: Sequence[Span], encode: EncodeSpans) -> str:
    """Return the source of the new text: that of each kept piece, and all else encoded."""
    written: list[str] = []
    position = 0
    for start, piece in sorted(kept.items()):
        written += [_encode_part(new, position, start, encode), piece.source]
        position = start + len(piece.text)
    return "".join((*written, _encode_part(new, position, len(join_text(new)), encode)))


def _encode_part(spans: Sequence[Span], start: int, end: int, encode: EncodeSpans) -> str:
    """Return a part of a text with the blanks around it; the first character of a line can need an escape."""
    part = join_text(slice_spans(spans, start, end))
    core = part.strip()
    if not core:
        return part
    first = start + part.index(core)
    inner = slice_spans(spans, first, first + len(core))
    is_first = start == 0
    encoded = encode(inner if is_first else merge_spans((Span(_INNER), *inner))).removeprefix(
        "" if is_first else _INNER
    )
    return part[: part.index(core)] + encoded + part[part.index(core) + len(core) :]
