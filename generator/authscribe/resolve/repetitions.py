"""Limit how often connectors repeat the schemes that they use, and themselves in their methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

from authscribe.findings.finding import Finding
from authscribe.findings.rules.too_large import report_many_used
from authscribe.model.draft import MapNode, Node, get_text
from authscribe.model.repetitions import Repetitions, count_nodes
from authscribe.resolve.merge import list_maps
from authscribe.resolve.names import list_scheme_references

_ONCE: Final = ("methods", "extras")
"""Keys of a connector that its methods do not repeat."""


def check_repetitions(schemes: Mapping[str, MapNode], connectors: Mapping[str, MapNode]) -> Iterator[Finding]:
    """Report the first connector that makes all of them repeat too much: of schemes, and of itself in its methods."""
    references = [reference for connector in connectors.values() for reference in list_scheme_references(connector)]
    repetitions = Repetitions(len(references))
    sizes: dict[str, int] = {}
    for node, own in chain.from_iterable(map(_list_uses, connectors.values())):
        identifier = get_text(node) or ""
        if not repetitions.add(sizes.get(identifier, 0) + own):
            yield report_many_used(node.place, limit=repetitions.limit)
            return
        if identifier in schemes and identifier not in sizes:
            sizes[identifier] = count_nodes(schemes[identifier])


def _list_uses(connector: MapNode) -> Iterator[tuple[Node, int]]:
    """Yield each node that refers to a scheme, and each method after the first with the size of what it repeats."""
    yield from ((reference, 0) for reference in list_scheme_references(connector))
    own = sum(count_nodes(entry.node) for entry in connector.entries if entry.key not in _ONCE)
    yield from ((method, own) for method in list_maps(connector.find("methods"))[1:])
