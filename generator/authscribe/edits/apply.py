"""Apply edits to the bytes of a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from authscribe.findings.finding import Edit

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_LINE_END: Final = re.compile("\r\n|\r|\n")


def apply_edits(data: bytes, edits: Sequence[Edit]) -> bytes:
    """Return the bytes of a file with the edits, which must not overlap; every other byte stays as it is.

    New lines end as the first line of the file does.
    """
    mark = _BYTE_ORDER_MARK if data.startswith(_BYTE_ORDER_MARK) else b""
    text = data.removeprefix(mark).decode("utf-8")
    ends = list(_LINE_END.finditer(text))
    starts = [0, *(end.end() for end in ends)]
    newline = ends[0][0] if ends else "\n"
    for edit in sorted(edits, key=lambda each: each.place, reverse=True):
        place = edit.place
        start = starts[place.line - 1] + place.column - 1
        end = starts[place.end_line - 1] + place.end_column - 1
        text = text[:start] + edit.text.replace("\n", newline) + text[end:]
    return mark + text.encode("utf-8")
