"""Word the parts of messages and help lines that several rules share."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from authscribe.findings.finding import pluralize

_LISTED: Final = 50
"""Known words that a help line lists at most; a catalogue of another system can have hundreds."""
_SIMILAR: Final = 0.6
"""Least similarity (`difflib.SequenceMatcher.ratio`) at which a known word is suggested."""
NEARLY_EQUAL: Final = 0.85
"""Least similarity at which a word counts as a misspelt form of a known one."""
_SHORTEST: Final = 4
"""Letters of the shortest word in which two swapped ones are clearly a mistake."""
_EFFORT: Final = 1_000_000
"""Pairs of characters that are compared at most to find the words nearest to others; some 0.2 seconds of work."""


class Vocabulary(frozenset[str]):
    """Known words: made once for all words that are looked up among them.

    The nearest word is searched as long as all searches together take bounded effort.
    """

    _spent = 0

    @cached_property
    def sorted_words(self) -> tuple[str, ...]:
        """Return the words in order."""
        return tuple(sorted(self))

    @cached_property
    def listing(self) -> str:
        """Return advice to use one of the words; empty if there are none."""
        return _advise(self.sorted_words, 0, len(self))

    def list_kinds(self, word: str) -> str:
        """Return advice to use one of the words that begin with this one and `_`; empty unless there are several."""
        words = self.sorted_words
        # The character after `_` is "`".
        start, end = bisect_left(words, f"{word}_"), bisect_left(words, f"{word}`")
        return _advise(words, start, end) if word and end - start > 1 else ""

    @property
    def is_exhausted(self) -> bool:
        """Return whether the searches have taken so much effort that there are no more."""
        return self._spent > _EFFORT

    def find_nearest(self, word: str, cutoff: float = _SIMILAR) -> str | None:
        """Return the known word that is most similar to `word`; None if none is, or after too many searches.

        A word that differs only in case or in the signs between its parts is the nearest.
        """
        return next(iter(self._find_near(word, 1, cutoff)), None)

    def find_only(self, word: str, cutoff: float) -> str | None:
        """Return the nearest word if no other one reaches the cutoff, or differs only in case and signs."""
        near = self._find_near(word, 2, cutoff)
        return near[0] if len(near) == 1 else None

    def _find_near(self, word: str, count: int, cutoff: float) -> list[str]:
        same = self._by_letters.get(_keep_letters(word))
        if same is not None:
            return [same]
        swapped = self._find_swapped(word)
        if len(swapped) == 1:
            return swapped
        self._spent += len(word) * self._length
        if self.is_exhausted:
            return []
        # No known word is more similar than one that consists of these letters. Asking `difflib` takes far longer.
        shared = sum(map(self._letters.__contains__, word))
        if 2 * shared < cutoff * (len(word) + shared):
            return []
        # Imported here, since most runs report nothing.
        from difflib import get_close_matches

        return get_close_matches(word, self.sorted_words, n=count, cutoff=cutoff)

    def _find_swapped(self, word: str) -> list[str]:
        """Return the words that differ only in two neighbouring letters; those of short words make half of them."""
        starts = range(len(word) - 1) if len(word) >= _SHORTEST else ()
        swapped = {f"{word[:start]}{word[start + 1]}{word[start]}{word[start + 2 :]}" for start in starts}
        return sorted(swapped & self)

    @cached_property
    def _by_letters(self) -> dict[str, str]:
        """Return the words by their letters and digits, without those that share these."""
        by_letters: dict[str, list[str]] = {}
        for word in self:
            by_letters.setdefault(_keep_letters(word), []).append(word)
        return {letters: words[0] for letters, words in by_letters.items() if letters and len(words) == 1}

    @cached_property
    def _letters(self) -> frozenset[str]:
        return frozenset("".join(self))

    @cached_property
    def _length(self) -> int:
        return sum(map(len, self))


def _advise(words: Sequence[str], start: int, end: int) -> str:
    """Return advice to use one of the words from one position to another; empty if there are none."""
    listed = ", ".join(words[start : min(start + _LISTED, end)])
    more = f" and {end - start - _LISTED} more" if end - start > _LISTED else ""
    return f"use one of: {listed}{more}" if start < end else ""


def _keep_letters(word: str) -> str:
    return "".join(filter(str.isalnum, word.casefold()))


def join_names(names: Sequence[str]) -> str:
    """Return the first three names in quotes, and how many more there are."""
    quoted = [f"'{name}'" for name in names[:3]]
    return ", ".join(quoted) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def list_names(noun: str, names: Iterable[str]) -> str:
    """Return all names in quotes, sorted, after `the` and their noun."""
    quoted = [f"'{name}'" for name in sorted(names)]
    return f"the {noun}{'s' * (len(quoted) > 1)} {', '.join(quoted)}"


def suggest(word: str, known: Iterable[str], otherwise: str = "remove it", *, alternative: str = "") -> str:
    """Return `did you mean 'x'?` for the nearest known word, else the known words and an alternative to them.

    If several known words begin with the word, such as the kinds of `oauth2`, these are returned. Returns `otherwise`
    if there are no known words.
    """
    words = _to_vocabulary(known)
    kinds = words.list_kinds(word)
    if kinds:
        return kinds
    listed = "; or ".join(filter(None, (words.listing, alternative)))
    near = words.find_nearest(word) or words.find_nearest(word.lower())
    return suggest_nearest(near or word, words, listed if words.listing else otherwise)


def suggest_nearest(word: str, known: Iterable[str], otherwise: str, *, prefix: str = "") -> str:
    """Return `did you mean 'x'?` for the nearest known word, else `otherwise`.

    The word and the suggestion begin with the prefix, which the known words lack.
    """
    near = _to_vocabulary(known).find_nearest(word.removeprefix(prefix))
    return f"did you mean '{prefix}{near}'?" if near is not None else otherwise


def _to_vocabulary(known: Iterable[str]) -> Vocabulary:
    return known if isinstance(known, Vocabulary) else Vocabulary(known)


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
