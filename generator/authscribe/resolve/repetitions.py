"""Limit how often connectors repeat the schemes that they use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from authscribe.findings.finding import Finding
from authscribe.findings.rules.too_large import report_many_used
from authscribe.model.draft import MapNode, get_text
from authscribe.model.repetitions import Repetitions, count_nodes
from authscribe.resolve.names import list_scheme_references


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
