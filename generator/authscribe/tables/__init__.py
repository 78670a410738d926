"""Tables as text: how rows are changed in a page without touching anything else in it.

Adding a kind of table is adding a module with `parse`, and its line in `layout_of`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from authscribe.tables import csv_table, drawn, list_table, pipe
from authscribe.tables.layout import Layout

_FENCE: Final = re.compile(r"^[ \t>]*(?P<fence>`{3,}|~{3,})\{list-table\}")


def layout_of(lines: Sequence[str], start: int, count: int) -> Layout | None:
    """The layout of the table with `count` rows below its header that begins at a line; None where it is unknown."""
    first = lines[start].strip()
    fence = _FENCE.match(lines[start])
    if fence is not None:
        return list_table.parse(lines, start, count, fence=fence["fence"])
    if re.match(r"\.\. list-table::", first):
        return list_table.parse(lines, start, count)
    if re.match(r"\.\. csv-table::", first):
        return csv_table.parse(lines, start, count)
    if first.startswith("+-"):
        return drawn.parse_grid(lines, start, count)
    if first.startswith("="):
        return drawn.parse_simple(lines, start, count)
    return pipe.parse(lines, start, count) if "|" in first else None
