"""Read the scripts of Postman items, and the headers that they add to requests.

Of the text of a script, only names are read: those of variables, of headers and of keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from authscribe.model.draft import ListNode, MapNode, Node, get_text

BEFORE: Final = "prerequest"
"""Moment of scripts that run before the request; others run after the response."""
STORE: Final = r"\bpm\s*\.\s*(?:environment|collectionVariables|globals|variables)\s*\.\s*"
NAME: Final = r"""\s*\(\s*(?P<quote>["'`])(?P<name>[^"'`\n]{1,100})(?P=quote)\s*"""
"""Matches the beginning of a call with the name of a variable."""
_COMMENT: Final = re.compile(r"^[ \t]*(?://[^\n]*|/\*.*?(?:\*/|\Z))", re.MULTILINE | re.DOTALL)
"""Comments that begin a line: elsewhere, their marks may be part of a text such as `https://` or `*/*`."""
_READING: Final = rf"{STORE}get{NAME}\)"
_LOCAL: Final = re.compile(rf"\b(?:var|let|const)\s+(?P<local>[A-Za-z_$][\w$]*)\s*=\s*{_READING}")
_HEADER: Final = re.compile(
    r"\bpm\s*\.\s*request\s*\.\s*headers\s*\.\s*(?:add|upsert)\s*\(\s*\{\s*[\"']?key[\"']?\s*:\s*"
    r"[\"'`](?P<key>[A-Za-z0-9_-]{1,64})[\"'`]\s*,\s*[\"']?value[\"']?\s*:\s*"
    r"(?:[\"'`](?P<word>[A-Za-z]{1,20} )(?:[\"'`]\s*\+\s*|\$\{\s*))?"
    rf"(?:{_READING}|(?P<local>[A-Za-z_$][\w$]*)\b(?![.(\[]))"
)
"""Matches a header whose value is a variable, perhaps after a word such as `Bearer`."""


def list_scripts(item: MapNode) -> Iterator[tuple[str, str]]:
    """Yield the moment and the text of each script of an item, without comments."""
    events = item.find("event")
    for event in events.items if isinstance(events, ListNode) else ():
        if isinstance(event, MapNode):
            text = "\n".join(_list_lines(event.find("script")))
            yield get_text(event.find("listen")) or "", _COMMENT.sub("", text)


def list_added_headers(item: MapNode) -> Iterator[tuple[str, str]]:
    """Yield name and value of the headers that scripts add to the requests of an item, as requests spell them."""
    for moment, text in list_scripts(item):
        if moment == BEFORE:
            variables = {match["local"]: match["name"] for match in _LOCAL.finditer(text)}
            for match in _HEADER.finditer(text):
                name = match["name"] or variables.get(match["local"])
                if name is not None:
                    yield match["key"], f"{match['word'] or ''}{{{{{name.strip()}}}}}"


def _list_lines(script: Node | None) -> Iterator[str]:
    """Yield the lines of a script, which are a list or one text."""
    lines = script.find("exec") if isinstance(script, MapNode) else None
    yield from (get_text(line) or "" for line in (lines.items if isinstance(lines, ListNode) else (lines,)))
