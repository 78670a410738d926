"""Read cells with several names: those of several secrets, or of one secret that has aliases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

from authscribe.model.naming import split_words
from authscribe.readers.pages.names import is_command_option, split_at_literals
from authscribe.readers.pages.sections import Cell

_BETWEEN_NAMES: Final = re.compile(r"[ \t]*(?:(?:[\n,;&+]|\band\b)[ \t]*)+")
_BETWEEN_ALIASES: Final = re.compile(r"\s*(?:[\n,;/|&+]|\b(?:and|or)\b)\s*", re.IGNORECASE)
_NAME: Final = re.compile(r"[A-Za-z][\w.-]*")
_OTHER_NAMES: Final = re.compile(
    r"(?P<before>[\s([,;/]{0,4})\b(?P<word>alias(?:es)?|also(?: known as)?|aka|formerly|previously|or)\b:?\s+"
    r"(?!(?:mandatory|optional|required)\b)"
    rf"(?P<names>{_NAME.pattern}(?:(?:\s*[,;/|]\s*|\s+(?:and|or)\s+){_NAME.pattern})*)(?P<after>\s*[)\]])?",
    re.IGNORECASE,
)
"""Words behind a name that give others for the same setting, as in "user (alias: username)"."""
_ALIASES: Final = re.compile(
    r"\binterchangeabl[ey]\b"
    r"|\b(?:aliases|synonyms|(?:alternative|alternate|accepted|equivalent) (?:names|spellings)"
    r"|(?:either|any)(?: of the)? (?:names?|spellings?))\b(?! (?:for|of) (?!each other|one another))"
    r"|\bboth (?:names|spellings) (?:are (?:accepted|allowed|supported|valid)|can be used|work)\b",
    re.IGNORECASE,
)
"""Words about the names themselves, unlike "The alias of the key and its password."."""
_NAME_OF_FILE: Final = ("file", "path", "store")


def states_aliases(text: str) -> bool:
    """Return whether a text tells that several names are those of one setting, as in "Either name is accepted."."""
    return _ALIASES.search(text) is not None


def split_names(cell: Cell) -> tuple[Cell, ...]:
    """Return a cell for each name in one such as "`USER`, `PASSWORD`", unlike the alternatives in "`KEY` / `TOKEN`"."""
    if len(cell.literals) < 2 or any(map(is_command_option, cell.literals)):
        return (cell,)
    before, *between, after = split_at_literals(cell.bare or cell.text, cell.literals)
    is_clear = not before.strip() and not after.strip() and all(map(_BETWEEN_NAMES.fullmatch, between))
    if not is_clear or _are_alike(cell.literals):
        return (cell,)
    return tuple(replace(cell, text=literal, bare=literal, literals=(literal,)) for literal in cell.literals)


def separate_aliases(cell: Cell, *, are_stated: bool) -> Cell:
    """Return a cell with the first one of several names of one setting, and the others as its aliases.

    Words in the cell tell so, or `are_stated` that other ones do.
    """
    if any(map(is_command_option, cell.literals)):
        return cell
    text = cell.bare or cell.text
    name = _NAME.match(text)
    found = find_aliases(name[0], text[name.end() :]) if name is not None else None
    if name is not None and found is not None:
        behind = text[name.end() :]
        rest = f"{name[0]}{behind[: found.start]}{behind[found.end :]}"
        literals = tuple(literal for literal in cell.literals if literal not in found.names)
        return replace(cell, text=" ".join(rest.split()), bare=rest, literals=literals, aliases=found.names)
    first, *others = _split(text) or ("",)
    if not are_stated or not others or not all(map(_NAME.fullmatch, (first, *others))):
        return cell
    return replace(cell, text=first, bare=first, literals=cell.literals[:1], aliases=tuple(others))


class Aliases(NamedTuple):
    """Other names of a setting, and the start and end of the words that give them in the text behind its name."""

    names: tuple[str, ...]
    start: int
    end: int


def find_aliases(name: str, text: str) -> Aliases | None:
    """Return the other names that the text behind a name gives for the same setting, as in " (alias: username)".

    Other words than "alias" must be right behind the name, and after "or", only abbreviations of it count.
    """
    match = _OTHER_NAMES.search(text)
    if match is None or ("(" in match["before"]) != bool(match["after"]):
        return None
    word, names = match["word"].lower(), _split(match["names"])
    if word == "or":
        is_clear = not match.start() and all(_is_spelling(name, other) for other in names)
    else:
        # A label such as "Key alias password" has no mark before the word.
        is_clear = bool(match["before"].strip(" \t")) and (word.startswith("alias") or not match.start())
    return Aliases(names, *match.span()) if is_clear else None


def _split(text: str) -> tuple[str, ...]:
    return tuple(filter(None, _BETWEEN_ALIASES.split(text.strip())))


def _are_alike(names: Sequence[str]) -> bool:
    """Return whether two names end alike, as `apiKey` and `WAVE_API_KEY` do, and may be of one setting.

    So may `user` and `username`.
    """
    # Sorted by their reversed spelling, a name stands right before those that end with it.
    spelt = sorted(_fold(name).removesuffix("name")[::-1] for name in names)
    return any(longer.startswith(shorter) for shorter, longer in pairwise(spelt))


def _is_spelling(name: str, other: str) -> bool:
    """Return whether each word of one name abbreviates that of the other, as in `GL_TOKEN` and `GITLAB_TOKEN`.

    A further word makes another setting, as in `token` and `token_file`, unless it is "name".
    """
    shorter, longer = sorted((_list_words(name), _list_words(other)), key=lambda words: sum(map(len, words)))
    return len(shorter) == len(longer) and all(map(_abbreviates, shorter, longer))


def _list_words(name: str) -> Sequence[str]:
    words = split_words(name)
    return words[:-1] if len(words) > 1 and words[-1] == "name" else words


def _abbreviates(word: str, whole: str) -> bool:
    letters = iter(whole)
    is_short = word[:1] == whole[:1] and all(letter in letters for letter in word)
    return word == whole or (is_short and not whole.endswith(_NAME_OF_FILE))


def _fold(name: str) -> str:
    return "".join(split_words(name))
