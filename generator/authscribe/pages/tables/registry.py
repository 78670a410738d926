"""Tables as text: how rows are changed in a page without touching anything else in it.

Adding a kind of table is adding a module with `parse`, and its line in `layout_of`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from authscribe.encoders.language import Language
from authscribe.pages.tables.csv_table import parse_csv_table
from authscribe.pages.tables.drawn import parse_grid, parse_simple
from authscribe.pages.tables.layout import TableDirective, TableLayout, parse_directive
from authscribe.pages.tables.list_table import parse_list_table
from authscribe.pages.tables.pipe import parse_pipe_table

_DRAWN: Final = re.compile(r"\+-|=+ ")


def parse_layout(lines: Sequence[str], start: int, count: int) -> TableLayout | None:
    """The layout of the table with `count` rows below its header that begins at a line; None where it is unknown."""
    directive = parse_directive(lines, start)
    match directive:
        case TableDirective(name="list-table"):
            return parse_list_table(lines, directive, count)
        case TableDirective(name="csv-table"):
            return parse_csv_table(lines, directive, count)
        case TableDirective(name="table"):
            body = range(start + 1, directive.end)
            start = next((number for number in body if _DRAWN.match(lines[number].strip())), start)
    if lines[start].lstrip().startswith("+-"):
        return parse_grid(lines, start, count)
    if lines[start].lstrip().startswith("="):
        return parse_simple(lines, start, count)
    return parse_pipe_table(lines, start, count) if "|" in lines[start] else None


def detect_language(line: str) -> Language:
    """The language of what begins with a line: a page in Markdown can hold reStructuredText."""
    is_rst = line.lstrip(" \t*-").startswith("..") or _DRAWN.match(line.strip())
    return Language.RST if is_rst else Language.MARKDOWN
