"""Parse environment files by the grammar of python-dotenv, with the place of every name and value."""

from __future__ import annotations

import re
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.syntax_error import report_syntax_error
from authscribe.model.draft import Entry, MapNode, Node, ScalarNode

QUOTES: Final = "'\"`"
_ASSIGNMENT: Final = re.compile(
    r"[^\S\n]*(?:export[^\S\n]+)?(?P<name>'[^'\n]+'|[^=#\s]+)[^\S\n]*"
    r"(?:(?P<equals>=[^\S\n]*)"
    r"(?P<value>'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`(?=[^\S\n]*$)|[^'\"\n][^\n]*|))?"
    r"[^\S\n]*(?:#[^\n]*)?$",
    re.MULTILINE | re.DOTALL,
)
_NO_ASSIGNMENT: Final = re.compile(r"[^\S\n]*(?:#[^\n]*)?$", re.MULTILINE)
_REMARK: Final = re.compile(r"\s+#.*")


def parse_dotenv(path: str, text: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """Return the variables with their values as they are written, or the finding that tells why there are none.

    The variables may have duplicates.
    """
    entries: list[Entry] = []
    position, line = 0, 1
    while position <= len(text):
        match = _NO_ASSIGNMENT.match(text, position)
        if match is None:
            match = _ASSIGNMENT.match(text, position)
            if match is None:
                place = Place(path, line, 1, line, text.find("\n", position) % (len(text) + 1) - position + 1)
                return None, (report_syntax_error(place, "environment file", "neither an assignment nor a comment"),)
            entries.append(_make_entry(path, match, line))
        line += match[0].count("\n") + 1
        position = match.end() + 1
    return MapNode(tuple(entries), Place(path, 1, 1, 1, 1)), ()


def _make_entry(path: str, match: re.Match[str], line: int) -> Entry:
    start, end = (offset - match.start() + 1 for offset in match.span("name"))
    name_place = Place(path, line, start, line, end)
    value = _trim_value(match["equals"] or "", match["value"] or "")
    start = end if match["equals"] is None else match.start("value") - match.start() + 1
    lines = value.split("\n")
    end = start + len(value) if len(lines) == 1 else len(lines[-1]) + 1
    place = Place(path, line, start, line + len(lines) - 1, end)
    return Entry(match["name"].strip("'"), name_place, ScalarNode(value, place))


def _trim_value(equals: str, value: str) -> str:
    """Return a value without the comment after it, as python-dotenv reads it."""
    if value[:1] in QUOTES and value[-1:] == value[:1] and value != value[:1]:
        return value
    return "" if value.startswith("#") and equals[1:] else _REMARK.sub("", value).rstrip()
