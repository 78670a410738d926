"""Find the template in which an OpenAPI API key is sent, in extensions and in its description."""

from __future__ import annotations

from typing import Final

from authscribe.model import naming
from authscribe.model.credential_names import is_credential_header
from authscribe.model.draft import get_text
from authscribe.model.openapi import VALUE
from authscribe.readers.foreign.openapi.stated_prefixes import find_prefix
from authscribe.readers.foreign.tracking import TrackedMapping

_FERN: Final = "x-fern-header"
"""Extension of Fern's generators of clients for the header of an API key."""
_GITBOOK: Final = "x-gitbook-prefix"
"""Extension of GitBook's reference pages for the word before an API key."""


def is_template_name(wire: str) -> bool:
    """Return whether a placement can refer to a value by this name."""
    return not {"{", "}"} & set(wire)


def take_template(scheme: TrackedMapping, wire: str) -> str | None:
    """Return the template in which the value is sent, if extensions state it.

    One is that of the target `openapi`, in which a text without a hole may be the value itself; those of others state a
    prefix, which a space follows.
    """
    prefix = scheme.take_text(_GITBOOK) or scheme.child(_FERN).take_text("prefix")
    if prefix is not None and is_template_name(str(prefix.value)):
        return f"{str(prefix.value).rstrip()} {{}}"
    value = get_text(scheme.peek(VALUE)) or ""
    if value and "{" not in value:
        scheme.withhold(VALUE)
    before, hole, after = value.partition(f"{{{wire}}}")
    if not hole or {"{", "}"} & set(before + after):
        return None
    scheme.take(VALUE)
    return f"{before}{{}}{after}"


def find_template(scheme: TrackedMapping, wire: str, location: str, name: str) -> str:
    """Return the template in which the value is sent, of which the description of the scheme may state a prefix.

    For the header `Authorization`, the name of a scheme without any, such as `BearerAuth`, describes it.
    """
    if location != "header" or not is_credential_header(name):
        return "{}"
    description = (get_text(scheme.peek("description")) or "").strip()
    if not description and name.lower() == "authorization":
        description = " ".join(naming.split_words(wire))
    return f"{find_prefix(description) or ''}{{}}"
