"""Read Nango's provider catalogue: a mapping from the name of each provider to how it authenticates.

Written for `packages/providers/providers.yaml` of https://github.com/NangoHQ/nango and the schema beside it
(`scripts/validation/providers/schema.json`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from authscribe.findings.finding import Finding, attribute_findings
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.name_clash import report_id_clash
from authscribe.findings.rules.undeclared_name import report_undeclared_reference
from authscribe.findings.rules.unknown_mode import report_unknown_mode
from authscribe.findings.rules.wrong_value import report_not_a_mapping, report_wrong_value
from authscribe.model import naming
from authscribe.model.draft import DefinitionDraft, Draft, Entry, KeyOutcome, MapNode, Noun, get_text, make_pointer
from authscribe.model.nango import MODES
from authscribe.readers.foreign.nango.aliases import ALIAS, MergedProvider, find_chains, merge_aliases
from authscribe.readers.foreign.nango.provider import draft_provider, find_provider_mode
from authscribe.readers.foreign.nango.scope import ProviderScope, build_scope
from authscribe.readers.foreign.tracking import TrackedMapping

_MODE = "auth_mode"


def recognises(_path: str, node: MapNode) -> bool:
    """Return whether an entry is a provider: a mapping with a mode, or with an alias and a display name."""
    return any(isinstance(entry.node, MapNode) and _is_provider(entry.node) for entry in node.entries)


def draft(path: str, node: MapNode) -> Draft:
    """Return a connector and its scheme for each provider, and a finding for each that cannot be used."""
    providers = {entry.key: entry.node for entry in node.entries if isinstance(entry.node, MapNode)}
    merged = merge_aliases(providers)
    results = tuple(_draft_entries(node.entries, merged))
    findings = (*find_chains(providers, merged), *(finding for result in results for finding in result.findings))
    return Draft(
        path,
        definitions=tuple(chain.from_iterable(result.definitions for result in results)),
        findings=tuple(dict.fromkeys(findings)),
        key_outcomes=tuple(chain.from_iterable(result.key_outcomes for result in results)),
    )


def _is_provider(node: MapNode) -> bool:
    return get_text(node.find(_MODE)) is not None or None not in (get_text(node.find(ALIAS)), node.find("display_name"))


@dataclass(frozen=True, slots=True)
class _ProviderResult:
    """Result of reading one provider."""

    findings: tuple[Finding, ...]
    definitions: tuple[DefinitionDraft, ...] = ()
    key_outcomes: tuple[KeyOutcome, ...] = ()


def _draft_entries(
    entries: Iterable[Entry], merged: Mapping[str, MergedProvider | Finding]
) -> Iterator[_ProviderResult]:
    used: dict[str, Entry] = {}
    for entry in entries:
        provider = merged.get(entry.key) or report_not_a_mapping(entry.node.place, f"the provider '{entry.key}'")
        identifier = naming.make_id(entry.key)
        problem = provider if isinstance(provider, Finding) else _find_problem(entry, identifier, provider, used)
        if problem is not None or isinstance(provider, Finding):
            yield _ProviderResult((problem,) if problem is not None else ())
            continue
        used[identifier] = entry
        yield _draft_merged(entry, identifier, provider)


def _find_problem(entry: Entry, identifier: str, provider: MergedProvider, used: Mapping[str, Entry]) -> Finding | None:
    """Return why a provider cannot be used, if it cannot; `used` holds the providers before it by their ids."""
    mode = provider.node.find(_MODE)
    if not identifier:
        return report_bad_id(entry.key, entry.place)
    if identifier in used:
        other = used[identifier]
        return report_id_clash(entry.key, other.key, identifier, entry.place, other.place)
    if mode is None:
        return report_missing_key(_MODE, entry.place)
    if get_text(mode) is None:
        return report_wrong_value(_MODE, mode.place, "input should be the name of a mode")
    return None


def _draft_merged(entry: Entry, identifier: str, provider: MergedProvider) -> _ProviderResult:
    tracked = TrackedMapping(provider.node, (entry.key,))
    mode = find_provider_mode(tracked)
    place = (provider.node.find(_MODE) or provider.node).place
    scope = build_scope(tracked, mode.fields, (token.name for token in mode.tokens), place)
    scheme, connector = draft_provider(tracked, identifier, mode, scope)
    # Keys that an alias gives are accounted for where they are written.
    inherited = [each.key for each in provider.node.entries if each.key not in provider.own_keys]
    pointers = {make_pointer((entry.key, key)) for key in inherited}
    return _ProviderResult(
        tuple(attribute_findings(_find_oddities(provider.node, scope), identifier)),
        (DefinitionDraft(Noun.SCHEME, scheme), DefinitionDraft(Noun.CONNECTOR, connector)),
        tuple(key for key in tracked.key_outcomes if not pointers or _shorten(key.pointer) not in pointers),
    )


def _find_oddities(node: MapNode, scope: ProviderScope) -> Iterator[Finding]:
    """Yield warnings about a provider that can be used."""
    mode = node.find(_MODE)
    if mode is not None and get_text(mode) not in MODES:
        yield report_unknown_mode(get_text(mode) or "", mode.place, MODES)
    for field in scope.fields:
        if field.is_undeclared:
            yield report_undeclared_reference(field.reference, field.place)


def _shorten(pointer: str) -> str:
    """Return the first two steps of a pointer: a provider and its key."""
    return "/".join(pointer.split("/", 3)[:3])
