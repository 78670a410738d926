"""Scheme pages in reStructuredText.

docutils parses them, and does nothing else: no transforms, no configuration files, no included files, no printed
messages. Only this module, `permissive` and `docutils_effort` know docutils.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from functools import cache, lru_cache
from typing import Final

from docutils import frontend, nodes, utils
from docutils.parsers.rst import Parser

from authscribe.findings.finding import Place
from authscribe.findings.rules.syntax_error import report_syntax_error
from authscribe.findings.rules.too_deep import report_too_deep
from authscribe.findings.rules.too_large import report_slow_markup
from authscribe.model.draft import Draft
from authscribe.model.markup import Style
from authscribe.model.wording import ENGLISH, Wording
from authscribe.readers.pages.docutils_effort import SlowMarkupError, make_inliner, remember_columns
from authscribe.readers.pages.inline import (
    NOTE,
    Piece,
    drop_notes,
    encode_address,
    join_paragraphs,
    to_inline_text,
    to_marked_text,
    to_text,
)
from authscribe.readers.pages.page_draft import draft_page
from authscribe.readers.pages.permissive import MARKER_DIRECTIVE, permit_unknown_names
from authscribe.readers.pages.sections import (
    MARKER,
    Block,
    BrokenTable,
    Cell,
    Marker,
    PageTable,
    Paragraph,
    Section,
    make_include,
    mark_list,
    mark_tab,
)
from authscribe.readers.pages.wording.columns import choose_header
from authscribe.readers.text import DEPTH_LIMIT, check_length

RST_LINE_LIMIT: Final = 12_000
"""Lines of a page in reStructuredText; docutils takes more than linear time in their number."""

SUBSTITUTION_LIMIT: Final = 200
"""Characters of the text of a substitution; a page can refer to it at every fourth character."""

_SETTINGS: Final = {
    "_disable_config": True,
    "doctitle_xform": False,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "halt_level": 5,
    "report_level": 5,
    "smart_quotes": False,
    "pep_references": False,
    "rfc_references": False,
}
_MARKER: Final = re.compile(
    rf"^(?P<before>[ \t]*(?:(?:[-+*]|\w+[.)]|#\.)[ \t]+)*\.\.[ \t]+){MARKER}(?P<text>.*)$",
    re.MULTILINE,
)
# docutils ends a line at these characters as well, and would count other lines than editors do.
_EXTRA_LINE_ENDS: Final = str.maketrans("\x85\u2028\u2029", "   ")
_TABLE_BEGIN: Final = re.compile(r"\.\.[ \t]+(\|.+\|[ \t]+)?(list-|csv-)?table::|\+[-+]+\+$|=[=\s]+=$", re.IGNORECASE)
_TABLE_ERROR: Final = re.compile(r"list-table|csv-table|malformed table|\"table\" directive", re.IGNORECASE)
_TABLE_ERROR_PREFIX: Final = re.compile(
    r"^(?:Error parsing content block for|Error with CSV data in)?\s*(?:the )?\"[\w-]+\" directive:?\s*"
)
_SKIPPED: Final = (nodes.section, nodes.literal_block, nodes.comment, nodes.footnote, nodes.citation)
"""Elements that are not content of the section around them."""
_ROWS_IN_A_FILE: Final = "File and URL access deactivated"
_PLAIN_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:[_.-][a-z0-9]+)*")
_CACHE_KEY: Final = "authscribe-pieces"
"""Attribute of a substitution's definition with its pieces."""
LITERAL_REACH: Final = 50
"""Lines within which the next literal of a paragraph is searched."""

_RAW: Final = (Piece(" ", lost="raw text"),)
"""Substitute for text in the language of an output, such as HTML."""


def read_rst(path: str, text: str, wording: Wording = ENGLISH) -> Draft:
    """Return the schemes of a page; never raises, and leaves docutils as it found it."""
    sections = parse_rst(path, text, wording)
    return sections if isinstance(sections, Draft) else draft_page(path, sections, wording)


@lru_cache(maxsize=2)
def parse_rst(path: str, text: str, wording: Wording = ENGLISH) -> tuple[Section, ...] | Draft:
    """Return the sections of a page, or a draft with the finding that tells why it cannot be read.

    `docs` reads a page before and after its change, each as a page and as a source: the last two are remembered.
    """
    too_long = check_length(path, text, lines=RST_LINE_LIMIT)
    if too_long is not None:
        return Draft(path, findings=(too_long,))
    return parse_rst_lines(path, text, wording, text.split("\n"), 0)


