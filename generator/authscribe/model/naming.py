"""Spell wire names and ids in each target, and detect names that would collide.

No other module knows these rules. `resolve` checks names with them and targets spell names with them, so a target
never meets a name that it cannot use.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

_remembered = lru_cache(maxsize=8192)
"""Cache of spellings: every check and target asks for those of the same thousands of names, one after the other."""

ID_PATTERN = r"[a-z0-9](?:[a-z0-9_.-]{0,78}[a-z0-9_-])?"
"""Pattern of ids, which become file names: lower case, bounded in length, without a dot at the end for Windows."""

WIRE_NAME_LIMIT = 200
"""Characters of the name of a secret or parameter."""

_INVISIBLE = "[\u034f\u115f\u1160\u17b4\u17b5\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
"""Matches characters that show nothing (Unicode property Default_Ignorable_Code_Point), but that Python can print."""

ATTRIBUTE_PATTERN = r"[a-z][a-z0-9_]*"
"""Pattern of Python attributes; pydantic ignores fields that begin with an underscore."""

KEYWORDS = frozenset(
    {
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
        "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    }
)  # fmt: skip
"""Keywords of Python 3.11 and all later versions: names do not depend on the version that runs.

Soft keywords such as `match` and `type` are not among them, since they can name an attribute.
"""

UNSAFE_BUILTINS = frozenset(
    {
        "breakpoint", "compile", "delattr", "eval", "exec", "getattr", "globals", "input", "locals", "open", "setattr",
        "vars",
    }
)  # fmt: skip
"""Builtin functions that generated code never reads, since they would give it more than its own names."""

# A module of this name would hide what `__init__` of the generated package defines, or the types in its annotations.
RESERVED_MODULES = KEYWORDS | UNSAFE_BUILTINS | {
    "connectors", "load", "load_configuration", "object", "schemes", "str",
}  # fmt: skip

# Letters without a decomposition in Unicode, spelled as in the transform Latin-ASCII of Unicode CLDR.
_SMALL_LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ŋ": "n",
    "\u0131": "i", "ĸ": "q", "ə": "e", "ɛ": "e", "ɔ": "o", "ɓ": "b", "ɗ": "d", "ɖ": "d", "ƒ": "f", "ƙ": "k", "ƴ": "y",
}  # fmt: skip
_CAPITALS = {letter.upper(): text for letter, text in _SMALL_LETTERS.items() if letter not in "ß\u0131ĸ"}
_LETTERS = {**_SMALL_LETTERS, **_CAPITALS, "ẞ": "ss"}
_LETTER = f"[{''.join(_LETTERS)}]"
_ID = re.compile(ID_PATTERN)
_WORDS = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")
_RESERVED_STEMS = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))})
RESERVED_ATTRIBUTES = frozenset(
    {
        # Attributes of pydantic models and of the generated classes.
        "authenticate", "connector", "construct", "copy", "dict", "from_env", "from_orm", "inject", "json", "method",
        "mro", "parse_file", "parse_obj", "parse_raw", "register", "schema", "schema_json", "scheme", "secrets",
        "settings_cached", "settings_clear_cache", "settings_customise_sources", "update_forward_refs", "validate",
        # Annotations of other fields: Python would find an attribute of the class first.
        "bool", "float", "int", "list", "str",
    }
)  # fmt: skip
"""Attributes that pydantic and the generated classes need."""


def is_id(text: str) -> bool:
    """Return whether `text` matches `ID_PATTERN` and is not a device name of Windows, such as `con`."""
    return _ID.fullmatch(text) is not None and text.split(".")[0] not in _RESERVED_STEMS


def make_id(name: str) -> str:
    """Return an id for a display name: `Africa's Talking SMS` gives `africas-talking-sms`.

    The id is empty if the name has no ASCII letter or digit even without accents. Two names may have one id.
    """
    folded = to_ascii(name.replace("'", "").replace("\u2019", ""))
    return re.sub(r"[^a-z0-9_.]+", "-", folded.lower()).strip("-_.")[:80].strip("-_.")


def to_ascii(text: str) -> str:
    """Return the text in ASCII: letters without their accents, `Łódź Straße` as `Lodz Strasse`; all else is dropped."""
    if text.isascii():
        return text
    spelled = re.sub(_LETTER, _spell_letter, unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()


def _spell_letter(match: re.Match[str]) -> str:
    """Return the ASCII letters for one letter; only the first is a capital in a word that has small ones."""
    letter = match[0]
    spelled = _LETTERS[letter]
    if letter.islower():
        return spelled
    text, start, end = match.string, match.start(), match.end()
    is_capitals = text[end : end + 1].isupper() or (not text[end : end + 1].isalpha() and text[:start][-1:].isupper())
    return spelled.upper() if is_capitals else spelled.capitalize()


def is_wire_name(text: str) -> bool:
    """Return whether `text` can name a secret: one printable line of bounded length, without outer spaces."""
    is_visible = text.isascii() or re.search(_INVISIBLE, text) is None
    return bool(text) and len(text) <= WIRE_NAME_LIMIT and text.isprintable() and text == text.strip() and is_visible


@_remembered
def split_words(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case: `baseURL` gives `base`, `url`."""
    return tuple(word.lower() for word in _WORDS.findall(to_ascii(name)))


