"""Find what may be a value of a secret in lines of definition files that could not be read as they are meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.credential_names import may_be_credential
from authscribe.model.draft import Draft, Noun
from authscribe.model.stated_values import VALUE_KEYS

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
_FULL_ADDRESS: Final = re.compile("://.*[@?]")
"""Matches in an address that may have a credential before its host or in its query."""


def list_unread_values(texts: Mapping[str, str], drafts: Iterable[Draft]) -> Iterator[Place]:
    """Yield the places of values in comments, and in the lines about which readers have findings.

    Of what these state, no draft has more than a part. In them, values of plain keys only may be shown.
    """
    for draft in drafts:
        if not draft.is_page and not draft.is_foreign:
            yield from _list_in_comments(draft.path, texts.get(draft.path, ""))
            numbers = {(place.path, place.line) for finding in draft.findings for place in finding.places}
            split = {path: texts[path].split("\n") for path, _ in numbers if path in texts}
            for path, number in sorted(numbers):
                lines = split.get(path, [])
                yield from _list_in_line(path, number, lines[number - 1]) if 0 < number <= len(lines) else ()


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
