"""Collect the definitions of one noun from all drafts, and join those that several sources state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from authscribe.findings.finding import Finding
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.conflicting_definitions import report_conflicting_definitions
from authscribe.findings.rules.literal_credential import report_literal_credential
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.wrong_value import report_not_text
from authscribe.model import naming
from authscribe.model.draft import DefinitionDraft, Draft, MapNode, Noun, get_text
from authscribe.resolve.checks import check_duplicates
from authscribe.resolve.conflicts import (
    find_conflicts,
    join_definitions,
    locate_statement,
    report_other_wordings,
    sort_by_precedence,
)
from authscribe.resolve.secret_values import list_literal_credentials


class CollectedDefinitions(NamedTuple):
    """Definitions of one noun by id, sorted; findings about ids and wordings, and conflicts between sources."""

    nodes: dict[str, MapNode]
    findings: list[Finding]
    conflicts: list[Finding]


def collect_definitions(drafts: Iterable[Draft], noun: Noun) -> CollectedDefinitions:
    """Return the definitions of a noun; those with one id are joined, or only the first is kept if they contradict.

    Whatever the order of the sources, a definition file comes before a page.
    """
    by_id: dict[str, list[MapNode]] = {}
    findings: list[Finding] = []
    for definition in (definition for draft in sort_by_precedence(drafts) for definition in draft.select(noun)):
        identifier = read_id(definition)
        if isinstance(identifier, Finding):
            findings.append(identifier)
        else:
            by_id.setdefault(identifier, []).append(definition.node)
    joined = {identifier: _join_sources(noun, identifier, nodes) for identifier, nodes in sorted(by_id.items())}
    return CollectedDefinitions(
        nodes={identifier: sources.node for identifier, sources in joined.items()},
        findings=[*findings, *(finding for sources in joined.values() for finding in sources.wordings)],
        conflicts=[sources.conflict for sources in joined.values() if sources.conflict is not None],
    )


class _JoinedSources(NamedTuple):
    """Definition that several sources state; findings about wordings that are not used, and the first conflict."""

    node: MapNode
    wordings: tuple[Finding, ...] = ()
    conflict: Finding | None = None


def _join_sources(noun: Noun, identifier: str, nodes: Sequence[MapNode]) -> _JoinedSources:
    joined, *others = nodes
    first_conflict = None
    wordings: list[Finding] = []
    for node in others:
        conflicts = find_conflicts(joined, node)
        if conflicts:
            first_conflict = first_conflict or conflicts[0]
        else:
            wordings += report_other_wordings(noun, identifier, joined, node)
            joined = join_definitions(joined, node)
    if first_conflict is None:
        return _JoinedSources(joined, tuple(wordings))
    statements = [locate_statement(node, first_conflict.path) for node in nodes]
    detail, place = first_conflict.detail, first_conflict.place
    conflict = report_conflicting_definitions(noun.value.rstrip("s"), identifier, detail, place, statements)
    return _JoinedSources(joined, tuple(wordings), conflict)


def read_id(definition: DefinitionDraft) -> str | Finding:
    """Return the id of a definition, or the finding about one that is missing or wrong."""
    node = definition.node.find("id")
    identifier = get_text(node)
    if node is None:
        return report_missing_key("id", definition.node.place)
    if identifier is None:
        return report_not_text("id", node.place)
    return identifier if naming.is_id(identifier) else report_bad_id(identifier, node.place)


def check_drafts(drafts: Iterable[Draft]) -> Iterator[Finding]:
    """Yield a finding for each name that a single definition states twice, and for each literal credential in it."""
    for draft in drafts:
        for definition in (*draft.select(Noun.SCHEME), *draft.select(Noun.CONNECTOR)):
            yield from check_duplicates(definition.node)
        literals = list_literal_credentials(draft)
        yield from (report_literal_credential(name, place) for name, place in literals)
