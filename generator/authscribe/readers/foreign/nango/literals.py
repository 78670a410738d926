"""Tell literals that may be credentials from the other values of a Nango provider's requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, product

from authscribe.model.credential_names import may_be_credential
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.nango.templates import find_innermost


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
    return not has_reference(node) and any(may_be_credential(*pair) for pair in product(path, _list_literals(node)))


def _list_literals(node: Node) -> Iterator[str]:
    match node:
        case ScalarNode(value=value):
            yield "" if value is None else str(value)
        case ListNode(items=items):
            yield from chain.from_iterable(map(_list_literals, items))
        case MapNode(entries=entries):
            yield from chain.from_iterable(_list_literals(entry.node) for entry in entries)