def parse_rst_lines(
    path: str, text: str, wording: Wording, lines: Sequence[str], offset: int
) -> tuple[Section, ...] | Draft:
    """Return the sections of a text that begins after `offset` of the lines of its page, as `parse_rst` does."""
    try:
        document = _parse_nodes(_replace_markers(text.translate(_EXTRA_LINE_ENDS)))
        if isinstance(document, str):
            return Draft(path, findings=(report_syntax_error(Place(path), "reStructuredText", document),))
        _move_nodes(document, offset)
        return (_RstConverter(path, lines, wording).convert_page(document),)
    except SlowMarkupError as error:
        line = error.line + offset
        return Draft(path, findings=(report_slow_markup(Place(path, line, 1, line, 2)),))
    except RecursionError:
        return Draft(path, findings=(report_too_deep(Place(path), limit=DEPTH_LIMIT),))


def _replace_markers(text: str) -> str:
    """Return the text with directives in place of marker comments: docutils tells the lines of a directive only.

    A marker within a literal block stays a part of that block.
    """
    return _MARKER.sub(lambda match: f"{match['before']}{MARKER_DIRECTIVE}:: {match['text']}", text)


def _parse_nodes(text: str) -> nodes.document | str:
    """Return the document, or a description of the failure: docutils raises undocumented errors on crafted pages."""
    settings = copy(_make_settings())
    settings.warning_stream = io.StringIO()
    document = utils.new_document("page", settings)
    with permit_unknown_names(), remember_columns():
        try:
            Parser(inliner=make_inliner()).parse(text, document)
        except (RecursionError, SlowMarkupError):
            raise
        except Exception as error:  # noqa: BLE001 - see above
            return f"docutils fails with {type(error).__name__}"
    return document


@cache
def _make_settings() -> frontend.Values:
    """Return the settings of each parse, which are copied: making them takes longer than parsing a short page."""
    settings = frontend.get_default_settings(Parser)
    for name, value in _SETTINGS.items():
        setattr(settings, name, value)
    return settings


def _move_nodes(document: nodes.document, offset: int) -> None:
    """Add an offset to all line numbers in a document."""
    for node in document.findall(nodes.Element) if offset else ():
        node.line = node.line + offset if node.line is not None else None
        for key in {"line", "end_line"} & node.attributes.keys():
            node[key] += offset


