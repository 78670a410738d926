"""Scheme pages in Markdown: CommonMark with tables of GitHub, and MyST. The only module that knows markdown-it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from authscribe import mistakes
from authscribe.draft import Draft
from authscribe.finding import Place
from authscribe.readers import pages, rst
from authscribe.readers.pages import Block, Cell, Paragraph, Section, Table

LINE_LIMIT: Final = 50_000
_FRONT_MATTER: Final = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)(?=\n|\Z)", re.DOTALL)
# What stands between fences of colons is Markdown like everything else.
_COLON_FENCE: Final = re.compile(r"^[ \t]*:{3,}(?:\{[\w:-]+\}.*)?$", re.MULTILINE)
_DIRECTIVE: Final = re.compile(r"\{(?P<name>list-table|csv-table)\}(?P<argument>.*)")
_ADMONITION: Final = re.compile(r"\{[\w:-]+\}.*")


def read(path: str, text: str) -> Draft:
    """The schemes of a page; never raises."""
    found = sections(path, text)
    return found if isinstance(found, Draft) else pages.draft(path, found)


def sections(path: str, text: str) -> tuple[Section, ...] | Draft:
    """The sections of a page, or a draft with the finding that says why there are none."""
    lines = text.count("\n")
    if lines > LINE_LIMIT:
        return Draft(path, findings=(mistakes.too_large(path, size=lines, limit=LINE_LIMIT, unit="lines"),))
    body = _FRONT_MATTER.sub(lambda match: "\n" * match[0].count("\n"), text)
    body = _COLON_FENCE.sub("", body)
    return (_Converter(path, text).page(_parsed(body)),)


def _parsed(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text)


@dataclass(slots=True)
class _Open:
    """A section that is being read: its level, and what has been found in it."""

    level: int
    title: Paragraph | None
    blocks: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    def closed(self) -> Section:
        return Section(self.title, tuple(self.blocks), tuple(self.sections))


class _Converter:
    """From the tokens of markdown-it to sections; finds the column of each piece in the text."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.lines = text.split("\n")

    def page(self, tokens: Sequence[Token]) -> Section:
        """The page as one section without a title."""
        stack = [_Open(0, None)]
        for block in self._blocks(tokens, 0):
            if isinstance(block, _Open):
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

    def _blocks(self, tokens: Sequence[Token], offset: int) -> Iterator[Block | _Open]:
        """Paragraphs, tables and the beginnings of sections; `offset` is the line at which the text begins."""
        depth = 0
        position = 0
        while position < len(tokens):
            token = tokens[position]
            line = (token.map[0] if token.map else 0) + offset + 1
            depth += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
            if token.type == "heading_open":
                yield _Open(int(token.tag[1:]), self._paragraph(tokens[position + 1], line, is_item=False))
                position += 1
            elif token.type == "inline":
                yield self._paragraph(token, line, is_item=depth > 0)
            elif token.type == "table_open":
                end = next(i for i in range(position, len(tokens)) if tokens[i].type == "table_close")
                yield self._table(tokens[position:end], line, offset)
                position = end
            elif token.type == "fence":
                yield from self._directive(token, line)
            position += 1

    def _directive(self, token: Token, line: int) -> Iterator[Block | _Open]:
        """A directive of MyST: a table as reStructuredText has it, or something around Markdown."""
        table = _DIRECTIVE.fullmatch(token.info.strip())
        if table is not None:
            yield from self._rst_table(table["name"], table["argument"], token.content, line)
        elif _ADMONITION.fullmatch(token.info.strip()):
            yield from self._blocks(_parsed(token.content), line)

    def _rst_table(self, name: str, argument: str, content: str, line: int) -> Iterator[Block]:
        """What docutils makes of the directive; it stands at the same lines, indented by three."""
        inner = "\n".join(f"   {text}" if text else "" for text in content.split("\n"))
        around = "\n" * (line - 1)
        found = rst.sections(self.path, f"{around}.. {name}::{argument.rstrip()}\n{inner}\n")
        if isinstance(found, Draft):
            return
        for block in found[0].blocks:
            yield self._moved(block) if isinstance(block, Table) else block

    def _moved(self, table: Table) -> Table:
        """The table with the columns that its cells have in the page."""

        def moved(cell: Cell) -> Cell:
            place = cell.place
            start, end = max(place.column - 3, 1), max(place.end_column - 3, 1)
            return Cell(cell.text, Place(place.path, place.line, start, place.end_line, end))

        rows = tuple(tuple(moved(cell) for cell in row) for row in table.rows)
        line = table.place.line
        place = Place(self.path, line, 1, line, len(self.lines[line - 1]) + 1)
        return Table(tuple(moved(cell) for cell in table.header), rows, place)

    def _table(self, tokens: Sequence[Token], line: int, offset: int) -> Table:
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
        start = len(self.lines[line - 1]) - len(self.lines[line - 1].lstrip()) + 1
        place = Place(self.path, line, start, line, len(self.lines[line - 1]) + 1)
        header, *body = map(tuple, rows)
        return Table(header, tuple(body), place)

    def _cell(self, token: Token, line: int, column: int) -> Cell:
        text = _plain(token)
        return Cell(text, self._place(token.content, line, column))

    def _paragraph(self, token: Token, line: int, *, is_item: bool) -> Paragraph:
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


def _plain(token: Token) -> str:
    """The text that a reader sees, on one line."""
    return " ".join(_pieces(token, mark="").split())


def _marked(token: Token) -> str:
    return " ".join(_pieces(token, mark="`").split())


def _pieces(token: Token, *, mark: str) -> str:
    match token.type:
        case "text" | "text_special":
            return token.content
        case "code_inline":
            return f"{mark}{token.content}{mark}"
        case "softbreak" | "hardbreak":
            return " "
        case "html_inline":
            return "" if token.content.startswith("<!--") else token.content
    return "".join(_pieces(child, mark=mark) for child in token.children or ())
