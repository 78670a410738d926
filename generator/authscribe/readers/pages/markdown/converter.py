"""Convert the tokens of markdown-it to sections, paragraphs and tables."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from authscribe.findings.finding import Place
from authscribe.findings.rules.too_deep import report_too_deep
from authscribe.model.draft import Draft
from authscribe.model.wording import Wording
from authscribe.readers.pages.inline import to_inline_text, to_marked_text, to_text
from authscribe.readers.pages.markdown.directives import (
    DIRECTIVE,
    OPTIONS,
    TABLE_DIRECTIVES,
    convert_table_directive,
    define_name,
    find_bracketed,
    read_options,
)
from authscribe.readers.pages.markdown.inline import convert_pieces, find_term, make_cell
from authscribe.readers.pages.markdown.tokens import (
    LABEL,
    find_end,
    find_tab,
    get_line,
    remove_alert,
    remove_attributes,
)
from authscribe.readers.pages.rst.page import parse_rst_lines
from authscribe.readers.pages.rst.permissive import (
    DEFINITION_DIRECTIVES,
    INCLUDE_DIRECTIVE,
    is_verbatim,
)
from authscribe.readers.pages.rst.places import LITERAL_REACH
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
from authscribe.readers.text import DEPTH_LIMIT, LineCounter, ParseError

_ATTRIBUTES: Final = re.compile(r"\{:[^{}\n]*\}")
# Snippets of PyMdown, and the tags of other preprocessors.
_INCLUDE: Final = re.compile(r"-+8<-+ +\S.*|\{%-?\s*include\S*\s.*%\}|\{!.*!\}")
_CONTENTS: Final = re.compile(r"\[\[_?toc_?\]\]|\[toc\]|\$\{toc\}", re.IGNORECASE)
"""Place of the table of contents."""
_MODULE: Final = re.compile(r"(?:(?:import|export)\b[^\n]*(?:\n|\Z))+")
"""Lines of JavaScript in MDX."""
_IMPORT: Final = re.compile(r"(?:import\b[^\n]*\bfrom\s+['\"][^'\"\n]+['\"];?\s*(?:\n|\Z))+")
"""Imports of components, which Docusaurus reads in any page."""
_LIST_DEPTHS: Final = {"list_item_open": 1, "list_item_close": -1, "dl_open": 1, "dl_close": -1}
_LISTS: Final = ("bullet_list_open", "ordered_list_open", "dl_open")
_AROUND_ROW: Final = re.compile(r"^[ \t>]*\|?|(?<!\\)\|[ \t]*$")
_PIPE: Final = re.compile(r"(?<!\\)\|")
_HTML: Final = re.compile(
    rf"<!--\s*{MARKER}(?P<marker>.*?)-->|<!--.*?(?:-->|\Z)"
    r"|(?P<table><table\b.*?(?:(?P<closed></table\s*>)|\Z))"
    r"|<(?:h(?P<level>[1-6])|summary)\b[^<>]*>(?P<title>.{0,1000}?)</(?:h[1-6]|summary)\s*>"
    r"|<[A-Z]\w*\s(?:[^<>]*\s)?(?:title|label)=(?P<quote>[\"'])(?P<label>[^\"'<>]*)(?P=quote)[^<>]*>",
    re.DOTALL,
)
"""Parts of HTML: a marker, a table, a title, or a component of MDX with a label."""
_ANY_TAG: Final = re.compile(r"<[^<>]*>")
_MDX_SUFFIX: Final = ".mdx"


@dataclass(slots=True)
class _OpenSection:
    """Section that is still being read: its level, and its content so far."""

    level: int
    title: Paragraph | None
    blocks: list[Block | Marker] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    def close(self) -> Section:
        return Section.from_content(self.title, self.blocks, self.sections)


class _TabRun(NamedTuple):
    """Set of tabs so far: its number, and the index of the token after its last tab."""

    number: int = 0
    end: int = -1


class MarkdownConverter:
    """Convert the tokens of markdown-it to sections, with the line and column of each piece of the text."""

    def __init__(self, path: str, text: str, wording: Wording) -> None:
        self.path = path
        self.wording = wording
        self.lines = text.split("\n")
        # The targets of links and footnotes, shared by the page and the texts inside its directives.
        self._references: dict[str, Any] = {}
        self._tab_sets = 0

    def convert_page(self, body: str) -> Section:
        """Return the page as one section without a title."""
        stack = [_OpenSection(0, None)]
        for block in self._convert_tokens(self._parse_tokens(body), 0):
            if isinstance(block, _OpenSection):
                _close_sections(stack, block.level)
                stack.append(block)
            else:
                stack[-1].blocks.append(block)
        _close_sections(stack, 1)
        return stack[0].close()

    def _parse_tokens(self, text: str) -> list[Token]:
        parser = MarkdownIt("commonmark").enable("table").use(colon_fence_plugin).use(myst_role_plugin)
        parser.use(deflist_plugin)
        # Footnotes keep their place instead of moving to the end of the page. An inline footnote, `^[...]`, is more
        # likely a regular expression.
        parser.use(footnote_plugin).disable(["footnote_tail", "footnote_inline"])
        return parser.parse(text, self._references)

    def _convert_tokens(
        self, tokens: Sequence[Token], offset: int, depth: int = 0
    ) -> Iterator[Block | Marker | _OpenSection]:
        """Yield paragraphs, tables, markers and the begin of each section.

        The text begins after line `offset`, within `depth` directives.
        """
        list_depth = 0
        position = 0
        tabs = _TabRun()
        while position < len(tokens):
            list_depth += _LIST_DEPTHS.get(tokens[position].type, 0)
            end = find_end(tokens, position)
            # The inline token of the first paragraph is the second one of an item.
            is_part = list_depth > 1 or (list_depth == 1 and tokens[position - 2].type != "list_item_open")
            blocks = self._convert_group(tokens[position:end], offset, depth, is_item=list_depth > 0, is_part=is_part)
            if list_depth == 1 and any(token.type in _LISTS for token in tokens[max(position - 3, 0) : position]):
                blocks = mark_list(blocks)
            start = find_tab(tokens, position, tabs.end)
            if start is not None:
                tabs = self._continue_tabs(tabs, start, end)
                blocks = mark_tab(blocks, tabs.number)
            yield from blocks
            position = end

    def _convert_group(
        self, tokens: Sequence[Token], offset: int, depth: int, *, is_item: bool, is_part: bool
    ) -> Iterator[Block | Marker | _OpenSection]:
        """Yield the content of the tokens up to `find_end`."""
        token = tokens[0]
        line = get_line(token, offset)
        match token.type:
            case "dt_open" if len(tokens) > 1:
                yield self._convert_definition(tokens[1], tokens[5], offset)
            case "heading_open":
                title = self._convert_paragraph(remove_attributes(tokens[1]), line)
                yield _OpenSection(int(token.tag[1:]), title)
            case "inline" if len(tokens) > 1:
                label = LABEL.fullmatch(token.content)
                yield from self._convert_label(label["label"] if label is not None else "", line)
                yield from self._convert_inner(tokens[-1].content, get_line(tokens[-1], offset) - 1, depth)
            case "inline" if _INCLUDE.fullmatch(token.content):
                yield make_include(self._find_place(token.content, line, 1))
            case "inline" if not self._is_hidden(token.content):
                paragraph = self._convert_paragraph(remove_alert(token), line, is_item=is_item)
                yield replace(paragraph, is_part=is_part)
            case "table_open":
                yield self._convert_table(tokens, line, offset)
            case "fence" | "colon_fence":
                yield from self._convert_fence(token, line, depth)
            case "html_block":
                yield from self._convert_html(token, line)

    def _is_hidden(self, content: str) -> bool:
        """Return whether a paragraph is no text of the page, but attributes, a module, or the place of the contents."""
        is_module = self.path.lower().endswith(_MDX_SUFFIX) and _MODULE.fullmatch(content) is not None
        return is_module or any(pattern.fullmatch(content) for pattern in (_ATTRIBUTES, _CONTENTS, _IMPORT))

    def _continue_tabs(self, tabs: _TabRun, start: int, end: int) -> _TabRun:
        """Return the set of a tab that takes up some tokens: that of the tab directly before it, or a new one."""
        is_next = start == tabs.end
        self._tab_sets += not is_next
        return _TabRun(tabs.number if is_next else self._tab_sets, end)

    def _convert_fence(self, token: Token, line: int, depth: int) -> Iterator[Block | Marker | _OpenSection]:
        """Yield the content of a MyST directive: a table in the syntax of docutils, or any Markdown, but no code."""
        directive = DIRECTIVE.fullmatch(token.info.strip())
        name = directive["name"] if directive is not None else ""
        if directive is not None and name in TABLE_DIRECTIVES:
            place = Place(self.path, line, 1, line, len(self.lines[line - 1]) + 1)
            yield from convert_table_directive(name, directive["argument"], token.content, place, self.wording)
        elif name == INCLUDE_DIRECTIVE:
            yield make_include(self._find_place(self.lines[line - 1], line, 1))
        elif name == "eval-rst":
            yield from self._convert_rst(token.content, line)
        elif not is_verbatim(name) and (name or token.type == "colon_fence"):
            match = OPTIONS.match(token.content) if name else None
            options = match[0] if match is not None else ""
            body = token.content[len(options) :]
            label = (directive["argument"] if directive is not None else find_bracketed(token.info)).strip()
            item = define_name(label, dict(read_options(match)), body) if name in DEFINITION_DIRECTIVES else ""
            if item:
                above = options.count("\n") + len(body) - len(body.lstrip("\n"))
                yield from self._convert_name(label, item, line, line + above - 1, depth)
            else:
                yield from self._convert_label(label, line)
                yield from self._convert_inner("\n" * options.count("\n") + body, line, depth)

    def _convert_name(
        self, name: str, item: str, line: int, offset: int, depth: int
    ) -> Iterator[Block | Marker | _OpenSection]:
        """Yield the item of a definition list that a directive at `line` stands for, with the place of its name."""
        for block in self._convert_inner(item, offset, depth):
            if isinstance(block, Paragraph) and block.begins_list and block.term is not None:
                place = self._find_place(name, line, 1)
                # Such directives that follow each other are like the items of one list.
                yield replace(block, place=place, term=replace(block.term, place=place), begins_list=False)
            else:
                yield block

    def _convert_inner(self, text: str, offset: int, depth: int) -> Iterator[Block | Marker | _OpenSection]:
        """Yield the content of a directive, which begins after line `offset`."""
        # Each level is parsed once more with all that is in it, so that deep nesting takes quadratic time.
        if depth == DEPTH_LIMIT:
            place = Place(self.path, offset, 1, offset, len(self.lines[offset - 1]) + 1)
            raise ParseError(report_too_deep(place, limit=DEPTH_LIMIT))
        yield from self._convert_tokens(self._parse_tokens(text), offset, depth + 1)

    def _convert_label(self, text: str | None, line: int) -> Iterator[Paragraph]:
        """Yield the label of an admonition, of a tab or of a block that can be opened, if it has one."""
        label = " ".join((text or "").split())
        if label:
            yield Paragraph(label, label, self._find_place(label, line, 1), is_title=True, is_label=True)

    def _convert_html(self, token: Token, line: int) -> Iterator[Block | Marker | _OpenSection]:
        """Yield the markers, titles, labels and tables of a block of HTML."""
        lines = LineCounter(token.content)
        for match in _HTML.finditer(token.content):
            first = line + lines.locate(match.start())[0] - 1
            title = " ".join(html.unescape(_ANY_TAG.sub(" ", match["title"] or "")).split())
            if match["marker"] is not None:
                yield self._locate_marker(match["marker"], first, first + match[0].count("\n"))
            elif match["table"] is not None:
                yield self._convert_html_table(match, first)
            elif match["level"] is not None and title:
                yield _OpenSection(int(match["level"]), Paragraph(title, title, self._find_place(title, first, 1)))
            elif match["level"] is None:
                yield from self._convert_label(html.unescape(match["label"] or "") or title, first)

    def _convert_html_table(self, match: re.Match[str], line: int) -> PageTable | BrokenTable:
        place = Place(self.path, line, 1, line, len(self.lines[line - 1]) + 1)
        # Imported here: most pages have no such tables.
        from authscribe.readers.pages.html_table import HTML_REPAIR, read_html_table

        if not match["closed"]:
            return BrokenTable("its HTML has empty lines, or does not end", place, HTML_REPAIR)
        return read_html_table(match["table"], place, self.wording)

    def _locate_marker(self, text: str, first: int, last: int) -> Marker:
        column = self.lines[first - 1].find("<!--") + 1
        end = self.lines[last - 1].find("-->") + len("-->") + 1
        return Marker(" ".join(text.split()), Place(self.path, first, column, last, end))

    def _convert_rst(self, content: str, line: int) -> Iterator[Block | Marker]:
        """Yield the content of an `eval-rst` directive, which begins after line `line`."""
        # After an empty line, for the cells of a csv-table, which docutils places in the first line.
        sections = parse_rst_lines(self.path, f"\n{content}", self.wording, self.lines, line - 1)
        if isinstance(sections, Draft):
            raise ParseError(sections.findings[0])
        yield from _list_content(sections)

    def _convert_table(self, tokens: Sequence[Token], line: int, offset: int) -> PageTable:
        rows: list[list[Cell]] = []
        before = Place(self.path, line, 1, line, 1)
        for index, token in enumerate(tokens):
            match token.type:
                case "tr_open" if _ATTRIBUTES.fullmatch(self.lines[get_line(token, offset) - 1].strip()):
                    # A line of attributes after the table, which CommonMark takes for a row.
                    break
                case "tr_open":
                    row_line = get_line(token, offset)
                    before = Place(self.path, row_line, 1, row_line, 1)
                    rows.append([])
                case "th_open" | "td_open":
                    cell = self._convert_cell(tokens[index + 1], before.line, before.end_column)
                    before = cell.place
                    rows[-1].append(cell)
                case "tr_close" if len(rows) > 1:
                    rows[-1] += self._find_excess_cells(len(rows[0]), before)
        first_line = self.lines[line - 1]
        start = len(first_line) - len(first_line.lstrip()) + 1
        header, *body = map(tuple, rows)
        return PageTable(header, tuple(body), Place(self.path, line, start, line, len(first_line) + 1))

    def _find_excess_cells(self, columns: int, last: Place) -> Iterator[Cell]:
        """Yield the cells of a row after its last column, which are not shown.

        They come from a pipe within a literal, for instance: in a table it ends the cell there too.
        """
        row = _AROUND_ROW.sub("", self.lines[last.line - 1])
        for text in filter(str.strip, _PIPE.split(row)[columns:]):
            yield Cell(" ".join(text.split()), self._find_place(text, last.line, last.end_column))

    def _convert_cell(self, token: Token, line: int, column: int) -> Cell:
        return make_cell(token, self._find_place(token.content, line, column))

    def _convert_paragraph(self, token: Token, line: int, *, is_item: bool = False) -> Paragraph:
        place = self._find_place(token.content.split("\n", 1)[0], line, 1)
        literals = tuple(self._locate_literals(token, line))
        term = find_term(token, place) if is_item else None
        pieces = tuple(convert_pieces(token))
        return Paragraph(
            to_text(pieces),
            to_marked_text(pieces),
            place,
            literals,
            is_item=is_item,
            term=term,
            inline=to_inline_text(pieces),
        )

    def _convert_definition(self, term: Token, definition: Token, offset: int) -> Paragraph:
        """Return an item of a definition list as that of a bulleted list: its term, a colon and its text."""
        name = self._convert_paragraph(term, get_line(term, offset), is_item=True)
        text = self._convert_paragraph(definition, get_line(definition, offset), is_item=True)
        return replace(
            name,
            text=f"{name.text}: {text.text}",
            marked=f"{name.marked}: {text.marked}",
            literals=name.literals + text.literals,
            inline=name.inline.append(": ", text.inline),
        )

    def _locate_literals(self, token: Token, line: int) -> Iterator[Cell]:
        """Yield the code spans of a paragraph, each with its own place."""
        column = 1
        for child in token.children or ():
            source = f"{child.markup}{child.content}{child.markup}"
            place = self._find_literal(source, line, column) if child.type == "code_inline" else None
            if place is not None:
                line, column = place.line, place.end_column
                yield Cell(child.content, place)

    def _find_literal(self, source: str, line: int, column: int) -> Place | None:
        for number in range(line, min(line + LITERAL_REACH, len(self.lines) + 1)):
            start = self.lines[number - 1].find(source, column - 1 if number == line else 0)
            if start >= 0:
                return Place(self.path, number, start + 1, number, start + len(source) + 1)
        return None

    def _find_place(self, source: str, line: int, column: int) -> Place:
        """Return the place of a text in a line, at or after a column; an empty one at the column if it is not there."""
        # What a directive stands for may go on after the last line of the page, in which the directive is not closed.
        line = min(line, len(self.lines))
        # In a table the pipes of a cell are escaped in the page, but not in its token.
        for sought in (source.strip(), source.strip().replace("|", "\\|")):
            start = self.lines[line - 1].find(sought, column - 1) if sought else -1
            if start >= 0:
                return Place(self.path, line, start + 1, line, start + len(sought) + 1)
        return Place(self.path, line, column, line, column)


def _list_content(sections: Iterable[Section]) -> Iterator[Block | Marker]:
    """Yield the blocks and markers of sections, and those of the sections in each."""
    for section in sections:
        yield from (*section.blocks, *section.markers)
        yield from _list_content(section.sections)


def _close_sections(stack: list[_OpenSection], level: int) -> None:
    """Close the open sections at `level` and deeper, each into the one around it."""
    while stack[-1].level >= level:
        section = stack.pop().close()
        stack[-1].sections.append(section)
