"""Parse Nango's templates: text with `${expression}` in it; an expression may be a call that holds further ones.

A brace closes the nearest open one, as Nango's own interpolation replaces the innermost expression first. Quotes have
no meaning; `$`, `{` and `}` by themselves are text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

_BRACE: Final = re.compile(r"\$\{|[{}]")
_CALL: Final = re.compile(r"base64\((.*)\)", re.DOTALL)
_OR: Final = "||"


class NangoExpression(NamedTuple):
    """Text between `${` and the brace that closes it, verbatim."""

    text: str


NangoTemplatePart: TypeAlias = str | NangoExpression


def parse_parts(template: str) -> tuple[NangoTemplatePart, ...]:
    """Return the text and the outermost expressions of a template in order, in time linear in its length."""
    if "${" not in template:
        return (template,) if template else ()
    parts: list[NangoTemplatePart] = []
    position = 0
    for start, end in _find_outermost(template):
        parts += [template[position:start], NangoExpression(template[start + 2 : end - 1])]
        position = end
    parts.append(template[position:])
    return tuple(part for part in parts if part)


def join_parts(parts: Iterable[NangoTemplatePart]) -> str:
    """Return the template that has these parts."""
    return "".join(part if isinstance(part, str) else f"${{{part.text}}}" for part in parts)


def find_innermost(template: str) -> tuple[str, ...]:
    """Return the expressions, at any depth, that hold no other: each is a name, or a call without any."""
    if "${" not in template:
        return ()
    return tuple(template[start + 2 : end - 1] for start, end, is_innermost in _find_spans(template) if is_innermost)


def split_alternatives(template: str) -> tuple[str, ...]:
    """Return the sides of `||` outside of expressions: each is used if the one before it has no value.

    A template without expressions always has a value, so that it is one side as it is.
    """
    if _OR not in template or not find_innermost(template):
        return (template,)
    sides: list[list[NangoTemplatePart]] = [[]]
    for part in parse_parts(template):
        first, *further = part.split(_OR) if isinstance(part, str) else (part,)
        sides[-1].append(first)
        sides += ([text] for text in further)
    return tuple(join_parts(side).strip() for side in sides) if len(sides) > 1 else (template,)


def parse_basic(template: str) -> tuple[str, str] | None:
    """Return the templates of user name and password in `Basic ${base64(name:password)}`.

    None for any other template, and if text on one of the sides could be part of a call.
    """
    match parse_parts(template):
        case (str() as word, NangoExpression(text=text)) if word == "Basic ":
            call = _CALL.fullmatch(text)
        case _:
            return None
    sides = _split_credentials(call[1]) if call is not None else None
    return None if sides is None or any(map(_may_call, sides)) else sides


def _split_credentials(credentials: str) -> tuple[str, str] | None:
    """Return what is before and after the first colon outside of expressions."""
    before = ""
    for part in parse_parts(credentials):
        if isinstance(part, str) and ":" in part:
            before += part.split(":", 1)[0]
            return before, credentials[len(before) + 1 :]
        before += join_parts((part,))
    return None


def _may_call(template: str) -> bool:
    return any(isinstance(part, str) and ("(" in part or ")" in part) for part in parse_parts(template))


def _find_outermost(template: str) -> Iterator[tuple[int, int]]:
    end = 0
    for start, stop, _ in sorted(_find_spans(template)):
        if start >= end:
            yield start, stop
            end = stop


# The templates of a provider are searched for its fields before they are filled.
@lru_cache(maxsize=1024)
def _find_spans(template: str) -> tuple[tuple[int, int, bool], ...]:
    """Return start and end of each expression that is closed, at every depth, and whether it holds no other."""
    spans: list[tuple[int, int, bool]] = []
    opened: list[tuple[int, bool]] = []
    latest = -1
    for match in _BRACE.finditer(template):
        if match[0] != "}":
            if opened or match[0] == "${":
                opened.append((match.start(), match[0] == "${"))
        elif opened:
            start, is_expression = opened.pop()
            if is_expression:
                spans.append((start, match.end(), latest < start))
                latest = start
    return tuple(spans)
