"""Whether two names mean one secret: how alike they are, what the description says, where the secret is used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final

from authscribe.model import naming

_LIKELY: Final = 0.5
_NEARLY_EQUAL: Final = 0.8
_NAME, _DESCRIPTION, _USE = 0.6, 0.2, 0.2
"""What each witness weighs: a name alone must be nearly the same, or have the support of another witness."""


def find_likeliest(name: str, candidates: Iterable[tuple[str, str]], slots: Sequence[Sequence[str]]) -> str | None:
    """The candidate, of pairs of name and description, that most likely means `name`; None where none is likely.

    `slots` are the paths at which the secret is used.
    """
    scored = [(score_match(name, candidate, description, slots), candidate) for candidate, description in candidates]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= _LIKELY else None


def score_match(name: str, candidate: str, description: str, slots: Sequence[Sequence[str]]) -> float:
    """Between 0, nothing in common, and 1."""
    mine, theirs = naming.split_words(name), naming.split_words(candidate)
    alike = SequenceMatcher(None, name.lower(), candidate.lower()).ratio()
    if not set(mine) & set(theirs) and alike < _NEARLY_EQUAL:
        return 0.0
    described = _shared(mine, naming.split_words(description))
    used = max(
        (_shared(theirs, [word for key in slot for word in naming.split_words(key)]) for slot in slots), default=0.0
    )
    return _NAME * alike + _DESCRIPTION * described + _USE * used


def _shared(words: Sequence[str], others: Sequence[str]) -> float:
    """The part of the words that the others have too."""
    return len(set(words) & set(others)) / len(set(words)) if words else 0.0
