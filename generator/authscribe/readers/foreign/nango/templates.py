"""Templates of Nango: text with `${expression}` in it, where an expression may be a call that holds further ones.

A brace closes the nearest one that is open, as the vendor's own interpolation fills the innermost expression first.
Quotes mean nothing; `$`, `{` and `}` by themselves are text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

_BRACE: Final = re.compile(r"\$\{|[{}]")
_CALL: Final = re.compile(r"base64\((.*)\)", re.DOTALL)
_OR: Final = "||"


@dataclass(frozen=True, slots=True)
class Expression:
    """What stands between `${` and the brace that closes it, verbatim."""

    text: str


Part: TypeAlias = str | Expression


def parse_parts(template: str) -> tuple[Part, ...]:
    """The text and the outermost expressions of a template, in order; linear in its length."""
    found: list[Part] = []
    position = 0
    for start, end in _outermost(template):
        found += [template[position:start], Expression(template[start + 2 : end - 1])]
        position = end
    found.append(template[position:])
    return tuple(part for part in found if part)


def join_parts(template: tuple[Part, ...]) -> str:
    """The template whose parts these are."""
    return "".join(part if isinstance(part, str) else f"${{{part.text}}}" for part in template)


def find_innermost(template: str) -> tuple[str, ...]:
    """The expressions, at any depth, that hold no other: each is the name of a value, or a call without any."""
    return tuple(template[start + 2 : end - 1] for start, end, is_innermost in _spans(template) if is_innermost)


def split_alternatives(template: str) -> tuple[str, ...]:
    """What stands on the sides of `||` outside of expressions: each is used where the one before lacks a value."""
    sides = [""]
    for part in parse_parts(template):
        if isinstance(part, Expression):
            sides[-1] += join_parts((part,))
            continue
        first, *further = part.split(_OR)
        sides[-1] += first
        sides += further
    return tuple(side.strip() for side in sides)


def parse_basic(template: str) -> tuple[str, str] | None:
    """The templates of user name and password where the template is exactly `Basic ${base64(name:password)}`.

    None for everything else, and where text on one of the sides could be part of a call.
    """
    match parse_parts(template):
        case (str() as word, Expression(text=text)) if word == "Basic ":
            call = _CALL.fullmatch(text)
        case _:
            return None
    sides = _sides(call[1]) if call is not None else None
    return None if sides is None or any(map(_calls, sides)) else sides


def _sides(credentials: str) -> tuple[str, str] | None:
    """What stands before and after the first colon that is text."""
    before = ""
    for part in parse_parts(credentials):
        if isinstance(part, str) and ":" in part:
            before += part.split(":", 1)[0]
            return before, credentials[len(before) + 1 :]
        before += join_parts((part,))
    return None


def _calls(template: str) -> bool:
    return any(isinstance(part, str) and ("(" in part or ")" in part) for part in parse_parts(template))


def _outermost(template: str) -> Iterator[tuple[int, int]]:
    end = 0
    for start, stop, _ in sorted(_spans(template)):
        if start >= end:
            yield start, stop
            end = stop


def _spans(template: str) -> Iterator[tuple[int, int, bool]]:
    """Start and end of each expression that is closed, at every depth, and whether it holds no other."""
    opened: list[tuple[int, bool]] = []
    latest = -1
    for match in _BRACE.finditer(template):
        if match[0] != "}":
            if opened or match[0] == "${":
                opened.append((match.start(), match[0] == "${"))
        elif opened:
            start, is_expression = opened.pop()
            if is_expression:
                yield start, match.end(), latest < start
                latest = start