class _RstConverter:
    """Convert docutils nodes to sections, with the line and column of each piece of the text."""

    def __init__(self, path: str, lines: Sequence[str], wording: Wording) -> None:
        self.path = path
        self.wording = wording
        self.lines = lines
        self._tab_sets = 0

    def convert_page(self, document: nodes.document) -> Section:
        """Return the page as a section, titled by a field "title" at its top or by the directive `title`, if at all."""
        fields = _find_fields(document)
        if fields is not None:
            document.remove(fields)
        section = self.convert_section(document)
        title, line = str(document.get("title", "")), 1
        for name, body in _list_fields(fields) if fields is not None else ():
            if name.astext().lower() == "title":
                title, line = _extract_text(body), _get_line(name)
        return replace(section, title=Paragraph(title, title, self._locate_line(line))) if title else section

    def convert_section(self, node: nodes.Element) -> Section:
        """Return the section with its blocks and the sections in it."""
        title = next((child for child in node.children if isinstance(child, nodes.title)), None)
        return Section.from_content(
            self._convert_title(title) if title is not None else None,
            self._convert_blocks(node.children, is_item=False),
            map(self.convert_section, _find_sections(node)),
        )

    def _convert_blocks(self, children: Sequence[nodes.Node], *, is_item: bool) -> Iterator[Block | Marker]:
        tab_set = 0
        for before, child in zip((None, *children), children, strict=False):
            is_after_tab = isinstance(before, nodes.container) and bool(before.get("is_tab"))
            match child:
                case nodes.table():
                    yield self._convert_table(child)
                case nodes.paragraph() | nodes.rubric() | nodes.line_block():
                    yield self._convert_paragraph(child, is_item=is_item)
                case nodes.title() | nodes.raw() | nodes.term() | nodes.field_name():
                    yield from self._convert_extra(child)
                case nodes.definition_list_item() | nodes.field() if _find_defined_name(child) is not None:
                    yield from self._convert_definition_item(child)
                case nodes.system_message():
                    yield from self._convert_message(child)
                case nodes.comment() if "end_line" in child:
                    yield self._convert_marker(child)
                case nodes.container() if child.get("is_tab"):
                    # Tabs that directly follow each other are a set.
                    tab_set = tab_set if is_after_tab else self._number_tab_set()
                    yield from mark_tab(self._convert_blocks(child.children, is_item=is_item), tab_set)
                case nodes.Element() if not isinstance(child, _SKIPPED):
                    blocks = self._convert_blocks(child.children, is_item=is_item or isinstance(child, nodes.list_item))
                    yield from mark_list(blocks) if isinstance(child, nodes.Sequential) and not is_item else blocks

    def _convert_extra(self, node: nodes.Element) -> Iterator[Block]:
        """Yield the title of an admonition or of a definition as its label, an include, or the table in raw HTML."""
        if isinstance(node, nodes.title) and not isinstance(node.parent, nodes.section):
            yield replace(self._convert_title(node), is_title=True, is_label=True)
        elif isinstance(node, nodes.term | nodes.field_name):
            yield replace(self._convert_paragraph(node, is_item=False), is_title=True, is_label=True)
        elif node.get("is_include"):
            yield make_include(self._locate_line(_get_line(node)))
        elif isinstance(node, nodes.raw) and "<table" in node.rawsource.lower():
            # Imported here: most pages have no such tables.
            from authscribe.readers.pages.html_table import read_html_table

            yield read_html_table(node.rawsource, self._locate_line(_get_line(node)), self.wording)

    def _number_tab_set(self) -> int:
        self._tab_sets += 1
        return self._tab_sets

    def _convert_marker(self, node: nodes.comment) -> Marker:
        line, end_line = _get_line(node), int(node["end_line"])
        column = self.lines[line - 1].find("..") + 1
        end_column = len(self.lines[end_line - 1].rstrip()) + 1
        return Marker(node.astext(), Place(self.path, line, column, end_line, end_column))

    def _convert_title(self, node: nodes.Element) -> Paragraph:
        # docutils reports the line below the text of a section's title.
        line = max((node.line or 1) - 1, 1)
        pieces = _extract_pieces(node)
        return Paragraph(to_text(pieces), to_marked_text(pieces), self._locate_block(node, line))

    def _convert_paragraph(self, node: nodes.Element, *, is_item: bool) -> Paragraph:
        place = self._locate_block(node, _get_line(node))
        literals = tuple(self._locate_literals(node, place))
        first = node.children[0] if is_item and node.children else None
        term = None
        if isinstance(first, nodes.literal | nodes.strong):
            text = _extract_text(first)
            term = Cell(text, place, (text,) if isinstance(first, nodes.literal) else ())
        pieces = _extract_pieces(node)
        return Paragraph(
            to_text(pieces),
            to_marked_text(pieces),
            place,
            literals,
            is_item=is_item,
            is_part=is_item and _is_part(node),
            term=term,
            inline=to_inline_text(pieces),
        )

    def _convert_definition_item(self, node: nodes.definition_list_item | nodes.field) -> Iterator[Block | Marker]:
        """Yield an item of a definition or field list as that of a bulleted list: its term, a colon and its text."""
        body = node.children[-1]
        definition = body.children[0]
        if isinstance(definition, nodes.paragraph):
            yield self._convert_definition(node, definition)
        for block in self._convert_blocks(body.children[1:], is_item=True):
            yield replace(block, is_part=True) if isinstance(block, Paragraph) else block

    def _convert_definition(self, node: nodes.Element, definition: nodes.paragraph) -> Paragraph:
        """Return the term of an item and the first paragraph of its text as one paragraph."""
        literal = _find_defined_name(node)
        paragraph = self._convert_paragraph(definition, is_item=True)
        term = _extract_pieces(literal) if literal is not None else ()
        name = to_text(term)
        place = self._find_place(name, max(paragraph.place.line - 1, 1), 1) or paragraph.place
        remarks = "".join(f" ({_extract_text(item)})" for item in node.findall(nodes.classifier))
        is_code = isinstance(literal, nodes.literal)
        mark = "`" if is_code else ""
        return replace(
            paragraph,
            text=f"{name}{remarks}: {paragraph.text}",
            marked=f"{mark}{name}{mark}{remarks}: {paragraph.marked}",
            is_part=False,
            term=Cell(name, place, (name,) if is_code else ()),
            inline=to_inline_text((*term, Piece(f"{remarks}: "), *_extract_pieces(definition))),
        )

    def _locate_block(self, node: nodes.Element, line: int) -> Place:
        return self._find_place(node.rawsource, line, 1) or Place(self.path, line, 1, line, 2)

    def _locate_literals(self, node: nodes.Element, place: Place) -> Iterator[Cell]:
        """Yield the literals of a paragraph, each with its own place."""
        line, column = place.line, place.column
        for literal in _find_literals(node):
            text = literal.astext()
            places = (self._find_place(source, line, column, LITERAL_REACH) for source in (f"``{text}``", f"`{text}`"))
            literal_place = next(filter(None, places), None)
            if literal_place is not None:
                line, column = literal_place.line, literal_place.end_column
                yield Cell(text, literal_place)

    def _convert_table(self, node: nodes.table) -> PageTable:
        start = self._find_table_line(node)
        before = Place(self.path, start, 1, start, 1)
        header: list[tuple[Cell, ...]] = []
        rows: list[tuple[Cell, ...]] = []
        for row in _find_rows(node):
            cells: list[Cell] = []
            for entry in row.children:
                if isinstance(entry, nodes.entry):
                    cell = self._convert_cell(entry, before)
                    before = cell.place
                    cells.append(cell)
            (header if isinstance(row.parent, nodes.thead) else rows).append(tuple(cells))
        chosen = self._choose_header(header)
        caption = next((_extract_text(child) for child in node.children if isinstance(child, nodes.title)), "")
        return PageTable(chosen, tuple(rows), self._locate_line(start), caption, len(header))

    def _choose_header(self, rows: Sequence[tuple[Cell, ...]]) -> tuple[Cell, ...]:
        return rows[choose_header([[cell.text for cell in row] for row in rows], self.wording)] if rows else ()

    def _find_table_line(self, node: nodes.table) -> int:
        """Return the line of the table's directive or border: docutils gives that of a cell or of the last line."""
        first = next((_get_line(paragraph) for paragraph in node.findall(nodes.paragraph)), 0)
        line = min(max(node.line or first or 1, 1), len(self.lines))
        for number in range(line, 0, -1):
            text = self.lines[number - 1].strip()
            if _TABLE_BEGIN.match(text):
                above = self.lines[number - 2].strip() if number > 1 else ""
                if not re.match(r"\+[-+=]+\+$|\|.*\|$|=[=\s]+=$", above):
                    return number
        return line

    def _convert_cell(self, node: nodes.entry, before: Place) -> Cell:
        """Return a cell of a table; one without text is placed at the end of the cell before it."""
        children = [child for child in node.children if not isinstance(child, nodes.system_message)]
        paragraphs = [*_list_paragraphs(children)]
        text = "\n\n".join(filter(None, map(_extract_text, paragraphs)))
        if not text:
            return Cell(text, Place(self.path, before.end_line, before.end_column, before.end_line, before.end_column))
        literals = tuple(_extract_text(literal) for child in children for literal in _find_literals(child))
        bare = "\n".join(filter(None, map(str.strip, _convert_name(node).split("\n"))))
        inline = join_paragraphs(to_inline_text(_extract_pieces(paragraph)) for paragraph in paragraphs)
        first = next((block for child in children for block in child.findall(nodes.TextElement)), None)
        return Cell(text, before if first is None else self._locate_cell(first, before), literals, bare, inline)

    def _locate_cell(self, block: nodes.TextElement, before: Place) -> Place:
        # For a cell of a csv-table docutils gives line 1 instead; search on from the cell before.
        line = _get_line(block)
        if line >= before.end_line:
            column = before.end_column if line == before.end_line else 1
            place = self._find_place(block.rawsource, line, column, reach=1)
            if place is not None:
                return place
        place = self._find_place(block.rawsource, before.end_line, before.end_column, reach=500)
        return place or before

    def _convert_message(self, node: nodes.system_message) -> Iterator[BrokenTable]:
        """Yield a broken table if a message of docutils is about one."""
        message = node.children[0].astext() if node.children else ""
        if node["level"] >= 2 and _TABLE_ERROR.search(message):
            problem = " ".join(_TABLE_ERROR_PREFIX.sub("", message).split()).rstrip(".")
            if problem.startswith(_ROWS_IN_A_FILE):
                problem = "its rows are in another file, which is not read"
            line = min(max(int(node.get("line", 1)), 1), len(self.lines))
            yield BrokenTable(problem[:1].lower() + problem[1:], self._locate_line(line))

    def _locate_line(self, line: int) -> Place:
        """Return the place of a line from its first character that is not a blank."""
        text = self.lines[line - 1]
        return Place(self.path, line, len(text) - len(text.lstrip()) + 1, line, len(text) + 1)

    def _find_place(self, source: str, line: int, column: int, reach: int = 3) -> Place | None:
        """Return the first place of the source's first line at or after line and column, within `reach` lines."""
        sought = source.split("\n", 1)[0].strip()
        for number in range(line, min(line + reach, len(self.lines) + 1)):
            start = self.lines[number - 1].find(sought, column - 1 if number == line else 0)
            if start >= 0 and sought:
                return Place(self.path, number, start + 1, number, start + len(sought) + 1)
        return None


