"""Recognise the columns of a table by their headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from authscribe.model.wording import Wording
from authscribe.readers.pages.wording.patterns import compile_any, join_words
from authscribe.readers.pages.wording.spelling import correct_spelling

_SETTINGS: Final = ("parameter", "setting", "variable", "option", "argument", "input")
_COLUMNS: Final = {
    "name": (
        "property", "name", "secret", "key", "credential", "field", "attribute", "identifier", "env var", "param",
        "param.",
        *_SETTINGS,
    ),
    "description": ("description", "meaning", "purpose", "explanation", "detail", "definition", "desc", "desc."),
    "type": ("type", "datatype", "data type", "value type"),
    "required": (
        "required", "mandatory", "needed", "necessary", "obligatory", "compulsory", "req", "req.",
        "required/optional", "optional/required", "mandatory/optional", "optional/mandatory", "req/opt", "req./opt.",
        "m/o", "m/o/c", "m/c/o", "m/c", "r/o", "o/r", "obligation", "cardinality", "card.", "multiplicity", "occurs",
        "occurrence",
    ),
    "optional": ("optional", "opt", "opt.", "not required", "not mandatory", "not needed", "non-mandatory"),
    "title": ("title", "display name"),
    "default": ("default", "default value", "defaults to"),
    "example": ("example", "example value", "sample", "sample value"),
}  # fmt: skip
BESIDE_HEADING: Final = re.compile(
    r"^is (?:it )?|\s*\([^()]*\)|[?*:]+(?=\s*(?:\(|$))|(?<=\w) of (?:the |a |an |each |this )?\w+$"
)
_QUALIFIED_NAME: Final = re.compile(
    r"(?:.+ )?tokens?|configs?|items?|elements?|ids?|labels?"
    r"|.+ (?:property|field|attribute|parameter|setting|variable|option|argument|input|key|secret|credential|name)s?",
    re.IGNORECASE,
)
"""Heading such as "Environment variable" or "Item" of the first or only such column, if no other one holds names."""
_LABEL: Final = re.compile("labels?", re.IGNORECASE)
"""Heading of the column of titles if another one holds the names."""
_OR: Final = r"\??\s*(?:[/,&]|\(|\b(?:and|or)\b)\s*(?:or )?"
_USE_OR_DEFAULT: Final = re.compile(
    rf"(?P<use>required|mandatory|optional){_OR}default(?: value)?s?\??\)?"
    rf"|default(?: value)?s?{_OR}(?P<later>required|mandatory|optional)\??\)?",
    re.IGNORECASE,
)
"""Heading of the column that tells the use of each setting or its default, such as "Required/Default"."""
_CASE: Final = re.compile(r"(?P<use>.+?)\??,? (?:for|in|on|with|when|if|by|at)\b.+", re.IGNORECASE)
_SECRECY: Final = re.compile(r"(?:is )?(?:confidential|secret|sensitive)(?: value)?s?\??", re.IGNORECASE)
_REMARKS: Final = re.compile(
    r"(?:note|comment|remark)s?|usage|what (?:it|this) (?:is|does)(?: for)?|what is (?:it|this)(?: for)?\??"
    r"|what does (?:it|this) do\??|used for|info(?:rmation)?|text|summary|about|function|contents?",
    re.IGNORECASE,
)
"""Heading of the column that explains the secrets if no other one does."""


@lru_cache(maxsize=8)
def compile_columns(wording: Wording) -> Mapping[str, re.Pattern[str]]:
    """Return the pattern of the headings with each meaning; it matches the whole text of a cell."""
    columns = {meaning: (*words, *getattr(wording.columns, meaning)) for meaning, words in _COLUMNS.items()}
    return {meaning: compile_any(join_words(words)) for meaning, words in columns.items()}


def match_columns(headings: Iterable[str], wording: Wording) -> list[str | None]:
    """Return the meaning of each column: name, description, type, required, optional, title, default or example.

    It is None for any other column, and for a second one with the same meaning.
    """
    meanings: list[str | None] = []
    texts = [*headings]
    for heading in texts:
        meaning = _find_meaning(heading, wording)
        meanings.append(meaning if meaning not in meanings else None)
    own = [index for index, text in enumerate(texts) if meanings[index] is None and _QUALIFIED_NAME.fullmatch(text)]
    if "name" not in meanings and (own[:1] == [0] or len(own) == 1):
        meanings[own[0]] = "name"
    for meaning, pattern in (("title", _LABEL), ("description", _REMARKS)):
        found = (index for index, text in enumerate(texts) if meanings[index] is None and pattern.fullmatch(text))
        for index in islice(found if meaning not in meanings else (), 1):
            meanings[index] = meaning
    return meanings


@lru_cache(maxsize=1024)
def _find_meaning(heading: str, wording: Wording) -> str | None:
    """Return the meaning of a heading, or the one that all parts of it have, such as "Description / Purpose"."""
    if find_use_beside_default(heading):
        return "default"
    spellings = _list_spellings(heading) | _list_spellings(correct_spelling(heading))
    columns = compile_columns(wording)
    meaning = next((name for name, pattern in columns.items() if any(map(pattern.fullmatch, spellings))), None)
    parts = heading.split("/") if meaning is None else []
    meanings = {_find_meaning(part, wording) for part in parts} if len(parts) > 1 else {meaning}
    return meanings.pop() if len(meanings) == 1 else None


def find_use_beside_default(heading: str) -> str | None:
    """Return "required" or "optional" if an answer below a heading, such as "Default (or required)", can be to that.

    It is None for any other heading.
    """
    match = _USE_OR_DEFAULT.fullmatch(" ".join(heading.split()))
    if match is None:
        return None
    return "optional" if (match["use"] or match["later"]).lower() == "optional" else "required"


def find_conditional_use(heading: str, wording: Wording) -> str | None:
    """Return "required" or "optional" for the heading of a column that tells so in some cases only, if it is such.

    Such are "Required for cloud", and "Required (Server)" beside another column "Required".
    """
    match = _CASE.fullmatch(" ".join(heading.split()))
    meaning = _find_meaning(match["use"] if match is not None else heading, wording)
    return meaning if meaning in ("required", "optional") else None


def is_remark_heading(heading: str) -> bool:
    """Return whether a heading is that of a column with remarks, such as "Notes"."""
    return _REMARKS.fullmatch(heading.strip()) is not None


def is_secrecy_heading(heading: str) -> bool:
    """Return whether a heading, such as "Sensitive?", can be that of a column that tells which values are secret."""
    return _SECRECY.fullmatch(" ".join(heading.split())) is not None


def is_row_number(heading: str) -> bool:
    """Return whether a heading is that of a column with the numbers of the rows, which are no facts."""
    return heading.strip(" .").lower() in ("#", "no", "nr", "\u2116")


def choose_header(rows: Sequence[Sequence[str]], wording: Wording) -> int:
    """Return the index of the header row that names the columns: the one with most known headings."""
    counts = [len(row) - match_columns(row, wording).count(None) for row in rows]
    return counts.index(max(counts))


def _list_spellings(heading: str) -> set[str]:
    """Return the words that a heading stands for: "secret" for "Secret names", "required" for "Required? (y/n)"."""
    whole = " ".join(heading.lower().split()).strip("\"'\u201c\u201d")
    bare = re.sub(r"\s*(?:/|\bor\b)\s*", "/", BESIDE_HEADING.sub("", whole)).strip()
    folded = bare.removesuffix("ies") + "y" if bare.endswith("ies") else bare.removesuffix("s")
    return {whole, bare, folded, folded.removesuffix(" name").removesuffix("s")}
