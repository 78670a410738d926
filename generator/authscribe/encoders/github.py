"""Encode text for workflows of GitHub Actions, which are YAML with expressions between `${{` and `}}`."""

from __future__ import annotations

from typing import Final

_MARK: Final = "${{"


def make_literal(text: str) -> str:
    """Return a value of YAML that GitHub takes for this text.

    A text with the mark of expressions becomes one expression that is only a string, in which a quote is doubled.
    GitHub evaluates it everywhere, even in places without expressions.
    """
    quoted = text.replace("'", "''")
    return f"{_MARK} '{quoted}' }}}}" if _MARK in text else text


def make_reference(context: str, name: str) -> str:
    """Return an expression for the value of a name in a context, such as `secrets`."""
    return f"{_MARK} {context}.{name} }}}}"
