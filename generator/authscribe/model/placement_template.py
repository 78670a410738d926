"""Parse and fill placement templates, such as `Bearer {api_key}`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from authscribe.model import naming

_PIECE = re.compile(r"(?P<text>[^{}]+)|(?P<brace>\{\{|\}\})|\{(?P<name>[^{}]+)\}")


class Hole(NamedTuple):
    """Name of the secret or parameter whose value a template inserts."""

    name: str


def parse_template(template: str) -> tuple[str | Hole, ...]:
    """Return the text and the holes of a template, in order; `{{` and `}}` are literal braces.

    Raises ValueError, without quoting the template, if a brace has no partner.
    """
    parts: list[str | Hole] = []
    position = 0
    while position < len(template):
        match = _PIECE.match(template, position)
        if match is None:
            raise ValueError(f"unmatched brace at character {position + 1}")
        name = match["name"]
        parts.append(Hole(name) if name is not None else match["text"] or match["brace"][0])
        position = match.end()
    return tuple(parts)


def find_slot(location: str, name: str) -> str:
    """Return a key of the slot that a placement fills.

    Only header names are case-insensitive (RFC 9110 section 5.1).
    """
    return f"{location} {naming.make_collision_key(name) if location == 'header' else name}".strip()


def list_hole_names(template: str) -> set[str]:
    """Return the names in a template; none if the template is malformed, which `resolve.checks` reports."""
    try:
        return {part.name for part in parse_template(template) if isinstance(part, Hole)}
    except ValueError:
        return set()


def fill_template(template: str, reference: Callable[[str], str]) -> str:
    """Return the template with each name replaced by the result of `reference`."""
    return "".join(part if isinstance(part, str) else reference(part.name) for part in parse_template(template))
