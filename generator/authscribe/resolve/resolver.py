"""Resolve drafts into a catalogue, in which every reference exists and every name is usable."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from authscribe.findings.finding import DefinitionError, Finding, Place, Severity, sort_findings
from authscribe.findings.rules.suggested_extends import report_suggested_extends
from authscribe.findings.rules.unknown_reference import report_unknown_platform
from authscribe.model.catalogue import NO_AUTHENTICATION, Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.draft import Draft, Entry, MapNode, Noun, get_text, to_node
from authscribe.model.name_kinds import DEFAULT_CONVENTIONS, Conventions
from authscribe.model.platform import Platform
from authscribe.model.validation import validate
from authscribe.resolve.checks import check_catalogue, check_definitions_together
from authscribe.resolve.collection import check_drafts, collect_definitions
from authscribe.resolve.inheritance import extend_schemes
from authscribe.resolve.known import NOTHING_KNOWN, KnownConnectors
from authscribe.resolve.merge import locate_value
from authscribe.resolve.names import index_names, spell_references
from authscribe.resolve.platform_checks import check_profile
from authscribe.resolve.refinements import check_added, refine_schemes
from authscribe.resolve.repetitions import Use, check_repetitions, list_uses
from authscribe.runtime import package_files
from authscribe.runtime.lazy import LazyMapping

ModelT = TypeVar("ModelT", bound=BaseModel)


class Resolution(NamedTuple):
    """Catalogue, the findings about it, and the merged node of each definition, which has the places of its facts.

    The node of a connector in `known` is read when it is needed.
    """

    catalogue: Catalogue
    findings: tuple[Finding, ...]
    schemes: Mapping[str, MapNode]
    connectors: Mapping[str, MapNode]
    platforms: Mapping[str, MapNode]
    known: KnownConnectors = NOTHING_KNOWN

    def locate_connector(self, identifier: str) -> Place | None:
        """Return the place of the id of a connector, or None if no source defines it."""
        if identifier in self.known.connectors:
            return self.known.connectors[identifier].start
        return locate_value(self.connectors[identifier], "id") if identifier in self.connectors else None


def resolve_drafts(
    drafts: Sequence[Draft],
    platform: str,
    conventions: Conventions = DEFAULT_CONVENTIONS,
    *,
    tolerant: bool = False,
    known: KnownConnectors = NOTHING_KNOWN,
) -> Resolution:
    """Return the catalogue that the drafts describe, with `platform` as its profile.

    Raises DefinitionError with every mistake of the first stage that finds any: reading, each definition by itself,
    references between definitions. So no mistake is reported again as its own consequence.

    If definitions contradict each other or share a name, a tolerant run takes the first one and reports the conflict;
    any other run raises DefinitionError. Connectors that are `known` are in the catalogue as well, and in no draft.
    """
    schemes, connectors, platforms, findings, conflicts = _merge_drafts(drafts, known, tolerant=tolerant)
    catalogue, problems = _build_catalogue(schemes, connectors, known, _find_profile(platforms, platform))
    catalogue = replace(catalogue, conventions=conventions)
    _raise_errors((*findings, *problems))

    foreign = {draft.path for draft in drafts if draft.is_foreign}
    findings += check_catalogue(catalogue, schemes, connectors, known.connectors, foreign)
    findings += _suggest_extends(drafts, catalogue)
    _raise_errors(findings)
    findings += check_definitions_together(catalogue, schemes, connectors)
    findings += known.findings
    return Resolution(catalogue, sort_findings((*findings, *conflicts)), schemes, connectors, platforms, known)


def resolve_platform(drafts: Iterable[Draft], name: str) -> Platform:
    """Return the platform of this name, whatever else the drafts hold.

    Raises DefinitionError if there is none, or if it is invalid.
    """
    return _find_profile(collect_definitions(drafts, Noun.PLATFORM).nodes, name)


class _MergedDefinitions(NamedTuple):
    """Node of each definition by id, with all that sources, refinements and extended schemes state about it."""

    schemes: Mapping[str, MapNode]
    connectors: Mapping[str, MapNode]
    platforms: Mapping[str, MapNode]
    findings: list[Finding]
    conflicts: list[Finding]


def _merge_drafts(drafts: Sequence[Draft], known: KnownConnectors, *, tolerant: bool) -> _MergedDefinitions:
    """Join, refine and extend the definitions, which refer to each other by id alone afterwards."""
    findings = [finding for draft in drafts for finding in draft.findings]
    _raise_errors(findings)

    collected = {noun: collect_definitions(drafts, noun) for noun in Noun if noun is not Noun.REFINEMENT}
    conflicts = [conflict for definitions in collected.values() for conflict in definitions.conflicts]
    findings += [finding for definitions in collected.values() for finding in definitions.findings]
    findings += check_drafts(drafts)
    _raise_errors(findings if tolerant else (*findings, *conflicts))

    # A refinement may give a scheme other names, and what it extends, so these come afterwards.
    stated = collected[Noun.CONNECTOR].nodes
    defined = _add_none(collected[Noun.SCHEME].nodes, _list_uses(stated, known))
    refined, added, problems = refine_schemes(defined, drafts)
    findings += problems
    _raise_errors(findings)
    spelled, connectors, ambiguities = _spell_references(refined, stated, known)
    conflicts += ambiguities
    _raise_errors(findings if tolerant else (*findings, *conflicts))
    schemes, problems = extend_schemes(spelled)
    _raise_errors((*findings, *problems))
    findings += check_added(added, schemes)
    _raise_errors((*findings, *check_repetitions(schemes, _list_uses(connectors, known))))
    return _MergedDefinitions(schemes, connectors, collected[Noun.PLATFORM].nodes, findings, conflicts)


def _raise_errors(findings: Collection[Finding]) -> None:
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise DefinitionError(findings)


def _list_uses(connectors: Mapping[str, MapNode], known: KnownConnectors) -> list[Use]:
    """Return the uses of all connectors, sorted by the id of the connector."""
    uses = {identifier: each.uses for identifier, each in known.connectors.items()}
    uses |= {identifier: tuple(list_uses(connectors[identifier])) for identifier in connectors.keys() - uses.keys()}
    return [use for identifier in sorted(uses) for use in uses[identifier]]


def _add_none(schemes: Mapping[str, MapNode], uses: Iterable[Use]) -> Mapping[str, MapNode]:
    """Return the schemes, and `none` if a connector uses it and no source defines it: it needs no definition."""
    identifier = NO_AUTHENTICATION.id
    place = next((use.place for use in uses if use.scheme == identifier), None)
    if place is None or identifier in index_names(schemes)[0]:
        return schemes
    stated = NO_AUTHENTICATION.model_dump(mode="json", exclude_unset=True)
    entries = (Entry(key, place, to_node(value, place)) for key, value in stated.items())
    return {**schemes, identifier: MapNode(tuple(entries), place)}


def _spell_references(
    schemes: Mapping[str, MapNode], connectors: Mapping[str, MapNode], known: KnownConnectors
) -> tuple[dict[str, MapNode], Mapping[str, MapNode], list[Finding]]:
    """Return schemes and connectors that refer to each other by id alone, and a finding for each ambiguous name."""
    scheme_names, ambiguous_schemes = index_names(schemes)
    connector_names, ambiguous_connectors = index_names(connectors)
    all_names = {**known.names, **connector_names}

    def spell_connector(identifier: str) -> MapNode:
        node = connectors[identifier] if identifier in connectors else known.get_node(identifier)
        return spell_references(node, schemes=scheme_names, own=all_names)

    spelled = LazyMapping(sorted({*connectors, *known.connectors}), spell_connector)
    return (
        {key: spell_references(node, schemes=scheme_names, own=scheme_names) for key, node in schemes.items()},
        # A plain mapping can be sent to other processes.
        spelled if known.connectors else dict(spelled),
        [*ambiguous_schemes, *ambiguous_connectors],
    )


def _build_catalogue(
    schemes: Mapping[str, MapNode], connectors: Mapping[str, MapNode], known: KnownConnectors, platform: Platform
) -> tuple[Catalogue, list[Finding]]:
    new = (connectors[identifier] for identifier in connectors if identifier not in known.connectors)
    scheme_models, scheme_findings = _validate_all(schemes.values(), Scheme)
    connector_models, connector_findings = _validate_all(new, Connector)
    connector_models += (each.connector for each in known.connectors.values())
    catalogue = Catalogue(
        schemes=tuple(_complete_selector(scheme, platform) for scheme in scheme_models),
        connectors=tuple(sorted(connector_models, key=lambda connector: connector.id)),
        platform=platform,
    )
    return catalogue, [*scheme_findings, *connector_findings]


def _validate_all(nodes: Iterable[MapNode], kind: type[ModelT]) -> tuple[list[ModelT], list[Finding]]:
    models: list[ModelT] = []
    findings: list[Finding] = []
    for node in nodes:
        model, problems = validate(node, kind)
        findings += problems
        if model is not None:
            models.append(model)
    return models, findings


def _find_profile(platforms: Mapping[str, MapNode], name: str) -> Platform:
    """Return the platform of this name; raise DefinitionError if there is none, or if it is invalid."""
    if name not in platforms:
        raise DefinitionError((report_unknown_platform(name, (*package_files.list_platforms(), *platforms)),))
    profile, problems = validate(platforms[name], Platform)
    problems = problems or tuple(check_profile(platforms[name]))
    if profile is None or problems:
        raise DefinitionError(problems)
    return profile


def _complete_selector(scheme: Scheme, platform: Platform) -> Scheme:
    """Return the scheme with the platform's selector if it states none of its own."""
    if scheme.selector:
        return scheme
    selectors = platform.selectors
    selector = next((selectors[name] for name in scheme.all_ids if name in selectors), {})
    return scheme.model_copy(update={"selector": selector})


def _suggest_extends(drafts: Iterable[Draft], catalogue: Catalogue) -> Iterator[Finding]:
    extends = {scheme.id: scheme.extends for scheme in catalogue.schemes}
    for definition in (definition for draft in drafts for definition in draft.select(Noun.SCHEME)):
        identifier = get_text(definition.node.find("id")) or ""
        if extends.get(identifier) is None:
            for hint in definition.hints:
                if hint.base in extends:
                    yield report_suggested_extends(identifier, hint.base, hint.place)
