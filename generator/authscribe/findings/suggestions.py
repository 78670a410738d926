"""Word the parts of messages and help lines that several rules share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from authscribe.findings.finding import pluralize

_LISTED: Final = 50
"""Known words that a help line lists at most; a catalogue of another system can have hundreds."""
_SIMILAR: Final = 0.6
"""Least similarity (`difflib.SequenceMatcher.ratio`) at which a known word is suggested."""


def join_names(names: Sequence[str]) -> str:
    """Return the first three names in quotes, and how many more there are."""
    quoted = [f"'{name}'" for name in names[:3]]
    return ", ".join(quoted) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def list_names(noun: str, names: Iterable[str]) -> str:
    """Return all names in quotes, sorted, after `the` and their noun."""
    quoted = [f"'{name}'" for name in sorted(names)]
    return f"the {noun}{'s' * (len(quoted) > 1)} {', '.join(quoted)}"


def suggest(word: str, known: Iterable[str], otherwise: str = "remove it") -> str:
    """Return `did you mean 'x'?` for the nearest known word, else the known words, else `otherwise`."""
    words = sorted(set(known))
    more = f" and {len(words) - _LISTED} more" if len(words) > _LISTED else ""
    listed = f"use one of: {', '.join(words[:_LISTED])}{more}"
    return suggest_nearest(word, words, listed if words else otherwise)


def suggest_nearest(word: str, known: Iterable[str], otherwise: str, *, prefix: str = "") -> str:
    """Return `did you mean 'x'?` for the nearest known word, else `otherwise`.

    All words begin with the prefix, which says nothing about their likeness.
    """
    # Imported here, since most runs report nothing.
    from difflib import get_close_matches

    words = {each.removeprefix(prefix): each for each in sorted(set(known))}
    near = get_close_matches(word.removeprefix(prefix), [*words], n=1, cutoff=_SIMILAR)
    return f"did you mean '{words[near[0]]}'?" if near else otherwise


class Impact(NamedTuple):
    """Whom a change of definitions concerns: the audiences that it breaks, and the connectors that it affects."""

    breaks: tuple[str, ...]
    needs_login: bool
    connectors: tuple[str, ...]

    def describe(self, advice: str = "") -> str:
        """Return the advice, followed by whom the change concerns."""
        affected = f"affects {pluralize(len(self.connectors), 'connector')}"
        parts = (
            advice,
            f"breaks: {', '.join(self.breaks)}" if self.breaks else "",
            "people must log in again" if self.needs_login else "",
            f"{affected}: {', '.join(self.connectors)}" if self.connectors else affected,
        )
        return "; ".join(part for part in parts if part)
