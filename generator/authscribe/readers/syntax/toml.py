"""Parse TOML: values come from the standard library, places from a scan of the lines.

tomllib keeps no places. The scan knows headers and keys only: a text has the place of the next string that spells it.
Another scalar after a key that the scan knows has its own place, and any other value that of its key.
"""

from __future__ import annotations

import math
import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Final, TypeAlias

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.syntax_error import report_syntax_error
from authscribe.findings.rules.too_deep import report_too_deep
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode
from authscribe.readers.text import DEPTH_LIMIT, ParseError, check_depth

_KEY: Final = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_DOTTED_KEY: Final = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_HEADER: Final = re.compile(rf"[ \t]*(\[\[?)[ \t]*(?P<keys>{_DOTTED_KEY})[ \t]*\]")
_ASSIGNMENT: Final = re.compile(rf"[ \t]*(?P<keys>{_DOTTED_KEY})[ \t]*=")
_STRING: Final = re.compile(r"""(?P<quote>["'])(?P<text>(?<=")(?:[^"\\]|\\.)*+|(?<=')[^']*+)(?P<end>(?P=quote)?)""")
"""String on one line; one that does not end there extends to the end of the line."""
_DEEP_KEY: Final = rf"""(?<![\w-])(?:[A-Za-z0-9_-]++|")(?:[ \t]*+\.[ \t]*+(?:[A-Za-z0-9_-]++|")){{{DEPTH_LIMIT + 1}}}"""
_SCALAR: Final = re.compile(r"""[ \t]*=[ \t]*(?P<scalar>""(?!")|''(?!')|[^\s"'\[{#,\]}]+)""")
_POSITION: Final = r" \(at (?:line (\d+), column (\d+)|end of document)\)$"

_STRING_REACH: Final = 200
"""Lines below a key in which its string value is searched."""

KeyPath: TypeAlias = tuple[str | int, ...]
"""The keys and list indexes that lead to a value from the root of its document."""


def parse_toml(path: str, text: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """Return the tree of a document, or None with the finding that tells why there is none."""
    too_deep = _check_nesting(path, text)
    if too_deep is not None:
        return None, (too_deep,)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, (_make_syntax_error(path, text, str(error)),)
    except (RecursionError, ValueError):
        return None, (report_syntax_error(Place(path), "TOML", "value out of range"),)
    lines = text.split("\n")
    try:
        return _make_node(values, (), _PlaceFinder(path, lines, dict(_scan_keys(path, lines)))), ()
    except ParseError as error:
        return None, (error.finding,)


class _PlaceFinder:
    """Places of the keys and values of one document."""

    def __init__(self, path: str, lines: list[str], keys: Mapping[KeyPath, Place]) -> None:
        self._path = path
        self._lines = lines
        self._keys = keys
        self._strings = _scan_strings(path, lines)

    def find_key(self, key: KeyPath) -> Place:
        """Return the place of a key, or of the closest key around it that the scan knows."""
        while key not in self._keys and key:
            key = key[:-1]
        return self._keys.get(key, Place(self._path, 1, 1, 1, 2))

    def find_value(self, key: KeyPath, value: object) -> Place:
        """Return the place of a string at or after its key, or of another scalar after it, or else that of the key."""
        place = self.find_key(key)
        if not isinstance(value, str) or not value:
            return self._find_scalar(place) if key in self._keys else place
        if "\n" in value:
            return place
        strings = self._strings.get(value, [])
        index = bisect_left(strings, Place(self._path, place.line, place.end_column))
        is_near = index < len(strings) and strings[index].line < place.line + _STRING_REACH
        return strings[index] if is_near else place

    def _find_scalar(self, place: Place) -> Place:
        match = _SCALAR.match(self._lines[place.line - 1], place.end_column - 1)
        if match is None:
            return place
        return place._replace(column=match.start("scalar") + 1, end_column=match.end("scalar") + 1)


def _check_nesting(path: str, text: str) -> Finding | None:
    # Dotted keys nest as brackets do; those in quotes may contain dots.
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > DEPTH_LIMIT and re.search(_DEEP_KEY, _STRING.sub('"', line)):
            return report_too_deep(Place(path, number, 1, number, 2), limit=DEPTH_LIMIT)
    return check_depth(path, text)


def _make_syntax_error(path: str, text: str, message: str) -> Finding:
    position = re.search(_POSITION, message)
    problem = re.sub(_POSITION, "", message)
    if position is not None and position[1] is not None:
        line, column = int(position[1]), int(position[2])
    else:
        # The end of the last line with any text: below it there is nothing to see.
        before = text.rstrip()
        line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    # Some messages end with a quotation of the text, which no finding repeats.
    problem = re.sub(r" '.*'$|: .*$", "", problem)
    place = Place(path, line, column, line, column + 1)
    return report_syntax_error(place, "TOML", problem[:1].lower() + problem[1:])


def _scan_strings(path: str, lines: list[str]) -> dict[str, list[Place]]:
    """Return the places of each string as it is spelled between its quotes, in order."""
    strings: dict[str, list[Place]] = {}
    for number, line in enumerate(lines, 1):
        for match in _STRING.finditer(line):
            if match["end"]:
                place = Place(path, number, match.start() + 1, number, match.end() + 1)
                strings.setdefault(match["text"], []).append(place)
    return strings


def _scan_keys(path: str, lines: list[str]) -> Iterator[tuple[KeyPath, Place]]:
    """Yield the first place of each key; each `[[...]]` header is the next item of its list."""
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    seen: set[KeyPath] = set()
    for number, line in enumerate(lines, 1):
        match = _HEADER.match(line) or _ASSIGNMENT.match(line)
        if match is None:
            continue
        is_header = match.re is _HEADER
        full = _resolve_key(() if is_header else table, _split_key(match["keys"]), counts, is_header=is_header)
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


def _resolve_key(table: KeyPath, keys: tuple[str, ...], counts: Mapping[KeyPath, int], *, is_header: bool) -> KeyPath:
    """Return the path of a dotted key; a header below a `[[list]]` belongs to the last item of that list."""
    path = table
    for index, key in enumerate(keys):
        path = (*path, key)
        if path in counts and is_header and index < len(keys) - 1:
            path = (*path, counts[path])
    return path


def _split_key(dotted: str) -> tuple[str, ...]:
    return tuple(
        tomllib.loads(f"key = {part}")["key"] if part[0] == '"' else part.strip("'")
        for part in re.findall(_KEY, dotted)
    )


def _make_node(value: object, path: KeyPath, places: _PlaceFinder) -> Node:
    if len(path) > DEPTH_LIMIT:
        raise ParseError(report_too_deep(places.find_key(path), limit=DEPTH_LIMIT))
    match value:
        case dict():
            entries = (
                Entry(key, places.find_key((*path, key)), _make_node(inner, (*path, key), places))
                for key, inner in value.items()
            )
            return MapNode(tuple(entries), places.find_key(path))
        case list():
            items = (_make_node(inner, (*path, index), places) for index, inner in enumerate(value))
            return ListNode(tuple(items), places.find_key(path))
        case datetime() | date() | time():
            return ScalarNode(value.isoformat(), places.find_key(path))
        case float() if not math.isfinite(value):
            raise ParseError(report_syntax_error(places.find_key(path), "TOML", "number out of range"))
        case str() | int() | float() | None:
            return ScalarNode(value, places.find_value(path, value))
    raise TypeError(f"TOML has no {type(value).__name__}")
