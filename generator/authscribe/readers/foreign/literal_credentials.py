"""Find literals in a foreign document that may be credentials, in addresses and at any depth."""

from __future__ import annotations

import re
from typing import Final

from authscribe.model.credential_names import may_be_credential
from authscribe.model.draft import ListNode, MapNode, Node, get_text
from authscribe.readers.foreign.tracking import TrackedMapping

_USER_INFORMATION: Final = re.compile(r"://([^/?#@\s]*)@")
"""Matches a user name and password, or a token, before the host of an address (RFC 3986 section 3.2.1)."""
_REFERENCE: Final = re.compile(r"\{[^{}]*\}")


def holds_credential(address: str) -> bool:
    """Return whether an address has a literal before its host or in its query that may be a credential.

    What is in braces refers to a value elsewhere.
    """
    if "@" not in address and "?" not in address:
        return False
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
