"""Placement templates: `Bearer {api_key}` as its parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from authscribe.model import naming

_PIECE = re.compile(r"(?P<text>[^{}]+)|(?P<brace>\{\{|\}\})|\{(?P<name>[^{}]+)\}")


class Hole(NamedTuple):
    """A place in a template that takes the value of a secret or parameter."""

    name: str


def parse_template(template: str) -> tuple[str | Hole, ...]:
    """The text and the holes of a template, in order; `{{` and `}}` are braces.

    Raises ValueError, without quoting the template, where a brace has no partner.
    """
    found: list[str | Hole] = []
    position = 0
    while position < len(template):
        match = _PIECE.match(template, position)
        if match is None:
            raise ValueError(f"unmatched brace at character {position + 1}")
        name = match["name"]
        found.append(Hole(name) if name is not None else match["text"] or match["brace"][0])
        position = match.end()
    return tuple(found)


def slot_of(location: str, name: str) -> str:
    """The slot that a placement fills; only names of headers are the same in every case (RFC 9110 section 5.1)."""
    return f"{location} {naming.collision_key(name) if location == 'header' else name}".strip()


def hole_names(template: str) -> set[str]:
    """The names of the holes; none where the template is not well formed, which `checks` reports."""
    try:
        return {part.name for part in parse_template(template) if isinstance(part, Hole)}
    except ValueError:
        return set()


def fill_template(template: str, reference: Callable[[str], str]) -> str:
    """The template with each hole replaced by what `reference` gives for its name."""
    return "".join(part if isinstance(part, str) else reference(part.name) for part in parse_template(template))
