"""Phrases that several findings share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final


def join_names(names: Sequence[str]) -> str:
    """Return the first three names in quotes, and how many more there are."""
    quoted = [f"'{name}'" for name in names[:3]]
    return ", ".join(quoted) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


_NAMED: Final = 50
"""How many words a repair may name to choose from."""


def suggest(word: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?` for the nearest known word, else the known words, else nothing to choose from.

    Of very many words, as in a catalogue of another system, only the first are named.
    """
    # For mistakes alone; most runs have none.
    from difflib import get_close_matches

    words = sorted(set(known))
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    more = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
    return f"use one of: {', '.join(words[:_NAMED])}{more}" if words else "there is none to choose from"


def describe_affected(users: Sequence[str]) -> str:
    """Return which connectors a change affects."""
    return f"it concerns {', '.join(users)}" if users else "no connector uses it"
