"""Convert docutils nodes to sections, paragraphs and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from docutils import nodes

from authscribe.findings.finding import Place
from authscribe.model.wording import Wording
from authscribe.readers.pages.header_rows import SpanningCell, expand_rows, find_headings
from authscribe.readers.pages.inline import (
    Piece,
    join_paragraphs,
    to_inline_text,
    to_marked_text,
    to_text,
)
from authscribe.readers.pages.names import is_credential_label
from authscribe.readers.pages.rst.inline import convert_name, extract_pieces, extract_text, find_literals
from authscribe.readers.pages.rst.places import PageLines, get_line
from authscribe.readers.pages.sections import (
    ARTICLE,
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

_TABLE_ERROR: Final = re.compile(r"list-table|csv-table|malformed table|\"table\" directive", re.IGNORECASE)
_TABLE_ERROR_PREFIX: Final = re.compile(
    r"^(?:Error parsing content block for|Error with CSV data in)?\s*(?:the )?\"[\w-]+\" directive:?\s*"
)
_SKIPPED: Final = (nodes.section, nodes.literal_block, nodes.comment, nodes.footnote, nodes.citation)
"""Elements that are not content of the section around them."""
_ROWS_IN_A_FILE: Final = "File and URL access deactivated"
_FUNCTION_FIELD: Final = re.compile(
    r"(?:param(?:eter)?|arg(?:ument)?|key(?:word)?|kwarg|type|raises?|except(?:ion)?|[ic]?var|vartype)\s.+|returns?|rtype"
)
"""Name of a field in the description of a function, such as "param key", as in Sphinx."""
_REMARK: Final = re.compile(r"\s*\([^()]*\)$")
_USE: Final = re.compile(r"\((?:[^()]+, )?(?:optional|required)\)$", re.IGNORECASE)
_PLAIN_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:[_.-][a-z0-9]+)*")


class RstConverter:
    """Convert docutils nodes to sections, with the line and column of each piece of the text."""

    def __init__(self, path: str, lines: Sequence[str], wording: Wording) -> None:
        self.places = PageLines(path, lines)
        self.wording = wording
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
                title, line = extract_text(body), get_line(name)
        return replace(section, title=Paragraph(title, title, self.places.locate_line(line))) if title else section

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
                case nodes.Element() if not isinstance(child, _SKIPPED) and not _describes_function(child):
                    blocks = self._convert_blocks(child.children, is_item=is_item or isinstance(child, nodes.list_item))
                    yield from mark_list(blocks) if isinstance(child, nodes.Sequential) and not is_item else blocks

    def _convert_extra(self, node: nodes.Element) -> Iterator[Block]:
        """Yield the title of an admonition or of a definition as its label, an include, or the table in raw HTML."""
        if isinstance(node, nodes.title) and not isinstance(node.parent, nodes.section):
            yield replace(self._convert_title(node), is_title=True, is_label=True)
        elif isinstance(node, nodes.term | nodes.field_name):
            yield replace(self._convert_paragraph(node, is_item=False), is_title=True, is_label=True)
        elif node.get("is_include"):
            yield make_include(self.places.locate_line(get_line(node)))
        elif isinstance(node, nodes.raw) and "<table" in node.rawsource.lower():
            # Imported here: most pages have no such tables.
            from authscribe.readers.pages.html_table import read_html_table

            yield read_html_table(node.rawsource, self.places.locate_line(get_line(node)), self.wording)

    def _number_tab_set(self) -> int:
        self._tab_sets += 1
        return self._tab_sets

    def _convert_marker(self, node: nodes.comment) -> Marker:
        return Marker(node.astext(), self.places.locate_marker(get_line(node), int(node["end_line"])))

    def _convert_title(self, node: nodes.Element) -> Paragraph:
        # docutils reports the line below the text of a section's title.
        line = max((node.line or 1) - 1, 1)
        pieces = extract_pieces(node)
        return Paragraph(to_text(pieces), to_marked_text(pieces), self.places.locate_block(node, line))

    def _convert_paragraph(self, node: nodes.Element, *, is_item: bool) -> Paragraph:
        place = self.places.locate_block(node, get_line(node))
        literals = tuple(self.places.locate_literals(node, place))
        children = node.children if is_item else []
        has_article = len(children) > 1 and ARTICLE.fullmatch(children[0].astext()) is not None
        first = children[has_article] if children else None
        term = None
        if isinstance(first, nodes.literal | nodes.strong):
            text = extract_text(first)
            term = Cell(text, place, (text,) if isinstance(first, nodes.literal) else ())
        pieces = extract_pieces(node)
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
        first, *others = node.children[-1].children
        # A term can be defined by nothing but a list.
        has_text = isinstance(first, nodes.paragraph)
        paragraph = first if isinstance(first, nodes.paragraph) else nodes.paragraph()
        paragraph.line = first.line
        yield self._convert_definition(node, paragraph)
        for block in self._convert_blocks(others if has_text else (first, *others), is_item=True):
            yield replace(block, is_part=True) if isinstance(block, Paragraph) else block

    def _convert_definition(self, node: nodes.Element, definition: nodes.paragraph) -> Paragraph:
        """Return the term of an item and the first paragraph of its text as one paragraph."""
        literal = _find_defined_name(node)
        paragraph = self._convert_paragraph(definition, is_item=True)
        term = extract_pieces(literal) if literal is not None else ()
        name = to_text(term)
        place = self.places.find_place(name, max(paragraph.place.line - 1, 1), 1) or paragraph.place
        classifiers = "".join(f" ({extract_text(item)})" for item in node.findall(nodes.classifier))
        remarks = f"{_find_term_remark(literal)}{classifiers}"
        is_code = isinstance(literal, nodes.literal)
        mark = "`" if is_code else ""
        bare = name if is_code else _REMARK.sub("", name)
        link = f"{remarks}: " if paragraph.text else remarks
        return replace(
            paragraph,
            text=f"{name}{link}{paragraph.text}",
            marked=f"{mark}{name}{mark}{link}{paragraph.marked}",
            is_part=False,
            term=Cell(bare, place, (name,) if is_code else ()),
            inline=to_inline_text((*term, Piece(link), *extract_pieces(definition))),
        )

    def _convert_table(self, node: nodes.table) -> PageTable:
        start = self.places.find_table_line(node)
        before = Place(self.places.path, start, 1, start, 1)
        header: list[list[SpanningCell]] = []
        body: list[list[SpanningCell]] = []
        for row in _find_rows(node):
            cells: list[SpanningCell] = []
            for entry in row.children:
                if isinstance(entry, nodes.entry):
                    cell = self._convert_cell(entry, before)
                    before = cell.place
                    cells.append(SpanningCell(cell, 1 + entry.get("morecols", 0), 1 + entry.get("morerows", 0)))
            (header if isinstance(row.parent, nodes.thead) else body).append(cells)
        headings = [*expand_rows(header, is_header=True)]
        rows = tuple(expand_rows(body, is_header=False))
        caption = next((extract_text(child) for child in node.children if isinstance(child, nodes.title)), "")
        return PageTable(find_headings(headings, self.wording), rows, self.places.locate_line(start), caption)

    def _convert_cell(self, node: nodes.entry, before: Place) -> Cell:
        """Return a cell of a table; one without text is placed at the end of the cell before it."""
        children = [child for child in node.children if not isinstance(child, nodes.system_message)]
        paragraphs = [*_list_paragraphs(children)]
        text = "\n\n".join(filter(None, map(extract_text, paragraphs)))
        if not text:
            return Cell(text, before._replace(line=before.end_line, column=before.end_column))
        literals = tuple(extract_text(literal) for child in children for literal in find_literals(child))
        bare = "\n".join(filter(None, map(str.strip, convert_name(node).split("\n"))))
        inline = join_paragraphs(to_inline_text(extract_pieces(paragraph)) for paragraph in paragraphs)
        first = next((block for child in children for block in child.findall(nodes.TextElement)), None)
        return Cell(text, before if first is None else self.places.locate_cell(first, before), literals, bare, inline)

    def _convert_message(self, node: nodes.system_message) -> Iterator[BrokenTable]:
        """Yield a broken table if a message of docutils is about one."""
        message = node.children[0].astext() if node.children else ""
        if node["level"] >= 2 and _TABLE_ERROR.search(message):
            problem = " ".join(_TABLE_ERROR_PREFIX.sub("", message).split()).rstrip(".")
            if problem.startswith(_ROWS_IN_A_FILE):
                problem = "its rows are in another file, which is not read"
            place = self.places.locate_line(int(node.get("line", 1)))
            yield BrokenTable(problem[:1].lower() + problem[1:], place)


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
    """Return the literal, strong text or plain name that is a whole term or field name, if a paragraph defines it.

    In a list of settings, a bulleted list can define it as well.
    """
    *_, definition = item.children
    terms = item.findall(nodes.term if isinstance(item, nodes.definition_list_item) else nodes.field_name)
    names = [child for term in terms for child in term.children if child.astext().strip()]
    is_marked = bool(names) and isinstance(names[0], nodes.literal | nodes.strong)
    is_plain = bool(names) and (_PLAIN_NAME.fullmatch(names[0].astext()) is not None or _lists_settings(item.parent))
    is_alone = len(names) == 1 or (is_marked and _find_term_remark(names[0]) != "" and names[2:] == [])
    is_name = is_alone and (is_marked or is_plain or isinstance(item, nodes.field))
    first = next(iter(definition.children), None)
    is_defined = isinstance(first, nodes.paragraph) or (
        isinstance(first, nodes.bullet_list) and _lists_settings(item.parent)
    )
    return names[0] if is_name and is_defined else None


def _find_term_remark(name: nodes.Node | None) -> str:
    """Return the remark in parentheses behind a marked name in a term, as in "``zone`` (optional)"; empty without."""
    after = name.next_node(nodes.Text, descend=False, siblings=True) if name is not None else None
    return after.astext().rstrip() if after is not None and _REMARK.fullmatch(after.astext().rstrip()) else ""


def _lists_settings(node: nodes.Element) -> bool:
    """Return whether a term of a definition list has a remark about the use or is the label of a credential.

    Such are "Login (optional)" and "Client Secret".
    """
    # Asked for each term: without the attribute, long lists would take quadratic time.
    if "lists_settings" not in node:
        terms = (child for item in node.children for child in item.children if isinstance(child, nodes.term))
        texts = (term.astext() for term in terms)
        node["lists_settings"] = any(_USE.search(text) or is_credential_label(text) for text in texts)
    return bool(node["lists_settings"])


def _describes_function(node: nodes.Element) -> bool:
    """Return whether an element is a list of fields about the parameters or the result of a function."""
    names = (field.children[0].astext() for field in node.children if isinstance(field, nodes.field))
    return any(map(_FUNCTION_FIELD.fullmatch, names))


def _is_part(node: nodes.Element) -> bool:
    """Return whether a paragraph is in the item of a list without beginning an outermost one."""
    outer: list[nodes.Element] = []
    ancestor = node.parent
    while ancestor is not None:
        outer += (ancestor,) if isinstance(ancestor, nodes.list_item) else ()
        ancestor = ancestor.parent
    return len(outer) > 1 or any(item.children[0] is not node for item in outer)
