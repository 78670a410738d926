"""Insert lines into a text, which keeps its end with or without a line end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from authscribe.findings.finding import Edit, Place


def insert_lines(path: str, lines: Sequence[str], after: int, new: Iterable[str]) -> Edit:
    """Return the edit that inserts new lines after one of the lines of a text, counted from 1; after 0, before all."""
    if after == 0:
        return Edit(Place(path, 1, 1, 1, 1), "".join(f"{line}\n" for line in new))
    column = len(lines[after - 1]) + 1
    return Edit(Place(path, after, column, after, column), "".join(f"\n{line}" for line in new))
