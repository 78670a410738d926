"""Scheme pages in Markdown: CommonMark with tables of GitHub, and MyST. The only module that knows markdown-it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from authscribe.findings.finding import Place
from authscribe.model.draft import Draft
from authscribe.readers.pages.permissive import VERBATIM_DIRECTIVES, find_role_title
from authscribe.readers.pages.rst import parse_rst
from authscribe.readers.pages.scheme_tables import draft_page
from authscribe.readers.pages.sections import Block, BrokenTable, Cell, Marker, PageTable, Paragraph, Section
from authscribe.readers.text import check_length

MARKDOWN_LINE_LIMIT: Final = 50_000
"""Lines of a page in Markdown."""

_FRONT_MATTER: Final = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)(?=\n|\Z)", re.DOTALL)
_DIRECTIVE: Final = re.compile(r"\{(?P<name>[\w:-]+)\}(?P<argument>.*)")
_TABLES: Final = ("list-table", "csv-table")
_OPTIONS: Final = re.compile(r"\A(?:---\n(?P<yaml>.*?)\n---[ \t]*|(?P<fields>(?:[ \t]*:[\w-]+:[^\n]*\n)*))", re.DOTALL)
_HEADING_ATTRIBUTES: Final = re.compile(r"(?<!\\)\{:?[ \t]*[#.][^{}]*\}[ \t]*\Z")
# Tags of HTML itself within a line: another one, such as <your-token>, is meant to be read.
_TAG: Final = re.compile(
    r"</?(?P<name>a|abbr|b|br|code|del|em|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|u|var)(?=[\s/>]).*>",
    re.IGNORECASE | re.DOTALL,
)
_CODE_ROLES: Final = ("code", "literal")
_AROUND_ROW: Final = re.compile(r"^[ \t>]*\|?|(?<!\\)\|[ \t]*$")
_PIPE: Final = re.compile(r"(?<!\\)\|")
_MARKER: Final = re.compile(r"<!--\s*authscribe:(?P<text>(?:begin|end)\b.*?)-->", re.DOTALL)


def read_markdown(path: str, text: str) -> Draft:
    """The schemes of a page; never raises."""
    found = parse_markdown(path, text)
    return found if isinstance(found, Draft) else draft_page(path, found)


def parse_markdown(path: str, text: str) -> tuple[Section, ...] | Draft:
    """The sections of a page, or a draft with the finding that says why there are none."""
    refused = check_length(path, text, lines=MARKDOWN_LINE_LIMIT)
    if refused is not None:
        return Draft(path, findings=(refused,))
    body = _FRONT_MATTER.sub(lambda match: "\n" * match[0].count("\n"), text)
    return (_MarkdownConverter(path, text).page(body),)


def _parsed(text: str, known: dict[str, Any]) -> list[Token]:
    """The tokens of a text; `known` has what links and footnotes refer to, of this text and of those before it."""
    parser = MarkdownIt("commonmark").enable("table").use(colon_fence_plugin)
    # Footnotes stay where they stand instead of moving to the end. One within a line is rather a regular expression.
    parser.use(myst_role_plugin).use(footnote_plugin).disable(["footnote_tail", "footnote_inline"])
    return parser.parse(text, known)


@dataclass(slots=True)
class _OpenSection:
    """A section that is being read: its level, and what has been found in it."""

    level: int
    title: Paragraph | None
    blocks: list[Block | Marker] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    def closed(self) -> Section:
        return Section.from_content(self.title, self.blocks, self.sections)


class _MarkdownConverter:
    """From the tokens of markdown-it to sections; finds the column of each piece in the text."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.lines = text.split("\n")
        self.known: dict[str, Any] = {}

    def page(self, body: str) -> Section:
        """The page as one section without a title."""
        stack = [_OpenSection(0, None)]
        for block in self._blocks(_parsed(body, self.known), 0):
            if isinstance(block, _OpenSection):
                while stack[-1].level >= block.level:
                    done = stack.pop()
                    stack[-1].sections.append(done.closed())
                stack.append(block)
            else:
                stack[-1].blocks.append(block)
        while len(stack) > 1:
            done = stack.pop()
            stack[-1].sections.append(done.closed())
        return stack[0].closed()

    def _blocks(self, tokens: Sequence[Token], offset: int) -> Iterator[Block | Marker | _OpenSection]:
        """Paragraphs, tables and the beginnings of sections; `offset` is the line at which the text begins."""
        depth = 0
        position = 0
        while position < len(tokens):
            token = tokens[position]
            line = (token.map[0] if token.map else 0) + offset + 1
            depth += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
            if token.type == "heading_open":
                yield _OpenSection(int(token.tag[1:]), self._paragraph(_without_attributes(tokens[position + 1]), line))
                position += 1
            elif token.type == "inline":
                yield self._paragraph(token, line, is_item=depth > 0)
            elif token.type == "table_open":
                end = next(i for i in range(position, len(tokens)) if tokens[i].type == "table_close")
                yield self._table(tokens[position:end], line, offset)
                position = end
            elif token.type in ("fence", "colon_fence"):
                yield from self._fenced(token, line)
            elif token.type == "html_block":
                yield from self._markers(token, line)
            position += 1

    def _fenced(self, token: Token, line: int) -> Iterator[Block | Marker | _OpenSection]:
        """A directive of MyST: a table as reStructuredText has it, or something around Markdown; or code."""
        directive = _DIRECTIVE.fullmatch(token.info.strip())
        name = directive["name"] if directive is not None else ""
        if directive is not None and name in _TABLES:
            yield from self._table_directive(name, directive["argument"], token.content, line)
        elif name == "eval-rst":
            yield from self._rst(token.content, line)
        elif name not in VERBATIM_DIRECTIVES and (name or token.type == "colon_fence"):
            stated = _OPTIONS.match(token.content) if name else None
            options = stated[0] if stated is not None else ""
            body = "\n" * options.count("\n") + token.content[len(options) :]
            yield from self._blocks(_parsed(body, self.known), line)

    def _markers(self, token: Token, line: int) -> Iterator[Marker]:
        for match in _MARKER.finditer(token.content):
            first = line + token.content.count("\n", 0, match.start())
            last = first + match[0].count("\n")
            column = self.lines[first - 1].find("<!--") + 1
            end = self.lines[last - 1].find("-->") + len("-->") + 1
            yield Marker(" ".join(match["text"].split()), Place(self.path, first, column, last, end))

    def _rst(self, content: str, line: int) -> Iterator[Block | Marker]:
        """What stands in reStructuredText inside the page, at the lines that it has there."""
        found = parse_rst(self.path, "\n" * line + content)
        waiting = [] if isinstance(found, Draft) else list(found)
        while waiting:
            section = waiting.pop(0)
            yield from (*section.blocks, *section.markers)
            waiting = [*section.sections, *waiting]

    def _table_directive(self, name: str, argument: str, content: str, line: int) -> Iterator[Block]:
        """What docutils makes of the directive, whose content it wants indented and apart from the options."""
        match = _OPTIONS.match(content)
        stated = (match["yaml"] or match["fields"] or "") if match else ""
        options = [f"   :{option.strip().lstrip(':')}" for option in stated.split("\n") if option.strip()]
        body = content[match.end() :] if match else content
        inner = [f"   {text}" if text else "" for text in body.split("\n")]
        found = parse_rst(self.path, "\n".join([f".. {name}::{argument.rstrip()}", *options, "", *inner, ""]))
        place = Place(self.path, line, 1, line, len(self.lines[line - 1]) + 1)
        above = line + content.count("\n", 0, match.end() if match else 0) - len(options) - 2
        for block in () if isinstance(found, Draft) else found[0].blocks:
            if isinstance(block, PageTable):
                yield _moved(block, place, above)
            elif isinstance(block, BrokenTable):
                yield BrokenTable(block.problem, place)

    def _table(self, tokens: Sequence[Token], line: int, offset: int) -> PageTable:
        rows: list[list[Cell]] = []
        before = Place(self.path, line, 1, line, 1)
        for index, token in enumerate(tokens):
            if token.type == "tr_open":
                row_line = (token.map[0] if token.map else 0) + offset + 1
                before = Place(self.path, row_line, 1, row_line, 1)
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                cell = self._cell(tokens[index + 1], before.line, before.end_column)
                before = cell.place
                rows[-1].append(cell)
            elif token.type == "tr_close" and len(rows) > 1:
                rows[-1] += self._excess(len(rows[0]), before)
        start = len(self.lines[line - 1]) - len(self.lines[line - 1].lstrip()) + 1
        place = Place(self.path, line, start, line, len(self.lines[line - 1]) + 1)
        header, *body = map(tuple, rows)
        return PageTable(header, tuple(body), place)

    def _excess(self, columns: int, last: Place) -> Iterator[Cell]:
        """What a row has after its last column, which is not shown: a pipe ends a cell within a literal as well."""
        row = _AROUND_ROW.sub("", self.lines[last.line - 1])
        for text in filter(str.strip, _PIPE.split(row)[columns:]):
            yield Cell(" ".join(text.split()), self._place(text, last.line, last.end_column))

    def _cell(self, token: Token, line: int, column: int) -> Cell:
        text = _plain(token)
        literals = tuple(child.content for child in token.children or () if _is_code(child))
        return Cell(text, self._place(token.content, line, column), literals)

    def _paragraph(self, token: Token, line: int, *, is_item: bool = False) -> Paragraph:
        first = token.content.split("\n", 1)[0]
        place = self._place(first, line, 1)
        return Paragraph(_plain(token), _marked(token), place, tuple(self._literals(token, line)), is_item=is_item)

    def _literals(self, token: Token, line: int) -> Iterator[Cell]:
        """The code spans of a paragraph, each with its own place."""
        column = 1
        for child in token.children or ():
            if child.type == "code_inline":
                sought = f"{child.markup}{child.content}{child.markup}"
                for number in range(line, min(line + 50, len(self.lines) + 1)):
                    found = self.lines[number - 1].find(sought, column - 1 if number == line else 0)
                    if found >= 0:
                        line, column = number, found + len(sought) + 1
                        yield Cell(child.content, Place(self.path, number, found + 1, number, column))
                        break

    def _place(self, raw: str, line: int, column: int) -> Place:
        """Where a text stands in a line, at or after a column; a cell without text is where it would be."""
        source = self.lines[line - 1]
        # In a table the source of a cell has its pipes escaped.
        for sought in (raw.strip(), raw.strip().replace("|", "\\|")):
            found = source.find(sought, column - 1) if sought else -1
            if found >= 0:
                return Place(self.path, line, found + 1, line, found + len(sought) + 1)
        return Place(self.path, line, column, line, column)


