"""Find the values of secrets in definitions as their authors wrote them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.credential_names import is_value_public
from authscribe.model.draft import MapNode, get_text, list_scalar_places
from authscribe.resolve.merge import list_maps

SECRET_ROLES: Final = ("required", "injected")
"""Keys of a scheme that list secrets."""

VALUE_KEYS: Final = ("default", "example")
"""Keys of a secret that hold a value of it."""


def list_secret_values(definition: MapNode) -> Iterator[Place]:
    """Yield the places of the values of a scheme's secrets that may not be shown."""
    for role in SECRET_ROLES:
        for item in list_maps(definition.find(role)):
            # Few secrets have values, and judging one takes longer than looking for them.
            values = tuple(list_keyed_values(item, VALUE_KEYS))
            if values and not is_value_public(get_text(item.find("secret")), get_text(item.find("name")) or ""):
                yield from values


def list_keyed_values(node: MapNode, keys: Collection[str]) -> Iterator[Place]:
    """Yield the place of each scalar under the keys of a mapping."""
    for entry in node.entries:
        if entry.key in keys:
            yield from list_scalar_places(entry.node)
