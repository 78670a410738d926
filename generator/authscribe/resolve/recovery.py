"""Going on without what is wrong: definitions that have mistakes are left out, and everything else is used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from authscribe.findings.finding import DefinitionError, Finding, Place, Severity, sort_findings
from authscribe.findings.rules.left_out import report_left_out
from authscribe.model.draft import DefinitionDraft, Draft, ListNode, MapNode, Node, text_of
from authscribe.resolve.checks import locate_value
from authscribe.resolve.resolver import Resolution, resolve_drafts


def recover_catalogue(drafts: Sequence[Draft], platform: str, *, tolerant: bool) -> Resolution:
    """The catalogue of what is right in the drafts; its findings have every mistake in what is not.

    Raises DefinitionError for mistakes that are in no definition.
    """
    found: list[Finding] = []
    while True:
        try:
            resolution = resolve_drafts(drafts, platform, tolerant=tolerant)
        except DefinitionError as error:
            kept, said = drop_mistaken(drafts, error.findings)
            if kept == tuple(drafts):
                raise
            found.extend(said)
            drafts = kept
        else:
            return resolution._replace(findings=sort_findings((*resolution.findings, *found)))


def drop_mistaken(
    drafts: Sequence[Draft], findings: Sequence[Finding]
) -> tuple[tuple[Draft, ...], tuple[Finding, ...]]:
    """The drafts without the definitions in which one of the errors stands, and what is to be said of that."""
    wrong = [finding for finding in findings if finding.severity is Severity.ERROR]
    said = list(wrong)
    return tuple(_without(draft, wrong, said) for draft in drafts), tuple(said)


def _without(draft: Draft, wrong: Sequence[Finding], found: list[Finding]) -> Draft:
    """The draft without its own mistakes, and without the definitions in which a mistake stands."""
    places = {finding.place for finding in wrong}
    left_out = [d for d in draft.definitions if places & set(_places(d.node))]
    found.extend(report_left_out(_identifier(definition), _place(definition)) for definition in left_out)
    return draft._replace(
        definitions=tuple(definition for definition in draft.definitions if definition not in left_out),
        findings=tuple(finding for finding in draft.findings if finding not in wrong),
    )


def _places(node: Node) -> Iterator[Place]:
    yield node.place
    match node:
        case MapNode(entries=entries):
            for entry in entries:
                yield entry.place
                yield from _places(entry.node)
        case ListNode(items=items):
            for item in items:
                yield from _places(item)


def _identifier(definition: DefinitionDraft) -> str | None:
    return text_of(definition.node.find("id")) or None


def _place(definition: DefinitionDraft) -> Place:
    return locate_value(definition.node, "id")
