"""Find out which definition a finding is about, by its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from authscribe.findings.finding import Finding, Place
from authscribe.model.draft import Draft, Noun, get_text, list_places


def attribute_to_definitions(
    findings: Sequence[Finding], drafts: Iterable[Draft], known: Mapping[str, Draft]
) -> tuple[Finding, ...]:
    """Return the findings with the scheme or connector in whose definition they are, as far as they name neither.

    `known` has further drafts by path.
    """
    paths = {finding.place.path for finding in findings if not _is_attributed(finding)}
    # The index costs a walk through all definitions of these files.
    concerned = [draft for draft in drafts if draft.path in paths]
    owners = dict(_index_places((*concerned, *(known[path] for path in paths.intersection(known)))))
    return tuple(_attribute(finding, owners) for finding in findings)


def _is_attributed(finding: Finding) -> bool:
    return finding.connector is not None or finding.scheme is not None


def _attribute(finding: Finding, owners: Mapping[Place, tuple[Noun, str]]) -> Finding:
    if _is_attributed(finding) or finding.place not in owners:
        return finding
    noun, identifier = owners[finding.place]
    return finding._replace(connector=identifier) if noun is Noun.CONNECTOR else finding._replace(scheme=identifier)


def _index_places(drafts: Iterable[Draft]) -> Iterator[tuple[Place, tuple[Noun, str]]]:
    """Yield each place in a definition with the noun and the id of the definition; a refinement is about its scheme."""
    for definition in (definition for draft in drafts for definition in draft.definitions):
        identifier = get_text(definition.node.find("id"))
        if identifier is not None and definition.noun is not Noun.PLATFORM:
            yield from ((place, (definition.noun, identifier)) for place in list_places(definition.node))
