"""Recover from mistakes: leave out the definitions that contain them, and use all others."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import count
from typing import Final

from authscribe.findings.finding import DefinitionError, Finding, Place, Severity, sort_findings
from authscribe.findings.rules.left_out import report_left_out
from authscribe.model.draft import DefinitionDraft, Draft, get_text, list_places
from authscribe.model.name_kinds import DEFAULT_CONVENTIONS, Conventions
from authscribe.resolve.merge import locate_value
from authscribe.resolve.resolver import Resolution, resolve_drafts

_ROUNDS: Final = 64
"""How often definitions are left out: those with mistakes, then those that refer to them, and so on."""


def recover_catalogue(
    drafts: Sequence[Draft], platform: str, conventions: Conventions = DEFAULT_CONVENTIONS, *, tolerant: bool
) -> Resolution:
    """Return the catalogue of the definitions without mistakes, with the mistakes of the others as findings.

    Raises DefinitionError for mistakes that are outside definitions, or that are found after many rounds only.
    """
    dropped: list[Finding] = []
    for number in count():
        try:
            resolution = resolve_drafts(drafts, platform, conventions, tolerant=tolerant)
        except DefinitionError as error:
            kept, findings = drop_mistaken(drafts, error.findings)
            if kept == tuple(drafts) or number == _ROUNDS:
                raise
            dropped.extend(findings)
            drafts = kept
        else:
            return resolution._replace(findings=sort_findings((*resolution.findings, *dropped)))
    raise AssertionError("the rounds end before")


def drop_mistaken(
    drafts: Sequence[Draft], findings: Sequence[Finding]
) -> tuple[tuple[Draft, ...], tuple[Finding, ...]]:
    """Return the drafts without the definitions that contain an error, and the errors with a note per definition."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    places, known = {error.place for error in errors}, set(errors)
    mistaken = [_list_mistaken(draft, places) for draft in drafts]
    kept = tuple(_drop(draft, definitions, known) for draft, definitions in zip(drafts, mistaken, strict=True))
    return kept, (*errors, *(_report(definition) for definitions in mistaken for definition in definitions))


def _list_mistaken(draft: Draft, places: AbstractSet[Place]) -> list[DefinitionDraft]:
    return [definition for definition in draft.definitions if not places.isdisjoint(list_places(definition.node))]


def _drop(draft: Draft, definitions: Sequence[DefinitionDraft], errors: AbstractSet[Finding]) -> Draft:
    # By identity: equal definitions would be compared node by node.
    left_out = {id(definition) for definition in definitions}
    return draft._replace(
        definitions=tuple(definition for definition in draft.definitions if id(definition) not in left_out),
        findings=tuple(finding for finding in draft.findings if finding not in errors),
    )


def _report(definition: DefinitionDraft) -> Finding:
    return report_left_out(get_text(definition.node.find("id")) or None, locate_value(definition.node, "id"))
