"""Convert the inline markup of docutils nodes to pieces of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from docutils import nodes

from authscribe.model.markup import Style
from authscribe.readers.pages.inline import (
    NOTE,
    Piece,
    drop_notes,
    encode_address,
    to_text,
)

SUBSTITUTION_LIMIT: Final = 200
"""Characters of the text of a substitution; a page can refer to it at every fourth character."""
_CACHE_KEY: Final = "authscribe-pieces"
"""Attribute of a substitution's definition with its pieces."""
_RAW: Final = (Piece(" ", lost="raw text"),)
"""Substitute for text in the language of an output, such as HTML."""


def find_literals(node: nodes.Node) -> Iterator[nodes.Node]:
    """Return the literals in a node, with one backtick or two at each end."""
    return node.findall(lambda child: isinstance(child, nodes.literal | nodes.title_reference))


def extract_text(node: nodes.Node) -> str:
    """Return the visible text of a node on one line, without messages of docutils."""
    return to_text(extract_pieces(node))


def extract_pieces(node: nodes.Node) -> tuple[Piece, ...]:
    """Return the pieces of a node, without references to notes and the blank that the syntax wants before each."""
    return drop_notes(_convert_pieces(node))


def _convert_pieces(node: nodes.Node) -> Iterator[Piece]:
    """Yield the pieces of a node; a reference to a note is `NOTE`."""
    match node:
        case nodes.Text():
            yield Piece(str(node.astext()))
        case nodes.system_message() | nodes.comment():
            return
        case nodes.footnote_reference():
            yield Piece(NOTE, lost="footnote reference")
        case nodes.citation_reference():
            # Unlike that of a note, its label is a word of the sentence.
            yield Piece(f"[{node.astext()}]", lost="citation")
        case nodes.image():
            yield Piece(str(node.get("alt", "")), lost="image")
        case nodes.substitution_reference():
            yield from _substitute(node)
        case nodes.paragraph() | nodes.list_item() | nodes.line() | nodes.term() | nodes.field_name():
            yield from (*_convert_children(node), Piece(" "))
        case nodes.Element():
            yield from _convert_markup(node)


def _convert_markup(node: nodes.Element) -> Iterator[Piece]:
    """Yield the pieces of inline markup with text in it."""
    match node:
        case nodes.literal() | nodes.title_reference():
            yield Piece(node.astext(), frozenset((Style.CODE,)))
        case nodes.emphasis():
            yield from (piece.add(Style.EMPHASIS) for piece in _convert_children(node))
        case nodes.strong():
            yield from (piece.add(Style.STRONG) for piece in _convert_children(node))
        case nodes.reference():
            yield from _convert_reference(node)
        case nodes.inline() | nodes.subscript() | nodes.superscript() | nodes.math():
            yield from (Piece("", lost="role"), *_convert_children(node))
        case _:
            yield from _convert_children(node)


def _convert_children(node: nodes.Element) -> Iterator[Piece]:
    for child in node.children:
        yield from _convert_pieces(child)


def _convert_reference(node: nodes.reference) -> Iterator[Piece]:
    address = encode_address(_find_address(node))
    if not address:
        yield Piece("", lost="link")
    yield from (piece.link(address) if address else piece for piece in _convert_children(node))


def _find_address(node: nodes.reference) -> str:
    """Return the address of a link, which can be defined elsewhere in the page; empty if it is not there."""
    address, name = node.get("refuri"), node.get("refname")
    if address or not name or node.document is None:
        return str(address or "")
    addresses = vars(node.document).get("authscribe_addresses")
    if addresses is None:
        targets = [target for target in node.document.findall(nodes.target) if "refuri" in target]
        addresses = {spelt: target["refuri"] for target in targets for spelt in target["names"]}
        vars(node.document)["authscribe_addresses"] = addresses
    return str(addresses.get(name, ""))


def convert_name(node: nodes.Node) -> str:
    """Return the bare text of a cell; see `Cell`."""
    match node:
        case nodes.superscript() | nodes.footnote_reference() | nodes.system_message() | nodes.comment():
            return ""
        case nodes.substitution_reference():
            name = str(node.astext())
            pieces = _substitute(node)
            if pieces is _RAW:
                # Raw text is mostly a line break.
                return "\n"
            text = "".join(piece.text for piece in pieces)
            return text if text not in ("", name) else f"|{name}|"
        case nodes.entry() | nodes.paragraph() | nodes.line() | nodes.line_block() | nodes.list_item():
            return "".join(map(convert_name, node.children)) + "\n"
        case nodes.bullet_list() | nodes.enumerated_list():
            return "".join(map(convert_name, node.children))
        case nodes.strong() | nodes.emphasis() | nodes.inline() | nodes.reference():
            return "".join(map(convert_name, node.children))
    return "".join(piece.text for piece in _convert_pieces(node)).replace("\n", " ")


def _substitute(node: nodes.substitution_reference) -> tuple[Piece, ...]:
    """Return what the page defines for a substitution, or its name if that is long or not there.

    Each definition is converted once, however many references there are.
    """
    name = str(node.astext())
    undefined = (Piece(name, lost="substitution"),)
    document = node.document
    if document is None:
        return undefined
    spelt = document.substitution_names.get(nodes.fully_normalize_name(name), name)
    definition = document.substitution_defs.get(name, document.substitution_defs.get(spelt))
    if definition is None:
        return undefined
    if isinstance(definition.next_node(), nodes.raw):
        return _RAW
    if _CACHE_KEY not in definition:
        definition[_CACHE_KEY] = _convert_definition(definition)
    pieces: tuple[Piece, ...] = definition[_CACHE_KEY]
    return pieces or undefined


def _convert_definition(definition: nodes.substitution_definition) -> tuple[Piece, ...]:
    """Return the pieces of a definition; none if it refers to other substitutions or exceeds `SUBSTITUTION_LIMIT`."""
    # Definitions that refer to each other could make a short page very long.
    if definition.next_node(nodes.substitution_reference) is not None:
        return ()
    pieces = tuple(_convert_children(definition))
    length = sum(len(piece.text) for piece in pieces)
    return pieces if 0 < length <= SUBSTITUTION_LIMIT else ()
