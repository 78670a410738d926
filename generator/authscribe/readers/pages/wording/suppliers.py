"""Recognise who supplies a secret: the owner of the connector, or the platform."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from authscribe.model.wording import Wording
from authscribe.readers.pages.wording.columns import BESIDE_HEADING
from authscribe.readers.pages.wording.patterns import SUPPLIED, compile_any, join_words
from authscribe.readers.pages.wording.roles import INJECTED, REQUIRED

_OWNER_NAMES: Final = (
    r"(?:the |each |every |your )?(?:connector |system |account )?(?:owner|user|customer|you|client|admin|administrator"
    r"|tenant|partner)s?(?: of the \w+)?|(?:connector )?config(?:uration)?"
)
_PLATFORM_NAMES: Final = (
    r"(?:(?:the |our )?(?:\w+ )?platform|us|we|automatic|automatically|runtime|run time|onboarding)"
)
_SUPPLIER_HEADING: Final = re.compile(
    rf"(?:{SUPPLIED}|injected|managed|obtained|maintained) by|who (?:provides|supplies|enters|sets|gives|injects)\b.*",
    re.IGNORECASE,
)
"""Heading of a column that tells who supplies each secret."""


@lru_cache(maxsize=8)
def _compile_suppliers(wording: Wording) -> Mapping[str, re.Pattern[str]]:
    """Return the pattern of those who supply the secrets of each role; it matches the whole text of a cell."""
    required, injected = join_words(wording.required), join_words(wording.injected)
    return {
        REQUIRED: compile_any(rf"(?:{SUPPLIED} by )?(?:{_OWNER_NAMES})|required|{required}"),
        INJECTED: compile_any(rf"(?:(?:{SUPPLIED}|injected) by )?{_PLATFORM_NAMES}|injected|{injected}"),
    }


def asks_for_supplier(heading: str) -> bool:
    """Return whether a heading, such as "Supplied by", is that of a column that tells who supplies each secret."""
    return _SUPPLIER_HEADING.fullmatch(heading.strip(" ?:")) is not None


def find_supplier(text: str, wording: Wording) -> str | None:
    """Return the role of a secret that those supply whom a text names, such as "Connector owner"; None if unclear."""
    words = BESIDE_HEADING.sub("", text).strip(" .:?")
    return next((role for role, words_of in _compile_suppliers(wording).items() if words_of.fullmatch(words)), None)
