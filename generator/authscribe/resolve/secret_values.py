"""Find the values of secrets in definitions as their authors wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.model.naming import is_value_public
from authscribe.resolve.merge import list_maps

SECRET_ROLES: Final = ("required", "injected")
"""Keys of a scheme that list secrets."""

VALUE_KEYS: Final = ("default", "example")
"""Keys of a secret that hold a value of it."""


def list_secret_values(definition: MapNode) -> Iterator[Place]:
    """Yield the places of the values of a scheme's secrets that may not be shown."""
    for role in SECRET_ROLES:
        for item in list_maps(definition.find(role)):
            if not is_value_public(get_text(item.find("secret")), get_text(item.find("name")) or ""):
                for key in VALUE_KEYS:
                    yield from list_scalars(item.find(key))


def list_scalars(node: Node | None) -> Iterator[Place]:
    """Yield the place of each scalar in a node."""
    match node:
        case ScalarNode(place=place):
            yield place
        case ListNode(items=items):
            for item in items:
                yield from list_scalars(item)
        case MapNode(entries=entries):
            for entry in entries:
                yield from list_scalars(entry.node)
