"""Find the line and column of what docutils read, which gives the lines of some nodes only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from docutils import nodes

from authscribe.findings.finding import Place
from authscribe.readers.pages.rst.inline import find_literals
from authscribe.readers.pages.sections import (
    Cell,
)

_TABLE_BEGIN: Final = re.compile(r"\.\.[ \t]+(\|.+\|[ \t]+)?(list-|csv-)?table::|\+[-+]+\+$|=[=\s]+=$", re.IGNORECASE)
LITERAL_REACH: Final = 50
"""Lines within which the next literal of a paragraph is searched."""


class PageLines:
    """Lines of a page, in which the places of nodes are found."""

    def __init__(self, path: str, lines: Sequence[str]) -> None:
        self.path = path
        self.lines = lines

    def locate_block(self, node: nodes.Element, line: int) -> Place:
        """Return the place of the first line of a block, at or after a line."""
        return self.find_place(node.rawsource, line, 1) or Place(self.path, line, 1, line, 2)

    def locate_literals(self, node: nodes.Element, place: Place) -> Iterator[Cell]:
        """Yield the literals of a paragraph, each with its own place."""
        line, column = place.line, place.column
        for literal in find_literals(node):
            text = literal.astext()
            places = (self.find_place(source, line, column, LITERAL_REACH) for source in (f"``{text}``", f"`{text}`"))
            literal_place = next(filter(None, places), None)
            if literal_place is not None:
                line, column = literal_place.line, literal_place.end_column
                yield Cell(text, literal_place)

    def find_table_line(self, node: nodes.table) -> int:
        """Return the line of the table's directive or border: docutils gives that of a cell or of the last line."""
        first = next((get_line(paragraph) for paragraph in node.findall(nodes.paragraph)), 0)
        line = min(max(node.line or first or 1, 1), len(self.lines))
        for number in range(line, 0, -1):
            text = self.lines[number - 1].strip()
            if _TABLE_BEGIN.match(text):
                above = self.lines[number - 2].strip() if number > 1 else ""
                if not re.match(r"\+[-+=]+\+$|\|.*\|$|=[=\s]+=$", above):
                    return number
        return line

    def locate_cell(self, block: nodes.TextElement, before: Place) -> Place:
        """Return the place of the first block of a cell, after the place of the cell before it."""
        # For a cell of a csv-table docutils gives line 1 instead; search on from the cell before.
        line = get_line(block)
        if line >= before.end_line:
            column = before.end_column if line == before.end_line else 1
            place = self.find_place(block.rawsource, line, column, reach=1)
            if place is not None:
                return place
        place = self.find_place(block.rawsource, before.end_line, before.end_column, reach=500)
        return place or before

    def locate_marker(self, line: int, end_line: int) -> Place:
        """Return the place of a comment from its dots to the end of its last line."""
        column = self.lines[line - 1].find("..") + 1
        return Place(self.path, line, column, end_line, len(self.lines[end_line - 1].rstrip()) + 1)

    def locate_line(self, line: int) -> Place:
        """Return the place of a line, the closest one on the page, from its first character that is not a blank."""
        line = min(max(line, 1), len(self.lines))
        text = self.lines[line - 1]
        return Place(self.path, line, len(text) - len(text.lstrip()) + 1, line, len(text) + 1)

    def find_place(self, source: str, line: int, column: int, reach: int = 3) -> Place | None:
        """Return the first place of the source's first line at or after line and column, within `reach` lines."""
        sought = source.split("\n", 1)[0].strip()
        for number in range(line, min(line + reach, len(self.lines) + 1)):
            start = self.lines[number - 1].find(sought, column - 1 if number == line else 0)
            if start >= 0 and sought:
                return Place(self.path, number, start + 1, number, start + len(sought) + 1)
        return None


def get_line(node: nodes.Element) -> int:
    """Return the line of a node, the first one of the page if docutils gives none."""
    return node.line or 1
