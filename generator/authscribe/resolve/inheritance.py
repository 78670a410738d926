"""Complete each scheme with the facts of the schemes that it extends."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from authscribe.findings.finding import Finding
from authscribe.findings.rules.cyclic_extends import report_cyclic_extends
from authscribe.findings.rules.too_large import report_many_inherited
from authscribe.findings.rules.unknown_reference import report_unknown_reference
from authscribe.findings.suggestions import Vocabulary
from authscribe.model.draft import MapNode, get_text
from authscribe.model.repetitions import Repetitions, count_nodes
from authscribe.resolve import merge
from authscribe.resolve.merge import locate_value


def extend_schemes(schemes: Mapping[str, MapNode]) -> tuple[dict[str, MapNode], list[Finding]]:
    """Return each scheme with the facts of all schemes that it extends, directly or not."""
    extended: dict[str, MapNode] = {}
    findings: list[Finding] = []
    known, repetitions = Vocabulary(schemes), Repetitions(len(schemes))
    for chain in (_list_chain(identifier, schemes, extended) for identifier in sorted(schemes)):
        for identifier in reversed(chain):
            node = schemes[identifier]
            parent, place = get_text(node.find("extends")), locate_value(node, "extends")
            if parent in extended:
                if not repetitions.add(count_nodes(extended[parent])):
                    return extended, [*findings, report_many_inherited(place, limit=repetitions.limit)]
                node = merge.extend_scheme(extended[parent], node)
            elif parent in chain:
                findings.append(report_cyclic_extends((*chain, parent), place))
            elif parent is not None:
                findings.append(report_unknown_reference("scheme", parent, place, known))
            extended[identifier] = node
    return {identifier: extended[identifier] for identifier in sorted(schemes)}, findings


def _list_chain(identifier: str, schemes: Mapping[str, MapNode], extended: Collection[str]) -> tuple[str, ...]:
    """Return a scheme and those that it extends, directly or not, each once, as far as they are not extended yet."""
    chain: dict[str, None] = {}
    while identifier in schemes and identifier not in extended and identifier not in chain:
        chain[identifier] = None
        identifier = get_text(schemes[identifier].find("extends")) or ""
    return tuple(chain)
