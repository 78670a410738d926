"""Encode values for shells."""

from __future__ import annotations

import re

from authscribe.encoders.text import Encoded
from authscribe.model.name_kinds import NAME_KINDS, NameKind


def encode_variable(text: str) -> Encoded:
    """Return the name of an environment variable (POSIX.1-2017, section 8.1); raise ValueError for any other text."""
    if not re.fullmatch(NAME_KINDS[NameKind.ENV].pattern, text):
        raise ValueError(f"{text!a} is not the name of a variable")
    return Encoded(text)


def is_variable_safe(text: str) -> bool:
    """Return whether an environment variable can have a value: none contains NUL, and UTF-8 has no surrogates."""
    return re.search("[\0\ud800-\udfff]", text) is None


def is_shell_safe(text: str) -> bool:
    """Return whether single quotes preserve a value."""
    return text.isprintable() and not set(text) & set("'\\")


def encode_shell_string(text: str) -> Encoded:
    """Return a value for a shell; raise ValueError if single quotes do not preserve it."""
    if not is_shell_safe(text):
        raise ValueError(f"{text!a} cannot be quoted")
    return Encoded(text if re.fullmatch(r"[A-Za-z0-9_.:/-]+", text) else f"'{text}'")
