"""Read words however they are spelled: those by which prose is recognised, and those of titles and labels.

Only what is recognised is corrected: names and texts of a page stay as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from authscribe.model.naming import to_ascii

_OPTIONAL_PLURAL: Final = re.compile(r"(?<=[^\W\d_])\(e?s\)", re.IGNORECASE)
_DASHES_AND_QUOTES: Final = re.compile("[\u2010-\u2027]")
"""Punctuation beyond ASCII that parts words (Unicode block General Punctuation)."""
_WORD: Final = re.compile(r"\b[a-z]{6,13}\b", re.IGNORECASE)
_WORDS: Final = (
    "attribute", "credentials", "credential", "description", "following", "injected", "mandatory", "parameter",
    "property", "required", "requires", "secrets", "variable",
)  # fmt: skip
_OTHER_WORDS: Final = frozenset(
    {
        "attributed", "attributes", "descriptions", "hollowing", "infected", "parameters", "properly", "require",
        "secret", "variables",
    }
)  # fmt: skip
"""Words that are right, although they are similar to one of the others."""


def _shorten(word: str) -> Iterable[str]:
    """Return the word, and the word without each of its letters: two words that share one differ by one mistake."""
    return (word, *(word[:index] + word[index + 1 :] for index in range(len(word))))


_SHORTENED: Final = {short: word for word in reversed(_WORDS) for short in _shorten(word)}


def list_words(text: str) -> list[str]:
    """Return the words of a title or label in lower case and ASCII: "API key(s)" gives "api" and "key"."""
    bare = _OPTIONAL_PLURAL.sub("", text)
    return re.findall(r"[a-z0-9]+", to_ascii(_DASHES_AND_QUOTES.sub(" ", bare)).lower())


def correct_spelling(text: str) -> str:
    """Return the text with one wrong, missing, additional or exchanged letter put right in words such as "requird"."""
    return _WORD.sub(lambda match: _correct_word(match[0]), text)


@lru_cache(maxsize=4096)
def _correct_word(word: str) -> str:
    lower = word.lower()
    if lower in _WORDS or lower in _OTHER_WORDS:
        return word
    return next((_SHORTENED[short] for short in _shorten(lower) if short in _SHORTENED), word)
