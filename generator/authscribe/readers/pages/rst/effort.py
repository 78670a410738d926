"""Bound the time that docutils takes for long paragraphs and wide tables."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from docutils import utils
from docutils.parsers.rst.states import Inliner

_INLINE_LIMIT: Final = 10_000_000
"""Characters of a page that docutils reads again to find the ends of inline markup, a quarter of a second of work."""

_COPYING: Final = 100
"""How much less time it takes docutils to copy a character than to look at it."""

_MARK: Final = re.compile(r"[*`|_\[]")
_JOINT: Final = re.compile(r"[-._+:@]")
"""Characters inside of words after which docutils looks for the end of the word again."""


class SlowMarkupError(Exception):
    """Raised where the inline markup of a page exceeds the limit, with the line of the paragraph."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def make_inliner() -> Inliner:
    """Return a parser of the inline markup of one page that raises SlowMarkupError for what takes it long."""
    inliner = Inliner()
    parse, mark_problem = inliner.parse, inliner.problematic
    spent = length = line = 0

    def spend(effort: int) -> None:
        nonlocal spent
        spent += effort
        if spent > _INLINE_LIMIT:
            raise SlowMarkupError(line)

    def parse_paragraph(text: str, lineno: int, memo: Any, parent: Any) -> object:
        nonlocal length, line
        length, line = len(text), lineno
        spend(_measure_effort(text))
        return parse(text, lineno, memo, parent)

    def mark_unclosed(text: str, rawsource: str, message: Any) -> object:
        # The whole rest of the paragraph was searched for the end.
        spend(length)
        return mark_problem(text, rawsource, message)

    # Not in a derived class, because docutils builds its patterns from the names in the namespace of the class itself.
    vars(inliner).update(parse=parse_paragraph, problematic=mark_unclosed)
    return inliner


def _measure_effort(text: str) -> int:
    """Return the effort for a paragraph in which all markup is closed: its rest is copied after each mark."""
    within_words = sum(len(_JOINT.findall(word)) * len(word) for word in text.split())
    return len(_MARK.findall(text)) * len(text) // _COPYING + within_words


@contextmanager
def remember_columns() -> Iterator[None]:
    """Make docutils find out once for each line which of its characters take up a column, and not for each cell."""
    # Through `vars`, because docutils has no public way to replace the function and to restore it.
    names = vars(utils)
    find_columns = names["column_indices"]
    known: dict[str, Sequence[int]] = {}

    def recall_columns(text: str) -> Sequence[int]:
        if text.isascii():
            return range(len(text))
        if text not in known:
            known[text] = array("I", (i for i, char in enumerate(text) if not unicodedata.combining(char)))
        return known[text]

    names["column_indices"] = recall_columns
    try:
        yield
    finally:
        names["column_indices"] = find_columns
