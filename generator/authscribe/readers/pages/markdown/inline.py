"""Convert the inline tokens of markdown-it to pieces of text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from authscribe.findings.finding import Place
from authscribe.model.markup import Style
from authscribe.readers.pages.inline import Piece, encode_address, to_inline_text, to_text
from authscribe.readers.pages.rst.permissive import (
    find_role_title,
)
from authscribe.readers.pages.sections import ARTICLE, Cell

# Inline tags of HTML only: any other tag, such as <your-token>, is text that the author wants to be read.
_TAG: Final = re.compile(
    r"</?(?P<name>a|abbr|b|br|center|code|del|div|em|font|h[1-6]|i|img|ins|kbd|mark|p|picture|q|s|samp|small"
    r"|span|strong|sub|sup|u|var)(?=[\s/>]).*>",
    re.IGNORECASE | re.DOTALL,
)
_ALTERNATIVE_TEXT: Final = re.compile(r"""\salt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_COMPONENT: Final = re.compile(r"<[A-Z]\w*(?:\s[^<>]*)?/>")
"""Component of MDX or Vue without content, such as `<Badge text="new" />`."""
_CODE_ROLES: Final = ("code", "literal")
_STYLES: Final = {"em": Style.EMPHASIS, "strong": Style.STRONG, "link": Style.LINK}


def find_term(token: Token, place: Place) -> Cell | None:
    """Return the code or strong text that a list item begins with, apart from an article."""
    children = [child for child in token.children or () if child.content or child.type != "text"]
    if children and children[0].type == "text" and ARTICLE.fullmatch(children[0].content):
        children = children[1:]
    if children and children[0].type == "strong_open":
        end = next((index for index, child in enumerate(children) if child.type == "strong_close"), 0)
        inner = children[1:end]
        pieces = [_convert_child(child).add(Style.STRONG) for child in inner]
        text = to_text(pieces)
        literals = (text,) if len(inner) == 1 and is_code(inner[0]) else ()
        return Cell(text, place, literals, inline=to_inline_text(pieces))
    if children and is_code(children[0]):
        return Cell(children[0].content, place, (children[0].content,))
    return None


def is_code(token: Token) -> bool:
    """Return whether a token is a literal."""
    return token.type == "code_inline" or (token.type == "myst_role" and token.meta["name"] in _CODE_ROLES)


def parse_inline(text: str) -> Token:
    """Return the token of a text that has no blocks, such as a value in a data format."""
    return MarkdownIt("commonmark").parseInline(text)[0]


def make_cell(token: Token, place: Place) -> Cell:
    """Return the cell with a text at a place."""
    literals = tuple(child.content for child in token.children or () if is_code(child))
    pieces = tuple(convert_pieces(token))
    return Cell(to_text(pieces), place, literals, _extract_bare_text(token), to_inline_text(pieces))


def _extract_bare_text(token: Token) -> str:
    """Return the bare text of a cell; see `Cell`."""
    pieces: list[str] = []
    is_raised = False
    for child in token.children or ():
        tag = child.content.lower() if child.type == "html_inline" else ""
        if re.match(r"</?sup[\s>]", tag):
            is_raised = not tag.startswith("</")
        elif re.match(r"<br[\s/>]", tag):
            pieces.append("\n")
        elif not is_raised and not (child.type == "myst_role" and child.meta["name"] in ("sup", "superscript")):
            pieces.append(_convert_child(child).text)
    return "\n".join(filter(None, (" ".join(line.split()) for line in "".join(pieces).split("\n"))))


def convert_pieces(token: Token) -> Iterator[Piece]:
    """Yield the pieces of a token."""
    open_marks: list[tuple[Style, str]] = []
    for child in token.children or ():
        name, _, part = child.type.rpartition("_")
        style = _STYLES.get(name)
        if style is None:
            yield _add_marks(_convert_child(child), open_marks)
        elif part == "close":
            open_marks.pop()
        else:
            address = encode_address(str(child.attrGet("href") or ""))
            open_marks.append((style, address))
            if style is Style.LINK and not address:
                yield Piece("", lost="link")


def _add_marks(piece: Piece, marks: Sequence[tuple[Style, str]]) -> Piece:
    """Return the piece with the styles and addresses around it."""
    for style, address in marks:
        if style is not Style.LINK:
            piece = piece.add(style)
        elif address:
            piece = piece.link(address)
    return piece


def _convert_child(token: Token) -> Piece:
    """Return the piece of a token inside a paragraph, without the styles around it."""
    if is_code(token):
        return Piece(token.content, frozenset((Style.CODE,)))
    match token.type:
        case "text" | "text_special":
            return Piece(token.content)
        case "softbreak" | "hardbreak":
            return Piece(" ")
        case "html_inline":
            return _convert_tag(token.content)
        case "myst_role":
            return Piece(find_role_title(token.content), lost="role")
        case "footnote_ref":
            return Piece("", lost="footnote reference")
        case "image":
            return Piece("".join(piece.text for piece in convert_pieces(token)), lost="image")
    return Piece("")


def _convert_tag(tag: str) -> Piece:
    """Return the visible part of an HTML tag or comment; the text between two tags is a token of its own."""
    match = _TAG.fullmatch(tag)
    if match is None and _COMPONENT.fullmatch(tag):
        return Piece("", lost="component")
    if match is None:
        return Piece("" if tag.startswith("<!--") else tag)
    if match["name"].lower() == "br":
        return Piece(" ")
    if match["name"].lower() == "img":
        # As in Markdown, the alternative text stands for an image, such as a tick for "Yes".
        alternative = _ALTERNATIVE_TEXT.search(tag)
        return Piece(unescape("".join(filter(None, alternative.groups()))) if alternative else "", lost="image")
    return Piece("", lost="" if tag.startswith("</") else "HTML tag")
