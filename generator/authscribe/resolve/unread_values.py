"""Find what may be a value of a secret in lines of sources, and was not read as one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.credential_names import may_be_credential
from authscribe.model.draft import Draft, Noun, list_places
from authscribe.model.stated_values import VALUE_KEYS
from authscribe.resolve.secret_values import SECRET_ROLES

_PLAIN_KEYS: Final = frozenset(
    {
        *Noun, "aliases", "description", "docs", "extends", "id", "in", "injected", "kind", "lifetime", "name", "notes",
        "openapi", "optional", "parameters", "required", "scheme", "source", "status", "successor", "summary",
        "swagger", "title", "type", "url",
    }
)  # fmt: skip
"""Keys that hold no value of a secret; a misspelt or repeated key may."""

_TOKEN: Final = re.compile(
    r"""(?P<key>"(?:[^"\\]|\\.)*+"(?=\s*+[:=])|'[^']*+'(?=\s*+[:=])|[\w.-]++(?=\s*+=|:\s|:$))\s*+[:=]"""
    r"""|(?P<value>"(?:[^"\\]|\\.)*+"?|'[^']*+'?|[^\s"',{}[\]]++)"""
)
"""Matches a key with what ends it, in YAML, JSON or TOML, or a part of a value."""
_COMMENT: Final = re.compile(r"(?:^|\s)#")
_WORD: Final = re.compile(r"[\W_]*[A-Za-z]*[\W_]*")
"""Matches a word, or signs, before any key."""
_WORDS: Final = re.compile(r"[^\s|<>]+")
_ROW: Final = re.compile(r"\s*\|[^|]*\|")
"""Matches the beginning and the first cell of a row, which has the name, in Markdown or in a grid."""
_FULL_ADDRESS: Final = re.compile("://.*[@?]")
"""Matches in an address that may have a credential before its host or in its query."""


def list_unread_values(texts: Mapping[str, str], drafts: Iterable[Draft]) -> Iterator[Place]:
    """Yield the places of what may be a value in lines that reports quote, and is no part of a draft.

    In definition files, it is in comments, and in the lines about which readers have findings. In pages, it is in the
    rows of secrets, of which readers leave out the values, and in rows with findings.
    """
    for draft in drafts:
        text = texts.get(draft.path, "")
        if draft.is_page:
            yield from _list_in_rows(draft, text.split("\n"))
        elif not draft.is_foreign:
            yield from _list_in_comments(draft.path, text)
            lines = text.split("\n")
            for number in _list_reported(draft, len(lines)):
                yield from _list_in_line(draft.path, number, lines[number - 1])


def _list_reported(draft: Draft, count: int) -> list[int]:
    """Return the numbers of the lines about which the reader has a finding."""
    places = (place for finding in draft.findings for place in finding.places)
    return sorted({place.line for place in places if place.path == draft.path and 0 < place.line <= count})


def _list_in_rows(draft: Draft, lines: Sequence[str]) -> Iterator[Place]:
    nodes = (definition.node.find(role) for definition in draft.definitions for role in SECRET_ROLES)
    read = {(place.line, place.column): place for node in nodes if node is not None for place in list_places(node)}
    for number in sorted({line for line, _ in read} | {*_list_reported(draft, len(lines))}):
        row = _ROW.match(lines[number - 1]) if 0 < number <= len(lines) else None
        end = row.end() if row is not None else 0
        for token in _WORDS.finditer(lines[number - 1], end) if row is not None else ():
            place = read.get((number, token.start() + 1))
            end = place.end_column - 1 if place is not None else end
            if token.start() >= end and _WORD.fullmatch(token[0]) is None:
                yield Place(draft.path, number, token.start() + 1, number, token.end() + 1)


def _list_in_line(path: str, number: int, line: str) -> Iterator[Place]:
    key, end = None, 0
    for token in _TOKEN.finditer(line):
        # In `default: a: b`, the value begins with what looks like a key.
        is_value = end > 0 and key not in _PLAIN_KEYS and "{" not in line[end : token.start()]
        if token["key"] is not None and not is_value:
            key, end = token["key"].strip("\"'"), token.end()
            continue
        end = 0
        if _may_be_value(key, token[0]):
            yield Place(path, number, token.start() + 1, number, token.end() + 1)


def _may_be_value(key: str | None, text: str) -> bool:
    """Return whether a text below a key, or before any, may be the value of a secret."""
    if key is None:
        return _WORD.fullmatch(text) is None
    return key not in _PLAIN_KEYS or _FULL_ADDRESS.search(text) is not None


def _list_in_comments(path: str, text: str) -> Iterator[Place]:
    """Yield the places of values in comments, as in `# default: a value` and `# API_KEY=a value`."""
    for number, line in enumerate(text.split("\n"), 1):
        comment = _COMMENT.search(line)
        name = ""
        for token in _TOKEN.finditer(line, comment.start()) if comment is not None else ():
            if token["key"] is not None:
                name = token["key"].strip("\"'")
            elif name in VALUE_KEYS or may_be_credential(name, token[0]):
                yield Place(path, number, token.start() + 1, number, token.end() + 1)
