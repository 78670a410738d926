"""Read and choose the words for types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from authscribe.model.wording import Wording
from authscribe.readers.pages.wording.patterns import compile_any, join_words

TYPES: Final = ("string", "integer", "number", "boolean", "object", "array")
_TYPE_WORDS: Final = {
    "string": ("str",), "integer": ("int", "int32", "int64", "long", "short"),
    "number": ("decimal", "double", "float"), "boolean": ("bool",),
    "object": ("dict", "map", "block", "attributes"), "array": ("list", "set", "block list", "block set"),
}  # fmt: skip
"""Names of types in programming languages, and in the schemas of Terraform."""
_OF: Final = r"(?: of [\w ]+|\s*\[.+\]|\s*<.+>)"
_CONTAINERS: Final = {
    "object": rf"(?:dict|map|mapping|object){_OF}",
    "array": rf"(?:array|list|set|sequence|tuple){_OF}|\w+\[\]",
}
"""Types that tell those of the values in them, such as "list of strings", `dict[str, str]` and `string[]`."""
_NULL: Final = r"[\"']?(?:null|none|nil|undefined)[\"']?"
_NULLABLE: Final = re.compile(
    rf"(?:{_NULL}\s*(?:,|\||\bor\b)\s*)?[\"']?(?P<type>\w+)[\"']?(?:\s*(?:,|\||\bor\b)\s*{_NULL})?|Optional\[(?P<inner>\w+)\]",
    re.IGNORECASE,
)
"""Type that may be null, such as `"string", "null"`, `str | None` or `Optional[str]`."""
_SCHEMA_LIST: Final = re.compile(r"\[(?P<types>\s*[\"'].*[\"']\s*)\]")
"""Types in the form of JSON Schema, such as `["string", "null"]`."""

_KINDS_OF_STRINGS: Final = frozenset(
    {
        "class",
        "date",
        "datetime",
        "duration",
        "email",
        "enum",
        "file",
        "hostname",
        "icon",
        "password",
        "path",
        "secret",
        "template",
        "text",
        "time",
        "timestamp",
        "uri",
        "url",
        "uuid",
    }
)


@lru_cache(maxsize=8)
def _compile_types(wording: Wording) -> Mapping[str, re.Pattern[str]]:
    """Return the pattern of the words for each type; it matches the whole text of a cell."""
    spelt = {name: join_words((*_TYPE_WORDS.get(name, ()), *getattr(wording.types, name))) for name in TYPES}
    return {name: compile_any(pattern, *filter(None, (_CONTAINERS.get(name),))) for name, pattern in spelt.items()}


def is_kind_of_string(text: str) -> bool:
    """Return whether a word such as "password" stands for a string of some kind."""
    return text.strip().lower() in _KINDS_OF_STRINGS


def list_type_words(texts: Iterable[str], wording: Wording) -> dict[str, str]:
    """Return the word for each type in a column with these texts; none if they are capitalised English ones."""
    spelt = [*texts]
    found = {name: text for text in spelt if (name := find_type(text, wording)) is not None}
    if not found:
        own = [text for text in spelt if text.lower() in TYPES]
        change = next((change for change in (str.lower, str.upper) if own and [*map(change, own)] == own), None)
        return {name: change(name) for name in TYPES} if change is not None else {}
    is_capital = any(text[:1].isupper() for text in found.values())
    words = {name: word for name in TYPES for word in reversed(getattr(wording.types, name)) if not word.endswith("*")}
    return {name: word[:1].upper() + word[1:] if is_capital else word for name, word in words.items()} | found


def unify_type(text: str) -> str:
    """Return the English name of a type as "String" in any case; any other text stays as it is."""
    return text.capitalize() if text.lower() in TYPES else text


def find_type(text: str, wording: Wording) -> str | None:
    """Return the type that a word of another language, or one such as "str", stands for, if any.

    One that may be null, as in `["string", "null"]` or "str | None", is the same type.
    """
    listed = _SCHEMA_LIST.fullmatch(text.strip())
    spelt = (listed["types"] if listed is not None else text).strip()
    found = next((name for name, pattern in _compile_types(wording).items() if pattern.fullmatch(spelt)), None)
    match = _NULLABLE.fullmatch(spelt)
    if found is not None or match is None:
        return found
    word = (match["type"] or match["inner"]).lower()
    if word == text.strip().lower():
        return None
    return word if word in TYPES else find_type(word, wording)
