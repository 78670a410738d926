"""Read and choose the words that make a setting required or optional: answers, remarks and legends of marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from authscribe.model.naming import split_words
from authscribe.model.wording import ENGLISH, Wording
from authscribe.readers.pages.wording.columns import compile_columns, match_columns
from authscribe.readers.pages.wording.patterns import NOUNS, compile_any, join_words

_LEGEND: Final = re.compile(
    r"\(?(?P<mark>[*\u2020\u2021])\)?\s*[:=\u2013-]?\s*(?:(?:denotes|indicates|marks|means)\s+)?(?:(?:a|an|the)\s+)?"
    rf"(?P<use>required|mandatory|optional)(?: {NOUNS})?\.?"
    r"|.*\b(?:marked|followed|indicated|denoted) (?:with|by) (?:an? )?(?:asterisk|star)?\s*"
    r"\(?(?P<sign>[*\u2020\u2021]?)\)?\s+(?:are|is)\s+(?P<meaning>required|mandatory|optional)\.?",
    re.IGNORECASE,
)
"""Match a paragraph that explains a mark beside names, such as "* required" or "Fields marked with * are optional."."""
_CROSS: Final = "x"
# Each word and the one with the opposite meaning have the same index, if there is one.
_YES: Final = (
    "yes", "y", "true", "\u2713", "\u2714", "\u2705", "\u2611", ":white_check_mark:", ":heavy_check_mark:", "\u2714",
    _CROSS,
)  # fmt: skip
_NO: Final = (
    "no", "n", "false", "\u2717", "\u2718", "\u274c", "\u2610", ":x:", ":heavy_multiplication_x:", "\u2716",
)  # fmt: skip
_BESIDE_ANSWER: Final = " .*\ufe0f"
"""Characters beside an answer that do not change it; the last one selects the picture for a tick."""
_BESIDE_USE: Final = re.compile(r"([^(),;]+?)(?:\s\([^()]*\)|[,;]\s.+|\s[-\u2013\u2014]\s.+)", re.DOTALL)
_LETTERS: Final = {"m": False, "r": False, "o": True}
"""Abbreviations in a column such as "M/O", and whether they make a setting optional."""
_IN_SOME_CASES: Final = re.compile(r"c|conditional(?:ly)?(?: required)?|(?:it )?depends|sometimes", re.IGNORECASE)
"""Answer of a setting that is not required in all cases."""
_USE_AND_DEFAULT: Final = re.compile(
    r"(?P<use>[^\s,;:/()]+)"
    r"(?:(?:\s*[,;:/(]|\s[-\u2013\u2014]\s)\s*(?:default(?:s to)?[:=]?\s*)?(?P<default>[^\s()]+)\)?)?",
    re.IGNORECASE,
)
_VALUES: Final = ("true", "false", _CROSS)
"""Answers that are values in a column of defaults."""
_PARTS: Final = 3
"""Number of signs and words that an answer can have, as in "\u2705 Yes"."""
_CARDINALITY: Final = re.compile(
    r"[\[({]?\s*(?P<least>\d+)(?:\s*(?:\.{2,3}|[-:,\u2013])\s*(?P<most>\d+|[nm*\u221e]))?\s*[\])}]?", re.I
)
"""Least and, if it is another number, greatest number of values, such as "0..1", "1" or "[1..*]"."""
_REQUIRED_WORDS: Final = ("required", "mandatory")
_OPTIONAL_WORDS: Final = ("optional",)


@lru_cache(maxsize=8)
def _compile_answers(wording: Wording) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of the words for yes and for no; they match the whole text of a cell."""
    return compile_any(join_words((*_YES, *wording.yes))), compile_any(join_words((*_NO, *wording.no)))


def read_optional(column: str, text: str, wording: Wording) -> bool | None:
    """Return whether a cell in the column "required" or "optional" makes a setting optional; None if it is unclear."""
    cardinality = _CARDINALITY.fullmatch(text.strip()) if column == "required" else None
    if cardinality is not None:
        return int(cardinality["least"]) == 0
    (yes, no), word = _compile_answers(wording), text.strip(_BESIDE_ANSWER)
    if is_use_word(word, wording):
        return compile_columns(wording)["optional"].fullmatch(word) is not None
    if yes.fullmatch(word) or no.fullmatch(word):
        return (yes.fullmatch(word) is not None) == (column == "optional")
    if word.lower() in _LETTERS:
        return _LETTERS[word.lower()]
    if _IN_SOME_CASES.fullmatch(word):
        return True
    parts = word.split() if " " in word else []
    if 1 < len(parts) <= _PARTS:
        read = ((part, read_optional(column, part, wording)) for part in parts)
        told = {is_optional for part, is_optional in read if is_optional is not None or any(map(str.isalnum, part))}
        if len(told) == 1 and None not in told:
            return told.pop()
    beside = _BESIDE_USE.fullmatch(word)
    # A remark can restrict that a setting is required, but not that it is optional.
    return True if beside is not None and read_optional(column, beside[1], wording) else None


