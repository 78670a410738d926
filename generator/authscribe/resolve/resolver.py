"""Resolving: from drafts to the catalogue.

The one gate: past it, every reference exists and every name works.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from authscribe.findings.finding import DefinitionError, Finding, Severity, sort_findings
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.conflicting_definitions import report_conflicting_definitions
from authscribe.findings.rules.cyclic_extends import report_cyclic_extends
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.suggested_extends import report_suggested_extends
from authscribe.findings.rules.unknown_reference import report_unknown_platform, report_unknown_reference
from authscribe.findings.rules.wrong_value import report_wrong_value
from authscribe.model import naming
from authscribe.model.definitions import Catalogue, Connector, Platform, Scheme
from authscribe.model.draft import DefinitionDraft, Draft, Entry, MapNode, Noun, ScalarNode, text_of
from authscribe.model.validation import validate
from authscribe.resolve import merge
from authscribe.resolve.checks import check_catalogue, check_duplicates, locate_value
from authscribe.resolve.conflicts import Conflict, find_conflicts, join_definitions, locate_statement
from authscribe.resolve.names import index_names, spell_id, spell_references

ModelT = TypeVar("ModelT", bound=BaseModel)
_REFINEMENT_KEYS = ("rename", "remove")


class Resolution(NamedTuple):
    """A catalogue, what is worth saying about it, and the merged nodes in which each fact has its place."""

    catalogue: Catalogue
    findings: tuple[Finding, ...]
    schemes: Mapping[str, MapNode]
    connectors: Mapping[str, MapNode]


def resolve_drafts(drafts: Sequence[Draft], platform: str, *, tolerant: bool = False) -> Resolution:
    """The catalogue that the drafts describe, with `platform` as its profile.

    Raises DefinitionError with every mistake of the stage that failed: reading, then each definition by
    itself, then references between definitions. A later stage is not begun, so nothing is reported twice.
    A tolerant run takes the first of definitions that contradict each other or share a name, and reports the conflict.
    """
    findings = [finding for draft in drafts for finding in draft.findings]
    _raise_errors(findings)
    conflicts: list[Finding] = []
    gathered = {noun: _gathered(drafts, noun, findings, conflicts) for noun in Noun if noun is not Noun.REFINEMENT}
    if not tolerant:
        findings.extend(conflicts)
    for draft in drafts:
        for definition in (*draft.of(Noun.SCHEME), *draft.of(Noun.CONNECTOR)):
            findings.extend(check_duplicates(definition.node))
    _raise_errors(findings)
    refined = _refined(gathered[Noun.SCHEME], drafts, findings)
    _raise_errors(findings)
    refined, connectors, wrong = _spell_references(refined, gathered[Noun.CONNECTOR])
    (conflicts if tolerant else findings).extend(wrong)
    _raise_errors(findings)
    schemes = _extended(refined, findings)
    _raise_errors(findings)
    profile = _profile(gathered[Noun.PLATFORM], platform)
    catalogue = Catalogue(
        schemes=tuple(_models(schemes, Scheme, findings)),
        connectors=tuple(_models(connectors, Connector, findings)),
        platform=profile,
    )
    _raise_errors(findings)
    catalogue = replace(catalogue, schemes=tuple(_selected(scheme, catalogue) for scheme in catalogue.schemes))
    findings.extend(check_catalogue(catalogue, schemes, connectors))
    findings.extend(_suggestions(drafts, catalogue))
    _raise_errors(findings)
    return Resolution(catalogue, sort_findings((*findings, *conflicts)), schemes, connectors)


def _raise_errors(findings: Iterable[Finding]) -> None:
    found = tuple(findings)
    if any(finding.severity is Severity.ERROR for finding in found):
        raise DefinitionError(found)


def _spell_references(
    schemes: Mapping[str, MapNode], connectors: Mapping[str, MapNode]
) -> tuple[dict[str, MapNode], dict[str, MapNode], tuple[Finding, ...]]:
    """Return schemes and connectors that refer to each other by id alone, and a finding for each ambiguous name."""
    scheme_names, ambiguous_schemes = index_names(schemes)
    connector_names, ambiguous_connectors = index_names(connectors)
    return (
        {key: spell_references(node, schemes=scheme_names, own=scheme_names) for key, node in schemes.items()},
        {key: spell_references(node, schemes=scheme_names, own=connector_names) for key, node in connectors.items()},
        (*ambiguous_schemes, *ambiguous_connectors),
    )


def _gathered(
    drafts: Iterable[Draft], noun: Noun, findings: list[Finding], conflicts: list[Finding]
) -> dict[str, MapNode]:
    """The definitions of one noun by id, sorted; what several sources say of one id is joined when they agree."""
    found: dict[str, MapNode] = {}
    stated: dict[str, list[MapNode]] = {}
    differing: dict[str, Conflict] = {}
    for definition in (definition for draft in drafts for definition in draft.of(noun)):
        identifier = _identifier(definition, findings)
        if identifier is None:
            continue
        stated.setdefault(identifier, []).append(definition.node)
        first = found.setdefault(identifier, definition.node)
        if first is not definition.node:
            differences = find_conflicts(first, definition.node)
            if differences:
                differing.setdefault(identifier, differences[0])
            else:
                found[identifier] = join_definitions(first, definition.node)
    for identifier, difference in differing.items():
        sides = [locate_statement(node, difference.path) for node in stated[identifier]]
        what = noun.value.rstrip("s")
        conflicts.append(report_conflicting_definitions(what, identifier, difference.detail, difference.place, sides))
    return dict(sorted(found.items()))


def _identifier(definition: DefinitionDraft, findings: list[Finding]) -> str | None:
    node = definition.node.find("id")
    identifier = text_of(node)
    if identifier is None or node is None:
        findings.append(report_missing_key("id", definition.node.place))
        return None
    if not naming.is_id(identifier):
        findings.append(report_bad_id(identifier, node.place))
        return None
    return identifier


def _refined(schemes: Mapping[str, MapNode], drafts: Iterable[Draft], findings: list[Finding]) -> dict[str, MapNode]:
    refined = dict(schemes)
    names, _ = index_names(schemes)
    for definition in (definition for draft in drafts for definition in draft.of(Noun.REFINEMENT)):
        node = definition.node
        identifier = _identifier(definition, findings)
        if identifier is None:
            continue
        if identifier not in names:
            place = locate_value(node, "id")
            findings.append(report_unknown_reference("scheme", identifier, place, names))
            continue
        scheme = names[identifier]
        refined[scheme] = _applied(refined[scheme], spell_id(node, names), findings)
    return refined


def _applied(scheme: MapNode, refinement: MapNode, findings: list[Finding]) -> MapNode:
    """The scheme with one refinement: first what is renamed, then what is removed, then what is stated."""
    names = _renames(refinement, findings)
    gone = _removals(refinement, findings)
    known = merge.setting_names(scheme)
    findings.extend(
        report_unknown_reference("secret", entry.key, entry.place, known)
        for entry in (*names, *gone)
        if entry.key not in known and not _is_done(entry, known, gone)
    )
    renames = {entry.key: text_of(entry.node) or entry.key for entry in names}
    kept = merge.remove_settings(merge.rename_settings(scheme, renames), {entry.key for entry in gone})
    return merge.merge_maps(kept, merge.without_keys(refinement, _REFINEMENT_KEYS))


def _is_done(entry: Entry, known: Collection[str], gone: Sequence[Entry]) -> bool:
    """Whether a page has been brought in line already: it has the new name, or no name like the removed one."""
    if entry in gone:
        return not get_close_matches(entry.key, known, n=1)
    return text_of(entry.node) in known


def _renames(refinement: MapNode, findings: list[Finding]) -> tuple[Entry, ...]:
    node = refinement.find("rename")
    if node is None:
        return ()
    if not isinstance(node, MapNode) or any(text_of(entry.node) is None for entry in node.entries):
        findings.append(report_wrong_value("rename", node.place, "input should map old names to new ones"))
        return ()
    return node.entries


def _removals(refinement: MapNode, findings: list[Finding]) -> tuple[Entry, ...]:
    node = refinement.find("remove")
    if node is None:
        return ()
    names = [
        Entry(item.value, item.place, item)
        for item in getattr(node, "items", ())
        if isinstance(item, ScalarNode) and isinstance(item.value, str)
    ]
    if not names:
        findings.append(report_wrong_value("remove", node.place, "input should be a list of names"))
    return tuple(names)


def _extended(schemes: Mapping[str, MapNode], findings: list[Finding]) -> dict[str, MapNode]:
    """Each scheme with the facts of all schemes above it."""
    done: dict[str, MapNode] = {}

    def complete(identifier: str, chain: tuple[str, ...]) -> MapNode:
        if identifier in done:
            return done[identifier]
        node = schemes[identifier]
        parent = text_of(node.find("extends"))
        if parent in (*chain, identifier):
            findings.append(report_cyclic_extends((*chain, identifier, str(parent)), locate_value(node, "extends")))
        elif parent is not None and parent not in schemes:
            place = locate_value(node, "extends")
            findings.append(report_unknown_reference("scheme", parent, place, schemes))
        elif parent is not None:
            node = merge.extend_scheme(complete(parent, (*chain, identifier)), node)
        done[identifier] = node
        return node

    return {identifier: complete(identifier, ()) for identifier in sorted(schemes)}


def _models(nodes: Mapping[str, MapNode], model: type[ModelT], findings: list[Finding]) -> Iterable[ModelT]:
    for node in nodes.values():
        valid, wrong = validate(node, model)
        findings.extend(wrong)
        if valid is not None:
            yield valid


def _profile(platforms: Mapping[str, MapNode], name: str) -> Platform:
    if name not in platforms:
        raise DefinitionError((report_unknown_platform(name, platforms),))
    profile, wrong = validate(platforms[name], Platform)
    if profile is None:
        raise DefinitionError(wrong)
    return profile


def _selected(scheme: Scheme, catalogue: Catalogue) -> Scheme:
    """The scheme with the platform's selector where it states none of its own."""
    selectors = catalogue.platform.selectors
    selector = scheme.selector or next((selectors[name] for name in scheme.names if name in selectors), {})
    return scheme.model_copy(update={"selector": selector})


def _suggestions(drafts: Iterable[Draft], catalogue: Catalogue) -> Iterable[Finding]:
    extends = {scheme.id: scheme.extends for scheme in catalogue.schemes}
    for definition in (definition for draft in drafts for definition in draft.of(Noun.SCHEME)):
        identifier = text_of(definition.node.find("id")) or ""
        if extends.get(identifier) is None:
            for hint in definition.hints:
                if hint.base in extends:
                    yield report_suggested_extends(identifier, hint.base, hint.place)
