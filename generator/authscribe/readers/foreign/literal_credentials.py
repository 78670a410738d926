"""Tell credentials in a foreign document by their names: settings, and literals that may be their values."""

from __future__ import annotations

import re
from typing import Final

from authscribe.model import naming
from authscribe.model.draft import ListNode, MapNode, Node, get_text
from authscribe.readers.foreign.tracking import TrackedMapping

_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie"})
_USER_INFORMATION: Final = re.compile(r"://([^/?#@\s]*)@")
"""Matches a user name and password, or a token, before the host of an address (RFC 3986 section 3.2.1)."""
_REFERENCE: Final = re.compile(r"\{[^{}]*\}")
_NO_CREDENTIAL: Final = re.compile(r"(?:true|false|-?[0-9]+(?:\.[0-9]+)?|arn:\S*)?", re.IGNORECASE)
"""Matches words and numbers, and the names of resources at Amazon, by which credentials are called there as well."""
_OTHER_WORDS: Final = frozenset(
    {
        "continuation", "csrf", "cursor", "expiration", "expires", "expiry", "idempotency", "lifetime", "max", "min",
        "next", "page", "partition", "replication", "resume", "scroll", "sort", "sync", "ttl", "type", "xsrf",
    }
)  # fmt: skip
"""Words in names that are no credentials although another word is: `page_token`, `Idempotency-Key`, `token_type`."""


def may_be_credential(name: str, literal: str) -> bool:
    """Return whether a literal may be the credential that its name announces, or a dummy in place of that."""
    is_credential = is_credential_header(name) or ends_as_credential(name)
    return is_credential and _NO_CREDENTIAL.fullmatch(literal.strip()) is None


def holds_credential(address: str) -> bool:
    """Return whether an address has a literal before its host or in its query that may be a credential.

    What is in braces refers to a value elsewhere.
    """
    user = _USER_INFORMATION.search(_REFERENCE.sub("", address))
    has_user = user is not None and user[1].strip("${}:") != ""
    return has_user or any("{" not in value and may_be_credential(name, value) for name, value in list_fields(address))


def may_hold_credential(name: str, node: Node) -> bool:
    """Return whether a value may be a literal credential, or hold one in an address or at a depth."""
    match node:
        case ListNode(items=items):
            return any(may_hold_credential(name, item) for item in items)
        case MapNode(entries=entries):
            return any(may_hold_credential(entry.key, entry.node) for entry in entries)
    text = get_text(node) or ""
    return may_be_credential(name, text) or holds_credential(text)


def withhold_address(mapping: TrackedMapping, key: str) -> bool:
    """Withhold the address under a key if it holds a credential, and return whether it does."""
    is_withheld = holds_credential(get_text(mapping.peek(key)) or "")
    if is_withheld:
        mapping.withhold(key)
    return is_withheld


def list_fields(address: str) -> list[tuple[str, str]]:
    """Return the names and values in the query of an address, as they are written."""
    fields = (field.partition("=") for field in address.partition("?")[2].split("&"))
    return [(name, value) for name, _, value in fields]


def is_credential_header(name: str) -> bool:
    """Return whether a name is that of a header made for credentials (RFC 9110 section 11, RFC 6265)."""
    return name.lower() in _HEADERS


def ends_as_credential(name: str) -> bool:
    """Return whether the last word of a name, which tells what it is, announces a credential: not in `TOKEN_URL`."""
    words = naming.split_words(name)
    return naming.is_secret_name(words[-1] if words else "")


def names_credential(name: str) -> bool:
    """Return whether a name is that of a credential."""
    return naming.is_secret_name(name) and _OTHER_WORDS.isdisjoint(naming.split_words(name))
