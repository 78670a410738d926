"""Find literals in a foreign document that may be credentials, in addresses and at any depth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from authscribe.model.credential_names import may_be_credential
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
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
    return next(list_credential_paths(name, node), None) is not None


def list_credential_paths(name: str, node: Node) -> Iterator[tuple[str, ...]]:
    """Yield the path of each literal in a value that may be a credential or an address with one."""
    if isinstance(node, ScalarNode):
        text = get_text(node) or ""
        if may_be_credential(name, text) or holds_credential(text):
            yield ()
        return
    for key, item_name, item in _list_items(name, node):
        yield from ((key, *path) for path in list_credential_paths(item_name, item))


def _list_items(name: str, node: ListNode | MapNode) -> Iterator[tuple[str, str, Node]]:
    """Yield key, name and node of each item; a mapping may state the name of the value in it, as for a header."""
    if isinstance(node, ListNode):
        yield from ((str(position), name, item) for position, item in enumerate(node.items))
        return
    stated = get_text(node.find("name")) or get_text(node.find("key"))
    for entry in node.entries:
        yield entry.key, stated or entry.key if entry.key == "value" else entry.key, entry.node


def withhold_at(mapping: TrackedMapping, path: Sequence[str]) -> None:
    """Withhold the value at a path; no item can be taken by itself from a list that also holds scalars."""
    key, *inner = path
    node = mapping.peek(key)
    if isinstance(node, MapNode) and inner:
        withhold_at(mapping.child(key), inner)
    elif len(inner) > 1 and (children := mapping.children(key)):
        withhold_at(children[int(inner[0])], inner[1:])
    else:
        mapping.withhold(key)


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
