"""Limit how often definitions are repeated, since a short document could otherwise describe a very large catalogue."""

from __future__ import annotations

from typing import Final

from authscribe.model.draft import ListNode, MapNode, Node

REPETITION_LIMIT: Final = 20_000
"""Keys and values that refinements, connectors and their methods may repeat, or definitions inherit."""

REPETITION_SHARE: Final = 200
"""Further ones for each refinement, definition, or use of a scheme by a connector; schemes have some fifty."""


class Repetitions:
    """Number of keys and values that are repeated by some definitions or references."""

    def __init__(self, count: int) -> None:
        self.limit = REPETITION_LIMIT + REPETITION_SHARE * count
        self._total = 0

    def add(self, size: int) -> bool:
        """Count so many keys and values more; return whether the limit still holds."""
        self._total += size
        return self._total <= self.limit


def count_nodes(node: Node) -> int:
    """Return the number of nodes in a tree."""
    match node:
        case MapNode(entries=entries):
            return 1 + sum(count_nodes(entry.node) for entry in entries)
        case ListNode(items=items):
            return 1 + sum(map(count_nodes, items))
    return 1
