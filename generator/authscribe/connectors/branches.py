"""Read a template that is JSON only once its conditions are decided, by deciding them in each way in turn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from authscribe.connectors.references import ReferenceSyntax

_MOST: Final = 8
"""Branches of a condition that are read at most."""


class _Condition(NamedTuple):
    """Offsets at which the branches of a condition begin, and at which the last one ends."""

    starts: list[int]
    end: int


def list_readings(text: str, syntax: ReferenceSyntax) -> Iterator[str]:
    """Yield texts of the same length as a template in which its holes outside of strings are masked.

    The first one has all branches of each condition, the others one branch each.
    """
    masked = syntax.mask_holes(text)
    yield masked
    conditions = tuple(_find_conditions(text, syntax))
    for index in range(min(_MOST, max((len(condition.starts) for condition in conditions), default=0))):
        yield _keep_branch(masked, conditions, index)


def _find_conditions(text: str, syntax: ReferenceSyntax) -> Iterator[_Condition]:
    """Yield the conditions outside of strings, the inner ones before those that contain them."""
    opened: list[list[int]] = []
    for start, end, word in syntax.find_statements(text):
        if word == "if":
            opened.append([end])
        elif opened and word in ("elif", "else"):
            opened[-1].append(end)
        elif opened and word == "endif":
            yield _Condition(opened.pop(), start)


def _keep_branch(text: str, conditions: tuple[_Condition, ...], index: int) -> str:
    """Return the text with all branches blanked except the one at the index, or else the last one."""
    parts: list[str] = []
    position = 0
    for first, last in sorted(span for condition in conditions for span in _list_other_branches(condition, index)):
        start = max(first, position)
        if start < last:
            parts += text[position:start], re.sub(r"\S", " ", text[start:last])
            position = last
    return "".join((*parts, text[position:]))


def _list_other_branches(condition: _Condition, index: int) -> list[tuple[int, int]]:
    spans = list(zip(condition.starts, (*condition.starts[1:], condition.end), strict=True))
    del spans[min(index, len(spans) - 1)]
    return spans
