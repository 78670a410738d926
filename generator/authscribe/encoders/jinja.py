"""Encode text for values that Jinja renders, such as those of Airbyte's manifests."""

from __future__ import annotations

from typing import Final

_MARKS: Final = ("{{", "{%", "{#")
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r"})


def encode_jinja_text(text: str) -> str:
    """Return text that renders as itself outside of expressions.

    Text with a mark of Jinja becomes an expression. So does text that would be one with what follows it, and text that
    ends with a newline, which Jinja drops at the end of a template.
    """
    is_plain = not any(mark in text for mark in _MARKS) and not text.endswith(("{", "\n"))
    return text if is_plain else f"{{{{ {encode_jinja_string(text)} }}}}"


def encode_jinja_string(text: str) -> str:
    """Return a string literal of an expression."""
    return f"'{text.translate(_ESCAPES)}'"