def _find_fields(document: nodes.document) -> nodes.field_list | None:
    """Return the fields that a page begins with: facts about it instead of its text."""
    children = (child for child in document.children if not isinstance(child, nodes.comment | nodes.target))
    first = next(children, None)
    return first if isinstance(first, nodes.field_list) else None


def _list_fields(fields: nodes.field_list) -> Iterator[tuple[nodes.Element, nodes.Element]]:
    """Yield the name and the body of each field."""
    for name in fields.findall(nodes.field_name):
        yield from ((name, body) for body in name.parent.children if isinstance(body, nodes.field_body))


def _find_sections(node: nodes.Element) -> Iterator[nodes.section]:
    """Yield the sections directly below an element, including those inside other elements."""
    for child in node.children:
        if isinstance(child, nodes.section):
            yield child
        elif isinstance(child, nodes.Element):
            yield from _find_sections(child)


def _find_rows(table: nodes.table) -> Iterator[nodes.row]:
    """Yield the rows of a table, without those of tables within its cells."""
    for group in table.children:
        for part in group.children if isinstance(group, nodes.tgroup) else ():
            if isinstance(part, nodes.thead | nodes.tbody):
                yield from (row for row in part.children if isinstance(row, nodes.row))


def _list_paragraphs(children: Iterable[nodes.Node]) -> Iterator[nodes.Node]:
    """Yield the nodes of a cell, with the items of lists in place of these."""
    for child in children:
        is_list = isinstance(child, nodes.bullet_list | nodes.enumerated_list)
        yield from _list_paragraphs(item for item in child.children) if is_list else (child,)


