"""Encode values for environment files."""

from __future__ import annotations

import re

from authscribe.encoders.text import Encoded


def is_dotenv_safe(text: str) -> bool:
    """Return whether an environment file preserves a value.

    python-dotenv replaces `${name}` between all quotes, no variable can contain NUL, and UTF-8 has no surrogates.
    """
    return "${" not in text and re.search("[\0\ud800-\udfff]", text) is None


def encode_dotenv_value(text: str) -> Encoded:
    """Return a value that python-dotenv reads back, as the generated classes do; raise ValueError if none does.

    The value has single quotes wherever they preserve it, since shells and other readers take it literally, too.
    """
    if not is_dotenv_safe(text):
        raise ValueError(f"{text!a} cannot be in an environment file")
    if re.fullmatch(r"[A-Za-z0-9_.:/-]+", text):
        return Encoded(text)
    if re.search(r"['\r]|\\\\|\\\Z", text) is None:
        return Encoded(f"'{text}'")
    escaped = re.sub(r'[\\"]', r"\\\g<0>", text).replace("\r", "\\r")
    return Encoded(f'"{escaped}"')
