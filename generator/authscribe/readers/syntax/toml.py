"""TOML: values from the standard library, places from a light scan of the lines.

tomllib keeps no places. The scan knows headers and keys, which is where a person looks; a value inside an
inline table or list has the place of the nearest string that spells it, else that of its key.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Final, TypeAlias

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.syntax_error import report_syntax_error
from authscribe.findings.rules.too_deep import report_too_deep
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode
from authscribe.readers.text import DEPTH_LIMIT, Refused, check_depth

_PART: Final = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_KEYS: Final = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_HEADER: Final = re.compile(rf"[ \t]*(\[\[?)[ \t]*(?P<keys>{_KEYS})[ \t]*\]")
_ASSIGNMENT: Final = re.compile(rf"[ \t]*(?P<keys>{_KEYS})[ \t]*=")
_POSITION: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

Path: TypeAlias = tuple[str | int, ...]


def parse_toml(path: str, text: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """The document as a tree, or None with the findings that say why there is none."""
    deep = _too_deep(path, text)
    if deep is not None:
        return None, (deep,)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, (_syntax_error(path, text, str(error)),)
    except (RecursionError, ValueError):
        return None, (report_syntax_error(Place(path), "TOML", "value out of range"),)
    lines = text.split("\n")
    try:
        return _node(values, (), _Places(path, lines, dict(_scan(path, lines)))), ()
    except Refused as refused:
        return None, (refused.finding,)


class _Places:
    """Where each key and value stands."""

    def __init__(self, path: str, lines: list[str], keys: Mapping[Path, Place]) -> None:
        self._path = path
        self._lines = lines
        self._keys = keys

    def of_key(self, key: Path) -> Place:
        while key not in self._keys and key:
            key = key[:-1]
        return self._keys.get(key, Place(self._path, 1, 1, 1, 2))

    def of_value(self, key: Path, value: object) -> Place:
        """The place of a string where it is spelt at or after its key; of the key otherwise."""
        place = self.of_key(key)
        if not isinstance(value, str) or not value or "\n" in value:
            return place
        for number in range(place.line, min(place.line + 200, len(self._lines) + 1)):
            start = place.end_column - 1 if number == place.line else 0
            found = re.compile(rf"""(["']){re.escape(value)}\1""").search(self._lines[number - 1], start)
            if found is not None:
                return Place(self._path, number, found.start() + 1, number, found.end() + 1)
        return place


def _too_deep(path: str, text: str) -> Finding | None:
    """Besides brackets, dotted keys nest."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > DEPTH_LIMIT and (_ASSIGNMENT.match(line) or _HEADER.match(line)):
            return report_too_deep(Place(path, number, 1, number, 2), limit=DEPTH_LIMIT)
    return check_depth(path, text)


def _syntax_error(path: str, text: str, message: str) -> Finding:
    position = _POSITION.search(message)
    problem = _POSITION.sub("", message)
    if position is not None and position[1] is not None:
        line, column = int(position[1]), int(position[2])
    else:
        line, column = text.count("\n") + 1, len(text.rpartition("\n")[2]) + 1
    quotes = re.sub(r" '.*'$|: .*$", "", problem)
    place = Place(path, line, column, line, column + 1)
    return report_syntax_error(place, "TOML", quotes[:1].lower() + quotes[1:])


def _scan(path: str, lines: list[str]) -> Iterator[tuple[Path, Place]]:
    """The first place of each key; list items of `[[...]]` are counted as TOML counts them."""
    table: Path = ()
    counts: dict[Path, int] = {}
    seen: set[Path] = set()
    for number, line in enumerate(lines, 1):
        match = _HEADER.match(line) or _ASSIGNMENT.match(line)
        if match is None:
            continue
        is_header = match.re is _HEADER
        full = _resolved((() if is_header else table), _keys(match["keys"]), counts, is_header=is_header)
        place = Place(path, number, match.start("keys") + 1, number, match.end("keys") + 1)
        if is_header:
            if match[1] == "[[":
                counts[full] = counts.get(full, -1) + 1
                full = (*full, counts[full])
            table = full
        for length in range(1, len(full) + 1):
            if full[:length] not in seen:
                seen.add(full[:length])
                yield full[:length], place


def _resolved(table: Path, keys: tuple[str, ...], counts: Mapping[Path, int], *, is_header: bool) -> Path:
    """The path of a dotted key; below a `[[list]]` it goes on in the list's last item."""
    path = table
    for index, key in enumerate(keys):
        path = (*path, key)
        if path in counts and is_header and index < len(keys) - 1:
            path = (*path, counts[path])
    return path


def _keys(dotted: str) -> tuple[str, ...]:
    return tuple(
        tomllib.loads(f"key = {part}")["key"] if part[0] == '"' else part.strip("'")
        for part in re.findall(_PART, dotted)
    )


def _node(value: object, path: Path, places: _Places) -> Node:
    match value:
        case dict():
            entries = (
                Entry(key, places.of_key((*path, key)), _node(inner, (*path, key), places))
                for key, inner in value.items()
            )
            return MapNode(tuple(entries), places.of_key(path))
        case list():
            items = (_node(inner, (*path, index), places) for index, inner in enumerate(value))
            return ListNode(tuple(items), places.of_key(path))
        case datetime() | date() | time():
            return ScalarNode(value.isoformat(), places.of_key(path))
        case float() if not math.isfinite(value):
            raise Refused(report_syntax_error(places.of_key(path), "TOML", "number out of range"))
        case str() | int() | float() | None:
            return ScalarNode(value, places.of_value(path, value))
    raise TypeError(f"TOML has no {type(value).__name__}")
