"""Find the origin of an injected secret in its description."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from authscribe.model.naming import split_words
from authscribe.readers.pages.wording.schemes import fold_name

_COPIED: Final = re.compile(
    r"\b(?:as\s+)?(?:provided|given|supplied|entered|stated|specified|set|found|defined|configured|filled\s+in)\s+"
    r"(?:in|by|through|with|during|on)\s+(?:(?:the|your)\s+)?(?:connector(?:'s)?\s+)?config(?:uration)?\b"
    r"|\bfrom\s+(?:(?:the|your)\s+)?(?:connector(?:'s)?\s+)?config(?:uration)?\b|\bas\s+configured\b"
    r"|\bas\s+(?:provided|given|supplied|entered|configured)\s+by\s+(?:the\s+)?(?:connector\s+|account\s+)?"
    r"(?:owner|user|customer)\b",
    re.IGNORECASE,
)
_SAME: Final = re.compile(
    r"\b(?:same (?:value )?as|copy of|copied from|taken from|equal to|value of)\s+(?:the\s+)?(?P<name>[\w.-]*\w)",
    re.IGNORECASE,
)
"""Words before the name of the secret that is copied."""
_ONBOARDING: Final = re.compile(r"\bonboarding\b", re.IGNORECASE)


def find_origin(description: str, name: str, required: Sequence[str]) -> tuple[str, str | None] | None:
    """Return the origin of an injected secret as its description words it, and the required secret that it copies.

    The second is None if the origin is another one, or if no name in `required` fits.
    """
    same = _SAME.search(description)
    if same is not None and same["name"] in required:
        return "copied", same["name"]
    copied = _COPIED.search(description)
    if copied is not None:
        return "copied", _find_copied(description[: copied.start()], name, required)
    return ("onboarding", None) if _ONBOARDING.search(description) else None


def _find_copied(subject: str, name: str, required: Sequence[str]) -> str | None:
    """Return the required secret that a secret copies.

    It is found by the words of the subject ("The client id"), then by the same name, then by the end of the name.
    """
    spelt = fold_name(re.sub(r"^\s*(the|an?)\b|\b(is|are|as|was)\s*$", "", subject.strip(), flags=re.IGNORECASE))
    by_words = [key for key in required if fold_name(key) == spelt]
    by_end = [key for key in required if split_words(name)[-len(split_words(key)) :] == split_words(key)]
    candidates = [*by_words, *(key for key in required if key == name), *by_end]
    return candidates[0] if candidates else None