def read_use_beside_default(column: str, text: str, wording: Wording) -> tuple[str, str] | None:
    """Return the word about the use, and the default beside it, in a cell that has either or both, as "No (`eu`)" has.

    `column` is the meaning of an answer such as "yes". None for any other cell, such as "Yes/No": "true" is a default.
    """
    match = _USE_AND_DEFAULT.fullmatch(text.strip())
    word = match["use"].strip(_BESIDE_ANSWER) if match is not None else ""
    if match is None or word.lower() in _VALUES:
        return None
    is_optional = _read_known(column, word, wording)
    other = _read_known(column, match["default"] or "", wording)
    if is_optional is None or other not in (None, is_optional):
        return None
    return "optional" if is_optional else "required", (match["default"] or "") if other is None else ""


def _read_known(column: str, word: str, wording: Wording) -> bool | None:
    """Return whether a word that can only be an answer means that a secret can be left out; None for any other."""
    is_known = is_use_word(word, wording) or any(answer.fullmatch(word) for answer in _compile_answers(wording))
    return read_optional(column, word, wording) if is_known else None


def has_remark(answer: str) -> bool:
    """Return whether an answer has a remark, as in "No (default: eu)", or is one, such as "Conditional"."""
    return _BESIDE_USE.fullmatch(answer.strip()) is not None or _IN_SOME_CASES.fullmatch(answer.strip()) is not None


def is_multiple(answer: str) -> bool:
    """Return whether an answer is a cardinality that allows more than one value, such as "0..n"."""
    match = _CARDINALITY.fullmatch(answer.strip())
    return match is not None and (match["most"] or match["least"]) not in ("0", "1")


def change_least_number(answer: str, *, is_optional: bool) -> str | None:
    """Return a cardinality such as "1..n" with another least number; None for any other answer."""
    match = _CARDINALITY.fullmatch(answer.strip())
    if match is None:
        return None
    text, (start, end) = match[0], match.span("least")
    if is_optional:
        return f"{text[:start]}0{text[end:]}" if match["most"] else f"{text[:start]}0..{text[start:]}"
    return f"{text[:start]}1{text[end:]}" if match["most"] != "1" else f"{text[:start]}1{text[match.end('most'):]}"


def is_use_word(text: str, wording: Wording) -> bool:
    """Return whether a text is a word such as "required" or "optional"."""
    columns = compile_columns(wording)
    return any(columns[name].fullmatch(text) for name in ("required", "optional"))


def mentions_use(text: str, wording: Wording) -> bool:
    """Return whether a word of a text is one such as "required" or "optional"."""
    return any(is_use_word(word, wording) for word in re.findall(r"\w+", text))


def read_legend(text: str) -> tuple[str, str] | None:
    """Return the mark beside names that a paragraph explains, and whether it means "required" or "optional"."""
    match = _LEGEND.fullmatch(text.strip())
    if match is None:
        return None
    word = (match["use"] or match["meaning"]).lower()
    return match["mark"] or match["sign"] or "*", "optional" if word in _OPTIONAL_WORDS else "required"


def find_opposite(text: str, wording: Wording, heading: str = "") -> str | None:
    """Return the word with the opposite meaning of the answer in a cell, such as "NO" for "YES".

    The heading of its column can tell which one of several words that is: "R" for "O" in a column "R/O". The opposite
    of a cross that means yes is an empty cell.
    """
    own = (wording.columns.required, wording.columns.optional), (wording.yes, wording.no)
    pairs = [
        (_REQUIRED_WORDS, _OPTIONAL_WORDS),
        (_YES, _NO),
        _pair_letters(heading),
        *(tuple(map(_list_spelt, words)) for words in own),
    ]
    cardinality = _CARDINALITY.fullmatch(text.strip())
    if cardinality is not None:
        return change_least_number(text, is_optional=int(cardinality["least"]) > 0)
    folded = text.strip(_BESIDE_ANSWER).lower()
    if folded == _CROSS:
        return ""
    for words, others in (*pairs, *(pair[::-1] for pair in pairs)):
        if folded in words and others:
            index = words.index(folded)
            word = others[index] if index < len(others) else others[0]
            return word.upper() if text[1:].isupper() else word.capitalize() if text[:1].isupper() else word
    return None


def _pair_letters(heading: str) -> tuple[Sequence[str], Sequence[str]]:
    """Return the letters for required, those in the heading first, and for optional."""
    required = sorted(
        (letter for letter, is_optional in _LETTERS.items() if not is_optional),
        key=lambda letter: letter not in split_words(heading),
    )
    optional = [letter for letter, is_optional in _LETTERS.items() if is_optional]
    return required, optional * len(required)


def choose_answers(heading: str, wording: Wording) -> tuple[str, str]:
    """Return the words for no and yes in the language of a heading."""
    (meaning,) = match_columns([heading], ENGLISH)
    no, yes = _list_spelt(wording.no), _list_spelt(wording.yes)
    return (no[0].capitalize(), yes[0].capitalize()) if meaning is None and no and yes else ("No", "Yes")


def _list_spelt(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words that stand for themselves alone, in lower case."""
    return tuple(word.lower() for word in words if not word.endswith("*"))