def to_snake_case(name: str) -> str:
    """Return the words of a name joined by underscores; empty if the name has no ASCII letter or digit."""
    return "_".join(split_words(name))


@_remembered
def to_attribute(name: str) -> str:
    """Return the Python attribute for a wire name.

    A lower-case identifier is kept. A leading digit gets the prefix `f_`, since pydantic ignores fields that begin
    with an underscore. The result may be empty or a reserved word.
    """
    attribute = name if re.fullmatch(ATTRIBUTE_PATTERN, name) else to_snake_case(name)
    return f"f_{attribute}" if attribute[:1].isdigit() else attribute


@_remembered
def find_attribute_problem(attribute: str) -> str | None:
    """Return why a Python attribute cannot be used, as a predicate such as `is a Python keyword`, or None."""
    if not re.fullmatch(ATTRIBUTE_PATTERN, attribute):
        return "is not a lower-case Python identifier"
    if attribute in KEYWORDS:
        return "is a Python keyword"
    if attribute in RESERVED_ATTRIBUTES or attribute.startswith("model_"):
        return "is reserved by pydantic and the generated classes"
    return None


def spell_apart(names: Iterable[str]) -> Mapping[str, str]:
    """Return a Python attribute for each wire name whose derived attribute is unusable or ambiguous.

    Reserved words get the prefix `f_`. Of names that would share an attribute, or that differ only in case, each one
    that differs from its attribute gets a suffix: of `baseURL` and `base_url`, the first becomes `base_url_4f2c`. The
    suffix depends on the name alone, so the order of the names does not matter. Equal names remain a collision.
    """
    return _spell_distinct(frozenset(names))


# Most providers of a catalogue ask for the same few names.
@_remembered
def _spell_distinct(names: frozenset[str]) -> Mapping[str, str]:
    distinct = sorted(names)
    usable = {name: _make_usable(to_attribute(name), name) for name in distinct}
    by_attribute, by_key = Counter(usable.values()), Counter(map(make_collision_key, distinct))
    attributes = {}
    for name, attribute in usable.items():
        is_shared = by_attribute[attribute] > 1 or by_key[make_collision_key(name)] > 1
        attributes[name] = f"{attribute}_{make_mark(name)}" if is_shared and attribute != name else attribute
    return {name: attribute for name, attribute in attributes.items() if attribute != to_attribute(name)}


def _make_usable(attribute: str, name: str) -> str:
    if not attribute:
        return f"f_{make_mark(name)}"
    return attribute if find_attribute_problem(attribute) is None else f"f_{attribute}"


def make_mark(name: str) -> str:
    """Return four hexadecimal digits that depend on the name alone."""
    return hashlib.sha256(name.encode()).hexdigest()[:4]


@_remembered
def to_module(identifier: str) -> str:
    """Return the Python module for an id; a leading digit or a reserved name, as `open`, gets the prefix `m_`."""
    module = to_snake_case(identifier)
    return f"m_{module}" if module[:1].isdigit() or module in RESERVED_MODULES else module


def to_page(identifier: str) -> str:
    """Return the page of a connector, without suffix: its id, unless that is the page of all connectors.

    No id begins with an underscore, so this is no other connector's page.
    """
    return f"_{identifier}" if identifier == "index" else identifier


def to_class(identifier: str) -> str:
    """Return the stem of Python class names for an id: `superoffice-ticket` gives `SuperofficeTicket`."""
    stem = "".join(word.capitalize() for word in split_words(identifier))
    return f"C{stem}" if stem[:1].isdigit() else stem


@_remembered
def to_environment_prefix(identifier: str) -> str:
    """Return the prefix of the environment variables of a connector or scheme: `wix` gives `WIX_`.

    A leading digit gets the prefix `M_`, since shells have no such variables.
    """
    stem = to_snake_case(identifier).upper()
    return f"M_{stem}_" if stem[:1].isdigit() else f"{stem}_"


def to_environment_variable(identifier: str, attribute: str) -> str:
    """Return the environment variable from which the classes of a connector or scheme read an attribute."""
    return f"{to_environment_prefix(identifier)}{attribute.upper()}"


def make_collision_key(name: str) -> str:
    """Return a key, NFKC with case folded, that is equal for names that a file system, Python or a person confuses."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFKC", name).casefold()