def _moved(table: PageTable, place: Place, above: int) -> PageTable:
    """The table at its place in the page, its cells as many lines further down, and three columns to the left."""

    def moved(cell: Cell) -> Cell:
        at = cell.place
        if at.line + above <= place.line:
            return Cell(cell.text, place, cell.literals)
        start, end = max(at.column - 3, 1), max(at.end_column - 3, 1)
        return Cell(cell.text, Place(at.path, at.line + above, start, at.end_line + above, end), cell.literals)

    rows = tuple(tuple(map(moved, row)) for row in table.rows)
    return PageTable(tuple(map(moved, table.header)), rows, place)


def _without_attributes(title: Token) -> Token:
    """The title without the id and the classes that many dialects let follow it in braces."""
    *before, last = title.children or [title]
    match = _HEADING_ATTRIBUTES.search(title.content)
    if match is None or not last.content.endswith(match[0]):
        return title
    kept = last.copy(content=last.content.removesuffix(match[0]))
    return title.copy(content=title.content[: match.start()], children=[*before, kept])


def _is_code(token: Token) -> bool:
    return token.type == "code_inline" or (token.type == "myst_role" and token.meta["name"] in _CODE_ROLES)


def _plain(token: Token) -> str:
    """The text that a reader sees, on one line."""
    return " ".join(_pieces(token, mark="").split())


def _marked(token: Token) -> str:
    return " ".join(_pieces(token, mark="`").split())


def _pieces(token: Token, *, mark: str) -> str:
    if _is_code(token):
        return f"{mark}{token.content}{mark}"
    match token.type:
        case "text" | "text_special":
            return token.content
        case "softbreak" | "hardbreak":
            return " "
        case "html_inline":
            return _shown(token.content)
        case "myst_role":
            return find_role_title(token.content)
    return "".join(_pieces(child, mark=mark) for child in token.children or ())


def _shown(tag: str) -> str:
    """What a reader sees of a tag or a comment of HTML; the text between two tags is no part of them."""
    match = _TAG.fullmatch(tag)
    if match is not None:
        return " " if match["name"].lower() == "br" else ""
    return "" if tag.startswith("<!--") else tag
