"""Limit how often schemes are repeated: by refinements, in those that extend them, and in the connectors that use them.

A short document could otherwise describe a very large catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from authscribe.findings.finding import Finding
from authscribe.findings.rules.too_large import report_many_used
from authscribe.model.draft import ListNode, MapNode, Node, get_text
from authscribe.resolve.names import list_scheme_references

REPETITION_LIMIT: Final = 20_000
"""Keys and values of schemes that refinements may repeat, or other schemes inherit, or connectors take from them."""

REPETITION_SHARE: Final = 200
"""Further ones for each refinement, scheme, or use of a scheme by a connector; schemes have some fifty."""


class Repetitions:
    """Number of keys and values that are repeated by some definitions or references."""

    def __init__(self, count: int) -> None:
        self.limit = REPETITION_LIMIT + REPETITION_SHARE * count
        self._total = 0

    def add(self, size: int) -> bool:
        """Count so many keys and values more; return whether the limit still holds."""
        self._total += size
        return self._total <= self.limit


def check_repetitions(schemes: Mapping[str, MapNode], connectors: Mapping[str, MapNode]) -> Iterator[Finding]:
    """Report the first connector that makes all of them repeat too much of the schemes that they use."""
    references = [reference for connector in connectors.values() for reference in list_scheme_references(connector)]
    repetitions = Repetitions(len(references))
    sizes: dict[str, int] = {}
    for reference in references:
        identifier = get_text(reference) or ""
        if identifier in sizes and not repetitions.add(sizes[identifier]):
            yield report_many_used(reference.place, limit=repetitions.limit)
            return
        if identifier in schemes and identifier not in sizes:
            sizes[identifier] = count_nodes(schemes[identifier])


def count_nodes(node: Node) -> int:
    """Return the number of nodes in a tree."""
    match node:
        case MapNode(entries=entries):
            return 1 + sum(count_nodes(entry.node) for entry in entries)
        case ListNode(items=items):
            return 1 + sum(map(count_nodes, items))
    return 1
