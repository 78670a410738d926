"""Limit how often schemes are repeated: in those that extend them, and in the connectors that use them.

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
"""Keys and values that the schemes of a catalogue may inherit, or its connectors take from schemes."""

REPETITION_SHARE: Final = 200
"""Further ones for each scheme, or for each use of a scheme by a connector; schemes have some fifty."""


class Repetitions:
    """Number of keys and values that are repeated by some definitions or references."""

    def __init__(self, count: int) -> None:
        self.limit = REPETITION_LIMIT + REPETITION_SHARE * count
        self._total = 0
        self._sizes: dict[int, int] = {}

    def add(self, node: MapNode) -> bool:
        """Count a node, which must be kept, once more; return whether the limit still holds."""
        size = self._sizes.get(id(node))
        if size is None:
            size = self._sizes[id(node)] = _count_nodes(node)
        self._total += size
        return self._total <= self.limit


def check_repetitions(schemes: Mapping[str, MapNode], connectors: Mapping[str, MapNode]) -> Iterator[Finding]:
    """Report the first connector that makes all of them repeat too much of the schemes that they use."""
    references = [reference for connector in connectors.values() for reference in list_scheme_references(connector)]
    repetitions = Repetitions(len(references))
    used: set[str] = set()
    for reference in references:
        identifier = get_text(reference) or ""
        if identifier in used and not repetitions.add(schemes[identifier]):
            yield report_many_used(reference.place, limit=repetitions.limit)
            return
        if identifier in schemes:
            used.add(identifier)


def _count_nodes(node: Node) -> int:
    match node:
        case MapNode(entries=entries):
            return 1 + sum(_count_nodes(entry.node) for entry in entries)
        case ListNode(items=items):
            return 1 + sum(map(_count_nodes, items))
    return 1
