"""Find the layout of a table in the source text of a page.

To add a kind of table, add a module with a `TableLayout` and a function that parses it, and call that here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from authscribe.encoders.language import Language
from authscribe.pages.tables.csv_table import parse_csv_table
from authscribe.pages.tables.grid_and_simple import parse_grid, parse_simple
from authscribe.pages.tables.layout import TableDirective, TableLayout, parse_directive
from authscribe.pages.tables.list_table import parse_list_table
from authscribe.pages.tables.pipe_table import parse_pipe_table
from authscribe.readers.pages.sections import PageTable

_REPAIR: Final = "update it by hand, or make it a table in the markup of the page"
_DIVIDE: Final = "update it by hand, or make it a table of required secrets and one of injected secrets"
_SPLIT: Final = "update it by hand, or give each secret its own row"
_MOVE: Final = "update it by hand, or move the options of the command into a table of their own"
_DRAWN: Final = re.compile(r"\+-|=+ ")


def parse_layout(lines: Sequence[str], start: int, count: int) -> TableLayout | None:
    """Return the layout of the table that begins at a line and has `count` rows below its header; None if unknown."""
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
    """Return the language of the markup that begins with a line: a page in Markdown can contain reStructuredText."""
    is_rst = line.lstrip(" \t*-").startswith("..") or _DRAWN.match(line.strip())
    return Language.RST if is_rst else Language.MARKDOWN


def find_form_obstacle(table: PageTable) -> tuple[str, str] | None:
    """Return the problem and its repair if tables in this form are not rewritten."""
    if table.is_part:
        return "tables of both required and injected secrets are not rewritten", _DIVIDE
    if table.shares_rows:
        return "tables with several names in a row are not rewritten", _SPLIT
    if table.omits_options:
        return "tables with options of a command are not rewritten", _MOVE
    forms = {"lists": table.is_list, "tables in HTML": table.is_html, "blocks of settings": table.is_settings}
    form = next((name for name, is_such in forms.items() if is_such), None)
    return (f"{form} are not rewritten", _REPAIR) if form is not None else None
