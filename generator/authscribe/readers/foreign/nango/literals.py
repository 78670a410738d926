"""Tell literals that may be credentials from the other values of a Nango provider's requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

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
    """Return whether a literal in a node may be a secret, since a name in the path to it is that of a credential."""
    return any(may_be_credential(name, literal) for name, literal in _list_literals(node, tuple(path)))


def _list_literals(node: Node, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield each literal in a node, at every depth, with each name in the path to it."""
    match node:
        case ScalarNode(value=value) if not has_reference(node):
            yield from ((name, "" if value is None else str(value)) for name in path)
        case ListNode(items=items):
            yield from chain.from_iterable(_list_literals(item, path) for item in items)
        case MapNode(entries=entries):
            yield from chain.from_iterable(_list_literals(entry.node, (*path, entry.key)) for entry in entries)
