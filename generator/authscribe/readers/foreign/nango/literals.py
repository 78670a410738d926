"""Tell literals that may be credentials from the other values of a Nango provider's requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.model.nango import CREDENTIAL_NAME
from authscribe.readers.foreign.nango.templates import find_innermost

_SCHEMES: Final = ("basic", "bearer")
"""Names of HTTP authentication schemes (RFC 9110 section 11.1), which are no credentials by themselves."""


def has_reference(node: Node) -> bool:
    """Return whether something in a node refers to a setting."""
    match node:
        case ListNode(items=items):
            return any(map(has_reference, items))
        case MapNode(entries=entries):
            return any(has_reference(entry.node) for entry in entries)
    return bool(find_innermost(get_text(node) or ""))


def is_credential(node: Node, path: Iterable[str]) -> bool:
    """Return whether a literal may be a secret, since a name in the path to it is that of a credential."""
    return not has_reference(node) and _has_value(node) and any(map(CREDENTIAL_NAME.search, path))


def _has_value(node: Node) -> bool:
    """Return whether a literal may be a secret, as a boolean, an empty value or the name of a scheme cannot."""
    match node:
        case ScalarNode(value=value):
            return bool(value) and not isinstance(value, bool) and str(value).lower() not in _SCHEMES
        case ListNode(items=items):
            return any(map(_has_value, items))
        case MapNode(entries=entries):
            return any(_has_value(entry.node) for entry in entries)
