"""Read scopes that a foreign document has in one text."""

from __future__ import annotations


def find_separator(text: str) -> str | None:
    """Return the separator of the scopes in a text if it is not a space (RFC 6749 section 3.3).

    Blanks of any kind, such as line breaks, separate scopes like a space.
    """
    return "," if "," in text and "{" not in text and len(text.split()) == 1 else None
