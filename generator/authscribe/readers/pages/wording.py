"""English prose of scheme pages: what a sentence says about a table, a scheme or a secret. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from authscribe.model.naming import split_words

REQUIRED: Final = "required"
INJECTED: Final = "injected"

_SENTENCE_END: Final = re.compile(r"(?<=[.!?:;])\s+")
_CREDENTIALS: Final = re.compile(r"\b(secret|credential|token|key|password)s?\b", re.IGNORECASE)
_INJECTED: Final = re.compile(
    r"\binject\w*|\b(?:are|is|be) (?:made )?available to the (?:system|connector)|\b(?:put|placed) into the system"
    r"|\bplatform (?:provid|suppl|add|set|fill)\w*",
    re.IGNORECASE,
)
_REQUIRED: Final = re.compile(
    r"\brequir\w*|\bmust (?:be )?(?:provid|suppl|give|enter|stat|configur|set)\w*|\bneed(?:s|ed)?\b|\bmandatory\b"
    r"|\b(?:owner|user|customer|you) (?:provid|suppl|give|enter|stat|set)\w*",
    re.IGNORECASE,
)
_KEY: Final = re.compile(
    r"\b(?:use|uses|using|with|declare|declares)\s+(?:the\s+)?`+([^`\s]+)`+\s+(?:auth|scheme)", re.IGNORECASE
)
_ONLY_THE_KEY: Final = re.compile(r"For connectors that use `+[^`\s]+`+ authentication(?: \(.*\))?\.")
_HEADING: Final = re.compile(r"(?:required|injected)(?: \w+)?:?", re.IGNORECASE)
_TITLE_WORDS: Final = frozenset({"authentication", "authorization", "auth", "scheme", "schemes", "the"})
_BASE: Final = re.compile(
    r"\b(?:regular|standard|ordinary|variant of|form of|kind of|type of|version of|extends|extension of)\s+"
    r"(?:the\s+|an?\s+)?(?:regular\s+|standard\s+)?`*([A-Za-z][\w-]*(?:\s+key)?)`*(?:\s+auth\w*)?",
    re.IGNORECASE,
)
_COPIED: Final = re.compile(
    r"\b(?:as\s+)?(?:provided|given|supplied|entered|stated|specified|set|found)\s+(?:in|by|through|with)\s+"
    r"(?:the\s+)?(?:connector(?:'s)?\s+)?config(?:uration)?\b|\bfrom\s+the\s+(?:connector(?:'s)?\s+)?config(?:uration)?\b",
    re.IGNORECASE,
)
_ONBOARDING: Final = re.compile(r"\bonboarding\b", re.IGNORECASE)
_SETTINGS: Final = ("parameter", "setting", "variable", "option", "argument", "input")
_COLUMNS: Final = {
    "name": ("property", "name", "secret", "key", "credential", "field", *_SETTINGS),
    "description": ("description", "meaning", "purpose", "explanation", "detail"),
    "type": ("type", "datatype", "data type"),
}
_KINDS: Final = {
    "oauth2": "oauth2_authorization_code", "oauth": "oauth2_authorization_code", "api_key": "api_key",
    "apikey": "api_key", "jwt": "jwt", "basic": "http_basic", "http_basic": "http_basic", "bearer": "http_bearer",
    "digest": "http_digest", "oauth1": "oauth1", "mtls": "mtls", "hmac": "signature_hmac", "none": "none",
    "openid_connect": "openid_connect", "aws_sigv4": "aws_sigv4",
}  # fmt: skip


def find_role(text: str, *, is_about_secrets: bool = False) -> str | None:
    """Whether the last sentence that says so calls the secrets after it required or injected.

    The text must speak of secrets, unless what stands around it is known to.
    """
    if not is_about_secrets and not _CREDENTIALS.search(text):
        return None
    for sentence in reversed(_SENTENCE_END.split(text)):
        verdicts = [(match.start(), INJECTED) for match in _INJECTED.finditer(sentence)]
        verdicts += [(match.start(), REQUIRED) for match in _REQUIRED.finditer(sentence)]
        if verdicts:
            return max(verdicts)[1]
    return None


def is_heading(text: str) -> bool:
    """Whether the text is no sentence but a label such as "Required" or "Injected secrets:"."""
    return _HEADING.fullmatch(text.strip()) is not None


def is_about_authentication(title: str) -> bool:
    """Whether a title speaks of a way to authenticate."""
    return re.search(r"auth", title, re.IGNORECASE) is not None


def match_columns(headings: Iterable[str]) -> list[str | None]:
    """What each column holds: name, description or type; None for everything else, and for what one before it holds."""
    found: list[str | None] = []
    for heading in headings:
        meaning = next((meaning for meaning, known in _COLUMNS.items() if _folded_heading(heading) in known), None)
        found.append(meaning if meaning not in found else None)
    return found


def is_settings_heading(heading: str) -> bool:
    """Whether a column with this heading has names that may be those of secrets, or of anything else."""
    return _folded_heading(heading) in _SETTINGS


def _folded_heading(heading: str) -> str:
    """One word for a heading, whether it says "Secrets", "secret" or "Secret names"."""
    return " ".join(heading.lower().split()).removesuffix("s").removesuffix(" name").removesuffix("s")


def find_scheme_key(marked: str) -> str | None:
    """The key in "connectors that use `KEY` authentication"."""
    match = _KEY.search(marked)
    return match[1] if match else None


def only_names_the_key(marked: str) -> bool:
    """Whether a paragraph does nothing but name the scheme's key, as generated pages do."""
    return _ONLY_THE_KEY.fullmatch(marked) is not None


def make_key(title: str) -> str:
    """A key made of the words of a title: "API key authentication" gives `api_key`."""
    found = re.findall(r"[a-z0-9]+", title.lower())
    return "_".join(word for word in found if word not in _TITLE_WORDS)


def find_kind(key: str) -> str | None:
    """The kind of a scheme whose key is a well-known one."""
    return _KINDS.get(key)


def strip_lead_in(text: str) -> str:
    """The paragraph without its last sentence, where that ends with a colon and so leads to a table."""
    if is_heading(text):
        return ""
    if not text.endswith(":"):
        return text
    sentences = re.split(r"(?<=[.!?])\s+", text)
    return " ".join(sentences[:-1])


def find_base_scheme(text: str) -> str | None:
    """The scheme that the text says this one is a form of, in its own words."""
    match = _BASE.search(text)
    return match[1] if match else None


def fold_name(name: str) -> str:
    """Equal for spellings of one scheme: `OAuth2`, `oauth-2`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def find_origin(description: str, name: str, required: Sequence[str]) -> tuple[str, str | None] | None:
    """Where an injected secret comes from, as its description words it, and the required secret it copies."""
    copied = _COPIED.search(description)
    if copied is not None:
        return "copied", _copied_from(description[: copied.start()], name, required)
    return ("onboarding", None) if _ONBOARDING.search(description) else None


def _copied_from(subject: str, name: str, required: Sequence[str]) -> str | None:
    """By the words of the subject ("The client id"), else by the same name, else by the end of the name."""
    spelt = fold_name(re.sub(r"^\s*(the|an?)\b|\b(is|are|as|was)\s*$", "", subject.strip(), flags=re.IGNORECASE))
    by_words = [key for key in required if fold_name(key) == spelt]
    by_end = [key for key in required if split_words(name)[-len(split_words(key)) :] == split_words(key)]
    candidates = [*by_words, *(key for key in required if key == name), *by_end]
    return candidates[0] if candidates else None
