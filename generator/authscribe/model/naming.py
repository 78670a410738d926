"""Names: how a wire name or an id is spelt in each target, and when two of them would be one.

The only module that knows these rules. `resolve` decides with it what can go wrong with a name, the targets
spell with it, so the later stages cannot meet a name that does not work.
"""

from __future__ import annotations

import hashlib
import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

ID_PATTERN = r"[a-z0-9][a-z0-9_.-]{0,79}"
"""Ids of schemes, connectors and platforms: also the stem of file names, hence lower case and bounded."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")
_RESERVED_STEMS = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))})
_RESERVED_ATTRIBUTES = frozenset(
    {
        # Of pydantic, and of the generated classes.
        "connector", "construct", "copy", "dict", "from_env", "from_orm", "inject", "json", "method", "mro",
        "parse_file", "parse_obj", "parse_raw", "register", "schema", "schema_json", "scheme", "secrets",
        "settings_cached", "settings_clear_cache", "settings_customise_sources", "update_forward_refs", "validate",
        # Types of other fields, which would be looked up in the class first.
        "bool", "float", "int", "list", "str",
    }
)  # fmt: skip


def is_id(text: str) -> bool:
    """Whether `text` is lower case, digits, `_`, `.`, `-`, at most 80 characters, and no device name."""
    return re.fullmatch(ID_PATTERN, text) is not None and text.split(".")[0] not in _RESERVED_STEMS


def make_id(name: str) -> str:
    """The id for a name that people chose: `Africa's Talking SMS` gives `africas-talking-sms`.

    Empty where the name has no ASCII letter or digit, also with its accents taken off; two names may get one id.
    """
    folded = (
        unicodedata.normalize("NFKD", name.replace("'", "").replace("\u2019", "")).encode("ascii", "ignore").decode()
    )
    return re.sub(r"[^a-z0-9_.]+", "-", folded.lower()).strip("-_.")[:80].strip("-_.")


def is_wire_name(text: str) -> bool:
    """Whether `text` can be the name of a secret: one printable line without blanks at its ends."""
    return bool(text) and len(text) <= 200 and text.isprintable() and text == text.strip()


@lru_cache(maxsize=1024)
def split_words(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case: `baseURL` gives `base`, `url`."""
    return tuple(word.lower() for word in _WORDS.findall(name))


def snake_case(name: str) -> str:
    """The words of a name joined by underscores; empty where the name has no ASCII letter or digit."""
    return "_".join(split_words(name))


@lru_cache(maxsize=1024)
def attribute_name(name: str) -> str:
    """The Python attribute for a wire name.

    A name that is already a lower-case identifier stays as it is; a leading digit gets the prefix `f_`, since
    pydantic drops fields that begin with an underscore. The result may be empty or reserved: see
    `attribute_problem`.
    """
    spelt = name if re.fullmatch(r"[a-z][a-z0-9_]*", name) else snake_case(name)
    return f"f_{spelt}" if spelt[:1].isdigit() else spelt


def attribute_problem(spelt: str) -> str | None:
    """Why a Python attribute cannot be used, or None when it can."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", spelt):
        return "is not a lower-case Python identifier"
    if keyword.iskeyword(spelt) or keyword.issoftkeyword(spelt):
        return "is a Python keyword"
    if spelt in _RESERVED_ATTRIBUTES or spelt.startswith("model_"):
        return "is reserved by pydantic and the generated classes"
    return None


def spell_apart(names: Iterable[str]) -> dict[str, str]:
    """Python attributes for those names of another system whose own attribute will not do, by wire name.

    Reserved words get the prefix `f_`; of names that would share an attribute, or that differ in case alone, each that
    is not spelt as its attribute gets a suffix made from the name alone, so that the result does not depend on the
    order: `baseURL` and `base_url` give `base_url_4f2c` for the first. Names that are the same in every reading stay
    clashes.
    """
    wanted = sorted(set(names))
    spelt = {name: _allowed(attribute_name(name), name) for name in wanted}
    shared, folded = Counter(spelt.values()), Counter(map(collision_key, wanted))
    apart = {
        name: (
            f"{spelling}_{hash_mark(name)}"
            if spelling != name and max(shared[spelling], folded[collision_key(name)]) > 1
            else spelling
        )
        for name, spelling in spelt.items()
    }
    return {name: spelling for name, spelling in apart.items() if spelling != attribute_name(name)}


def _allowed(spelt: str, name: str) -> str:
    if not spelt:
        return f"f_{hash_mark(name)}"
    return spelt if attribute_problem(spelt) is None else f"f_{spelt}"


def hash_mark(name: str) -> str:
    """Four hexadecimal digits that only depend on the name."""
    return hashlib.sha256(name.encode()).hexdigest()[:4]


def module_name(identifier: str) -> str:
    """The Python module for an id; a keyword or a leading digit gets the prefix `m_`."""
    spelt = snake_case(identifier)
    return f"m_{spelt}" if spelt[:1].isdigit() or keyword.iskeyword(spelt) else spelt


def class_name(identifier: str) -> str:
    """The Python class stem for an id: `superoffice-ticket` gives `SuperofficeTicket`."""
    spelt = "".join(word.capitalize() for word in split_words(identifier))
    return f"C{spelt}" if spelt[:1].isdigit() else spelt


def environment_prefix(identifier: str) -> str:
    """What the environment variables of a connector or scheme begin with: `wix` gives `WIX_`."""
    return f"{snake_case(identifier).upper()}_"


def environment_variable(identifier: str, attribute_name: str) -> str:
    """The environment variable that the classes of a connector or scheme read an attribute from."""
    return f"{environment_prefix(identifier)}{attribute_name.upper()}"


def collision_key(name: str) -> str:
    """Equal for names that some file system, Python or a reader would take for one: NFKC, case folded."""
    return unicodedata.normalize("NFKC", name).casefold()
