"""Tables as text: how rows are changed in a page without touching anything else in it.

Adding a kind of table is adding a module with `parse`, and its line in `layout_of`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from authscribe.files import Language
from authscribe.tables import csv_table, drawn, list_table, pipe
from authscribe.tables.layout import Directive, Layout, directive_at

_DRAWN: Final = re.compile(r"\+-|=+ ")


def layout_of(lines: Sequence[str], start: int, count: int) -> Layout | None:
    """The layout of the table with `count` rows below its header that begins at a line; None where it is unknown."""
    directive = directive_at(lines, start)
    match directive:
        case Directive(name="list-table"):
            return list_table.parse(lines, directive, count)
        case Directive(name="csv-table"):
            return csv_table.parse(lines, directive, count)
        case Directive(name="table"):
            body = range(start + 1, directive.end)
            start = next((number for number in body if _DRAWN.match(lines[number].strip())), start)
    if lines[start].lstrip().startswith("+-"):
        return drawn.parse_grid(lines, start, count)
    if lines[start].lstrip().startswith("="):
        return drawn.parse_simple(lines, start, count)
    return pipe.parse(lines, start, count) if "|" in lines[start] else None


def language(line: str) -> Language:
    """The language of what begins with a line: a page in Markdown can hold reStructuredText."""
    is_rst = line.lstrip(" \t*-").startswith("..") or _DRAWN.match(line.strip())
    return Language.RST if is_rst else Language.MARKDOWN
