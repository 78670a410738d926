"""Find the places of the references in the templates of a connector."""

from __future__ import annotations

from dataclasses import dataclass

from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.references import Reference, ReferenceKind
from authscribe.connectors.snapshot import ConnectorTemplate
from authscribe.findings.finding import Place


@dataclass(frozen=True, slots=True)
class ReferencePlace:
    """Place that refers to a name; the JSON pointer (RFC 6901) is None if the file is not JSON."""

    place: Place
    pointer: str | None


def find_reference_places(context: ConnectorContext) -> dict[str, tuple[ReferencePlace, ...]]:
    """Return the places of all references in the templates, by name."""
    by_name: dict[str, list[ReferencePlace]] = {}
    for template in context.snapshot.all_templates:
        references = [reference for reference in template.references if reference.kind is not ReferenceKind.EXPRESSION]
        pointers = _map_pointers(template, context) if references else {}
        for reference in references:
            by_name.setdefault(reference.name, []).append(ReferencePlace(reference.place, pointers.get(reference)))
    return {name: tuple(uses) for name, uses in by_name.items()}


def _map_pointers(template: ConnectorTemplate, context: ConnectorContext) -> dict[Reference, str]:
    snapshot = context.snapshot
    leaves = snapshot.leaves if template is snapshot.system else context.parse_template(template)
    return {reference: leaf.pointer for leaf in leaves for reference in leaf.references}
