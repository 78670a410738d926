"""Tell which facts about a secret are values of it, which nothing may show.

A pattern may spell out the value that it matches, as allowed values do.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from authscribe.model.credential_names import is_live_credential

VALUE_KEYS: Final = ("default", "example", "enum")
"""Keys of a secret that hold values of it."""

_MEMBER: Final = r"\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\.|[^\\]"
_RANGE: Final = rf"(?s)({_MEMBER})(?:-({_MEMBER}))?"
_PART: Final = (
    r"(?s)\\(?:x(?P<hex>[0-9A-Fa-f]{2})|u(?P<unicode>[0-9A-Fa-f]{4})|(?P<escape>.))"
    r"|\[(?P<complement>\^?)(?P<members>(?:\\.|[^]\\])*+)\]?|(?P<any>\.(?=[*+{]))"
)
"""Matches an escape, a class and a repeated dot. One dot alone is more often that of a text than any character."""
_CLASSES: Final = frozenset("dDwWSpP")
"""Escapes that match many characters. Blanks around a value hide nothing of it."""
_BEGINNING: Final = r"\^[^$]*(?:[_:/-]|\\\.)\)?"
"""Matches a pattern of how a value begins, such as `^wk_` and `^(ghp|gho)_`."""
_NO_TEXT: Final = r"[\0()|^$*+?{}\s]"
_FEWEST: Final = 5
"""Members of a class; one with fewer, such as `[sS]`, spells a character in several ways."""


def may_be_value(key: str, fact: str | None) -> bool:
    """Return whether a fact about a secret is a value of it, or spells one out."""
    return key in VALUE_KEYS or (key == "pattern" and fact is not None and not is_shape(fact))


@lru_cache(maxsize=1024)
def is_shape(pattern: str) -> bool:
    """Return whether a pattern leaves characters open, as `^[0-9a-f]{32}$` and `^wk_` do, and spells out no value.

    `^(s3cr3t|t0ps3cr3t)$` does, whatever is optional or repeated in it, and so does what looks like a credential in use
    beside what is open. A pattern without any class is no shape, even if it is not valid.
    """
    is_open = any(map(_is_open, re.finditer(_PART, pattern))) or re.fullmatch(_BEGINNING, pattern) is not None
    texts = re.split(_NO_TEXT, re.sub(_PART, _spell_part, pattern))
    return is_open and not any(is_live_credential("secret", text) for text in texts)


def _is_open(part: re.Match[str]) -> bool:
    """Return whether a part of a pattern stands for any of many characters."""
    if part["members"] is not None:
        return part["complement"] != "" or _count_members(part["members"]) >= _FEWEST
    return part["any"] is not None or part["escape"] in _CLASSES


def _count_members(members: str) -> int:
    ranges = [(first, last or first) for first, last in re.findall(_RANGE, members)]
    if any(first[0] == "\\" and first[1] in _CLASSES for first, _ in ranges):
        return _FEWEST
    return sum(_find_code(last) - _find_code(first) + 1 for first, last in ranges)


def _find_code(member: str) -> int:
    return int(member[2:], 16) if len(member) > len(r"\n") else ord(member[-1])


def _spell_part(part: re.Match[str]) -> str:
    """Return the character that an escape spells; a class ends the text before it."""
    code = part["hex"] or part["unicode"]
    if code is not None:
        return chr(int(code, 16))
    escape = part["escape"]
    return escape if escape is not None and not escape.isalnum() else "\0"
