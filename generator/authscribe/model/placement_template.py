"""Parse and fill templates: those of placements, such as `Bearer {api_key}`, and of URLs, such as `${host}/login`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from authscribe.model import naming

_PIECE = re.compile(r"(?P<text>[^{}]+)|(?P<brace>\{\{|\}\})|\{(?P<name>[^{}]+)\}")
_RESPONSE = re.compile(r"step([1-9][0-9]{0,2})\..+")
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")


class Hole(NamedTuple):
    """Name of the secret or parameter whose value a template inserts."""

    name: str


@lru_cache(maxsize=1024)
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


def parse_references(text: str) -> tuple[str | Hole, ...]:
    """Return the text and the variables of a URL, or of another text that refers to them as `${name}`, in order."""
    parts = _VARIABLE.split(text)
    return tuple(Hole(part) if index % 2 else part for index, part in enumerate(parts) if index % 2 or part)


def find_slot(location: str, name: str) -> str:
    """Return a key of the slot that a placement fills.

    Only header names are case-insensitive (RFC 9110 section 5.1).
    """
    return f"{location} {naming.make_collision_key(name) if location == 'header' else name}".strip()


def list_hole_names(*templates: str) -> set[str]:
    """Return the names in templates; none of those that are malformed, which `resolve.checks` reports."""
    return {name for template in templates for name in _list_names(template)}


def _list_names(template: str) -> list[str]:
    try:
        return [part.name for part in parse_template(template) if isinstance(part, Hole)]
    except ValueError:
        return []


def fill_template(template: str, reference: Callable[[str], str]) -> str:
    """Return the template with each name replaced by the result of `reference`."""
    return "".join(part if isinstance(part, str) else reference(part.name) for part in parse_template(template))


def list_variable_names(*urls: str) -> tuple[str, ...]:
    """Return the names of the variables in URLs, and in other texts that refer to them as `${name}`, each once."""
    return tuple(dict.fromkeys(name for url in urls for name in _VARIABLE.findall(url)))


def is_response(name: str, responses: int) -> bool:
    """Return whether a name, such as `step1.data.ticket`, refers to one of so many responses to earlier requests."""
    match = _RESPONSE.fullmatch(name)
    return match is not None and int(match[1]) <= responses


def append_path(url: str, path: str) -> str:
    """Return an address with a path below it; a path that is an address itself is returned as it is."""
    return path if "://" in path else f"{url.rstrip('/')}/{path.lstrip('/')}"


def append_query(url: str, query: Mapping[str, str]) -> str:
    """Return the URL with further query parameters, encoded apart from the variables in them (RFC 3986)."""
    parameters = "&".join(f"{_encode(name)}={_encode(value)}" for name, value in query.items())
    return f"{url}{'&' if '?' in url else '?'}{parameters}" if parameters else url


def _encode(text: str) -> str:
    parts = _VARIABLE.split(text)
    return "".join(f"${{{part}}}" if index % 2 else quote(part, safe="") for index, part in enumerate(parts))


def fill_variables(url: str, value: Callable[[str], str]) -> str:
    """Return the URL with each variable replaced by the result of `value` for its name."""
    return _VARIABLE.sub(lambda match: value(match[1]), url)
