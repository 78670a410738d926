"""Resolve drafts into a catalogue, in which every reference exists and every name is usable."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from authscribe.findings.finding import DefinitionError, Finding, Place, Severity, sort_findings
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.conflicting_definitions import report_conflicting_definitions
from authscribe.findings.rules.cyclic_extends import report_cyclic_extends
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.stale_refinement import report_added_secret, report_stale_change
from authscribe.findings.rules.suggested_extends import report_suggested_extends
from authscribe.findings.rules.too_large import report_many_inherited, report_many_refined
from authscribe.findings.rules.unknown_reference import report_unknown_platform, report_unknown_reference
from authscribe.findings.rules.wrong_value import report_not_text, report_wrong_value
from authscribe.findings.suggestions import Vocabulary
from authscribe.model import naming
from authscribe.model.catalogue import NO_AUTHENTICATION, Catalogue
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.draft import DefinitionDraft, Draft, Entry, MapNode, Noun, ScalarNode, get_text, to_node
from authscribe.model.name_kinds import DEFAULT_CONVENTIONS, Conventions
from authscribe.model.platform import Platform
from authscribe.model.repetitions import Repetitions, count_nodes
from authscribe.model.validation import validate
from authscribe.resolve import merge
from authscribe.resolve.checks import check_catalogue, check_definitions_together, check_duplicates
from authscribe.resolve.conflicts import (
    find_conflicts,
    join_definitions,
    locate_statement,
    report_other_wordings,
    sort_by_precedence,
)
from authscribe.resolve.known import NOTHING_KNOWN, KnownConnectors
from authscribe.resolve.merge import locate_value
from authscribe.resolve.names import index_names, spell_id, spell_references
from authscribe.resolve.platform_checks import check_profile
from authscribe.resolve.repetitions import Use, check_repetitions, list_uses
from authscribe.runtime import package_files
from authscribe.runtime.lazy import LazyMapping

ModelT = TypeVar("ModelT", bound=BaseModel)
_REFINEMENT_KEYS = ("rename", "remove")
"""Keys of a refinement that a scheme does not have."""


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


class _AddedSecret(NamedTuple):
    """Secret that a refinement adds to the list `key` of a scheme, with the place of its name."""

    scheme: str
    key: str
    name: str
    place: Place


class _Definitions(NamedTuple):
    """Definitions of one noun by id, sorted; findings about ids and wordings, and conflicts between sources."""

    nodes: dict[str, MapNode]
    findings: list[Finding]
    conflicts: list[Finding]


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
    findings = [finding for draft in drafts for finding in draft.findings]
    _raise_errors(findings)

    collected = {noun: _collect_definitions(drafts, noun) for noun in Noun if noun is not Noun.REFINEMENT}
    conflicts = [conflict for definitions in collected.values() for conflict in definitions.conflicts]
    findings += [finding for definitions in collected.values() for finding in definitions.findings]
    findings += _check_drafts(drafts)
    _raise_errors(findings if tolerant else (*findings, *conflicts))

    # A refinement may give a scheme other names, and what it extends, so these come afterwards.
    stated = collected[Noun.CONNECTOR].nodes
    defined = _add_none(collected[Noun.SCHEME].nodes, _list_uses(stated, known))
    refined, added, problems = _refine_schemes(defined, drafts)
    findings += problems
    _raise_errors(findings)
    spelled, connectors, ambiguities = _spell_references(refined, stated, known)
    conflicts += ambiguities
    _raise_errors(findings if tolerant else (*findings, *conflicts))
    schemes, problems = _extend_schemes(spelled)
    _raise_errors((*findings, *problems))
    findings += _check_added(added, schemes)
    _raise_errors((*findings, *check_repetitions(schemes, _list_uses(connectors, known))))

    platforms = collected[Noun.PLATFORM].nodes
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
    return _find_profile(_collect_definitions(drafts, Noun.PLATFORM).nodes, name)


def _raise_errors(findings: Collection[Finding]) -> None:
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise DefinitionError(findings)


def _collect_definitions(drafts: Iterable[Draft], noun: Noun) -> _Definitions:
    """Definitions of one id in several sources are joined if they agree; otherwise the first one is kept.

    Whatever the order of the sources, a definition file comes before a page.
    """
    by_id: dict[str, list[MapNode]] = {}
    findings: list[Finding] = []
    for definition in (definition for draft in sort_by_precedence(drafts) for definition in draft.select(noun)):
        identifier = _read_id(definition)
        if isinstance(identifier, Finding):
            findings.append(identifier)
        else:
            by_id.setdefault(identifier, []).append(definition.node)
    joined = {identifier: _join_sources(noun, identifier, nodes) for identifier, nodes in sorted(by_id.items())}
    return _Definitions(
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


def _read_id(definition: DefinitionDraft) -> str | Finding:
    node = definition.node.find("id")
    identifier = get_text(node)
    if node is None:
        return report_missing_key("id", definition.node.place)
    if identifier is None:
        return report_not_text("id", node.place)
    return identifier if naming.is_id(identifier) else report_bad_id(identifier, node.place)


def _check_drafts(drafts: Iterable[Draft]) -> Iterator[Finding]:
    for draft in drafts:
        for definition in (*draft.select(Noun.SCHEME), *draft.select(Noun.CONNECTOR)):
            yield from check_duplicates(definition.node)


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


def _refine_schemes(
    schemes: Mapping[str, MapNode], drafts: Iterable[Draft]
) -> tuple[dict[str, MapNode], list[_AddedSecret], list[Finding]]:
    """Return the schemes with all refinements, the secrets that these add, and the findings about them."""
    refined = dict(schemes)
    names, _ = index_names(schemes)
    known = Vocabulary(names)
    findings: list[Finding] = []
    added: list[_AddedSecret] = []
    refinements = [definition for draft in drafts for definition in draft.select(Noun.REFINEMENT)]
    repetitions = Repetitions(len(refinements))
    for definition in refinements:
        identifier = _read_id(definition)
        if isinstance(identifier, Finding):
            findings.append(identifier)
        elif identifier not in names:
            place = locate_value(definition.node, "id")
            findings.append(report_unknown_reference("scheme", identifier, place, known))
        else:
            scheme = names[identifier]
            is_refined = refined[scheme] is not schemes[scheme]
            if is_refined and not repetitions.add(count_nodes(refined[scheme])):
                findings.append(report_many_refined(locate_value(definition.node, "id"), limit=repetitions.limit))
                break
            refinement = spell_id(definition.node, names)
            kept, problems = _change_names(scheme, refined[scheme], refinement)
            added += _list_added(scheme, kept, refinement)
            refined[scheme] = merge.merge_maps(kept, merge.drop_keys(refinement, _REFINEMENT_KEYS))
            findings += problems
    return refined, added, findings


def _change_names(identifier: str, scheme: MapNode, refinement: MapNode) -> tuple[MapNode, list[Finding]]:
    """Apply the renamings of a refinement, then its removals; report names that the scheme does not have."""
    renamed, rename_problems = _read_renames(refinement)
    removed, removal_problems = _read_removals(refinement)
    known = Vocabulary(merge.list_setting_names(scheme))
    unknown = [
        (
            report_stale_change(verb, entry.key, identifier, entry.place)
            if _is_done(entry, known, is_removed=verb == "remove")
            else report_unknown_reference("secret", entry.key, entry.place, known)
        )
        for verb, entries in (("rename", renamed), ("remove", removed))
        for entry in entries
        if entry.key not in known
    ]
    names = {entry.key: get_text(entry.node) or entry.key for entry in renamed}
    kept = merge.remove_settings(merge.rename_settings(scheme, names), {entry.key for entry in removed})
    return kept, [*rename_problems, *removal_problems, *unknown]


def _is_done(entry: Entry, known: Vocabulary, *, is_removed: bool) -> bool:
    """Return whether the page has been updated already: it has the new name, or no name like the removed one."""
    if is_removed:
        return known.find_nearest(entry.key) is None and not known.is_exhausted
    return get_text(entry.node) in known


def _list_added(identifier: str, scheme: MapNode, refinement: MapNode) -> Iterator[_AddedSecret]:
    """Yield the secrets without a description that a refinement adds to a scheme."""
    for key in ("required", "injected"):
        known = merge.index_settings(scheme.find(key))
        for name, setting in merge.index_settings(refinement.find(key)).items():
            if name is not None and name not in known and setting.find("description") is None:
                yield _AddedSecret(identifier, key, name, locate_value(setting, "name"))


def _check_added(added: Iterable[_AddedSecret], schemes: Mapping[str, MapNode]) -> Iterator[Finding]:
    """Report the added secrets that the scheme does not inherit either."""
    lists: dict[tuple[str, str], list[_AddedSecret]] = {}
    for secret in added:
        lists.setdefault((secret.scheme, secret.key), []).append(secret)
    for (identifier, key), secrets in lists.items():
        scheme = schemes[identifier]
        parent = schemes.get(get_text(scheme.find("extends")) or "")
        inherited = merge.index_settings(parent.find(key)) if parent is not None else {}
        new = [secret for secret in secrets if secret.name not in inherited]
        known = Vocabulary(merge.list_setting_names(scheme) - {secret.name for secret in new})
        yield from (report_added_secret(each.name, identifier, key, each.place, known) for each in new)


def _read_renames(refinement: MapNode) -> tuple[tuple[Entry, ...], list[Finding]]:
    """Return an entry for each renamed setting, whose key is the old name and whose node is the new one."""
    node = refinement.find("rename")
    if node is None:
        return (), []
    if not isinstance(node, MapNode) or any(get_text(entry.node) is None for entry in node.entries):
        return (), [report_wrong_value("rename", node.place, "input should map old names to new ones")]
    return node.entries, []


def _read_removals(refinement: MapNode) -> tuple[tuple[Entry, ...], list[Finding]]:
    """Return an entry for each removed setting, whose key is its name."""
    node = refinement.find("remove")
    if node is None:
        return (), []
    names = tuple(
        Entry(item.value, item.place, item)
        for item in getattr(node, "items", ())
        if isinstance(item, ScalarNode) and isinstance(item.value, str)
    )
    return names, [] if names else [report_wrong_value("remove", node.place, "input should be a list of names")]


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


def _extend_schemes(schemes: Mapping[str, MapNode]) -> tuple[dict[str, MapNode], list[Finding]]:
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
