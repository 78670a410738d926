"""Tell what takes the place of a secret's value, and find the passwords in addresses."""

from __future__ import annotations

import re
from typing import Final

_USER: Final = r"(?P<user>[^\s/?#@:]*+)(?::(?P<password>[^\s/?#@]*+))?@"
USER_INFORMATION: Final = re.compile(rf":(?:\\?/){{2}}{_USER}")
"""Matches a user name, or a token, and a password before the host of an address (RFC 3986 section 3.2.1).

JSON may have a backslash before each slash.
"""
MISSPELT_USER_INFORMATION: Final = re.compile(f"/{_USER}")
"""Matches them also in an address that does not begin with `://`."""
REFERENCE: Final = re.compile(r"\{[^{}]*\}")
"""Matches what refers to a value elsewhere; before it, there may be a dollar sign or another brace."""

_PATH: Final = r"(?-i:(?:/(?:[A-Z]?[a-z0-9._-]++|[A-Z0-9._-]++|(?:[A-Z]?[a-z]++)++)(?=/|\Z))++/?)"
"""Matches an absolute path of which each part has one case, or words without digits, as in `/run/secrets/API_KEY`.

A random value may begin with a slash, too.
"""
_DUMMY: Final = (
    r"(?is)\{|\.{3}|\u2026|xxx|\*\*\*|(?-i:EXAMPLE)"
    r"|\A(?:<.*>|\[[a-z _-]*\]|\$\w+(?:\.[a-z]\w*)*|\$\(\w+\)|:[a-z_]+|%\w+%|%\(\w+\)s|[@*]?\w+\(.*\))\Z"
    r"|\A(?:[a-z][a-z0-9+.-]*://.*|[#~.]{1,2}/.*"
    rf"|{_PATH}|.*\.(?:json|key|p12|p8|pem|pfx|txt|ya?ml))\Z"
    r"|(?<![a-z0-9])(?:change|changeme|dummy|enter|example|fake|insert|my|placeholder|redacted|replace|sample|your)(?![a-z])"
)
"""Matches what stands for a value: a reference, an address, a path, or a text that tells people to replace it."""
_PLACEHOLDER: Final = r"(?i)<.*>|\.{3}|x+|\*+|(?:change|replace).?me|todo|null|none|your.*"
_FEWEST: Final = 5
"""Different characters of a value; those with fewer, such as `x`, `none` and `AKIAXXXXXXXXXXXXXXXX`, are fillers."""


def list_literal_users(text: str) -> list[tuple[str, str]]:
    """Return the user names and passwords before the hosts of addresses in a text, without references to values."""
    # Nearly no text contains any.
    found = USER_INFORMATION.finditer(REFERENCE.sub("", text)) if "@" in text else ()
    return [(each["user"].strip("${}"), (each["password"] or "").strip("${}")) for each in found]


def list_fields(address: str) -> list[tuple[str, str]]:
    """Return the names and values in the query of an address, as they are written."""
    fields = (field.partition("=") for field in address.partition("?")[2].split("&"))
    return [(name, value) for name, _, value in fields]


def is_dummy(literal: str) -> bool:
    """Return whether a literal stands for a value, such as a reference or a text that tells people to replace it."""
    return re.search(_DUMMY, literal) is not None


def is_placeholder(literal: str) -> bool:
    """Return whether a literal is nothing but a placeholder, which a template may have while nobody has a value."""
    return re.fullmatch(_PLACEHOLDER, literal) is not None


def is_filler(literal: str) -> bool:
    """Return whether a literal has too few different characters for a credential."""
    return len(set(literal)) < _FEWEST