def _find_defined_name(item: nodes.Element) -> nodes.Node | None:
    """Return the literal, strong text or plain name that is a whole term or field name, if a paragraph defines it."""
    *_, definition = item.children
    terms = item.findall(nodes.term if isinstance(item, nodes.definition_list_item) else nodes.field_name)
    names = [child for term in terms for child in term.children if child.astext().strip()]
    is_marked = bool(names) and isinstance(names[0], nodes.literal | nodes.strong)
    is_plain = bool(names) and _PLAIN_NAME.fullmatch(names[0].astext()) is not None
    is_name = len(names) == 1 and (is_marked or is_plain or isinstance(item, nodes.field))
    return names[0] if is_name and isinstance(next(iter(definition.children), None), nodes.paragraph) else None


def _is_part(node: nodes.Element) -> bool:
    """Return whether a paragraph is in the item of a list without beginning an outermost one."""
    outer: list[nodes.Element] = []
    ancestor = node.parent
    while ancestor is not None:
        outer += (ancestor,) if isinstance(ancestor, nodes.list_item) else ()
        ancestor = ancestor.parent
    return len(outer) > 1 or any(item.children[0] is not node for item in outer)


def _get_line(node: nodes.Element) -> int:
    return node.line or 1


def _find_literals(node: nodes.Node) -> Iterator[nodes.Node]:
    return node.findall(lambda child: isinstance(child, nodes.literal | nodes.title_reference))


def _extract_text(node: nodes.Node) -> str:
    """Return the visible text of a node on one line, without messages of docutils."""
    return to_text(_extract_pieces(node))


def _extract_pieces(node: nodes.Node) -> tuple[Piece, ...]:
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


def _convert_name(node: nodes.Node) -> str:
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
            return "".join(map(_convert_name, node.children)) + "\n"
        case nodes.bullet_list() | nodes.enumerated_list():
            return "".join(map(_convert_name, node.children))
        case nodes.strong() | nodes.emphasis() | nodes.inline() | nodes.reference():
            return "".join(map(_convert_name, node.children))
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
