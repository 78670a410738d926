"""Nango's catalogue of providers: a mapping from the name of each to how it authenticates.

Written for `packages/providers/providers.yaml` of https://github.com/NangoHQ/nango and the schema beside it
(`scripts/validation/providers/schema.json`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from authscribe.findings.finding import Finding
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.name_clash import report_name_clash
from authscribe.findings.rules.undeclared_name import report_undeclared_reference
from authscribe.findings.rules.unknown_mode import report_unknown_mode
from authscribe.findings.rules.wrong_value import report_not_a_mapping, report_wrong_value
from authscribe.model import naming
from authscribe.model.draft import DefinitionDraft, Draft, Entry, KeyOutcome, MapNode, Noun, json_pointer, text_of
from authscribe.readers.foreign.nango.aliases import ALIAS, Merged, find_chains, merge_aliases
from authscribe.readers.foreign.nango.modes import MODES
from authscribe.readers.foreign.nango.provider import draft_provider, find_mode
from authscribe.readers.foreign.nango.scope import Scope, build_scope
from authscribe.readers.foreign.tracking import TrackedMapping

_MODE = "auth_mode"


def recognises(_path: str, node: MapNode) -> bool:
    """Whether some entry is a provider: a mapping with a mode, or with an alias and a name for people."""
    return any(isinstance(entry.node, MapNode) and _is_provider(entry.node) for entry in node.entries)


def draft(path: str, node: MapNode) -> Draft:
    """Each provider as a connector and its scheme; one that cannot be used is a finding, and the others are read."""
    catalogue = _Catalogue()
    providers = {entry.key: entry.node for entry in node.entries if isinstance(entry.node, MapNode)}
    merged = merge_aliases(providers)
    catalogue.findings += find_chains(providers, merged)
    for entry in node.entries:
        found = merged.get(entry.key) or report_not_a_mapping(entry.node.place, f"the provider '{entry.key}'")
        if isinstance(found, Finding):
            catalogue.findings.append(found)
        else:
            catalogue.read(entry, found)
    return Draft(
        path, tuple(catalogue.definitions), tuple(dict.fromkeys(catalogue.findings)), tuple(catalogue.key_outcomes)
    )


def _is_provider(node: MapNode) -> bool:
    return text_of(node.find(_MODE)) is not None or None not in (text_of(node.find(ALIAS)), node.find("display_name"))


@dataclass(slots=True)
class _Catalogue:
    """What has been read so far."""

    definitions: list[DefinitionDraft] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    key_outcomes: list[KeyOutcome] = field(default_factory=list)
    _identifiers: dict[str, Entry] = field(default_factory=dict)

    def read(self, entry: Entry, found: Merged) -> None:
        identifier = naming.make_id(entry.key)
        problem = self._problem(entry, identifier, found)
        if problem is not None:
            self.findings.append(problem)
            return
        self._identifiers[identifier] = entry
        provider = TrackedMapping(found.node, (entry.key,))
        mode = find_mode(provider)
        place = (found.node.find(_MODE) or found.node).place
        names = build_scope(provider, mode.fields, (token.name for token in mode.tokens), place)
        self.findings += _remarks(found.node, names)
        scheme, connector = draft_provider(provider, identifier, names)
        self.definitions += (DefinitionDraft(Noun.SCHEME, scheme), DefinitionDraft(Noun.CONNECTOR, connector))
        own = {json_pointer((entry.key, key)) for key in found.own}
        self.key_outcomes += (key for key in provider.key_outcomes if _top(key.pointer) in own)

    def _problem(self, entry: Entry, identifier: str, found: Merged) -> Finding | None:
        mode = found.node.find(_MODE)
        if not identifier:
            return report_bad_id(entry.key, entry.place)
        if identifier in self._identifiers:
            other = self._identifiers[identifier]
            return report_name_clash(entry.key, other.key, identifier, entry.place, other.place)
        if mode is None:
            return report_missing_key(_MODE, entry.place)
        if text_of(mode) is None:
            return report_wrong_value(_MODE, mode.place, "input should be the name of a mode")
        return None


def _remarks(node: MapNode, names: Scope) -> Iterator[Finding]:
    """What is odd about a provider that can be used."""
    mode = node.find(_MODE)
    if mode is not None and text_of(mode) not in MODES:
        yield report_unknown_mode(text_of(mode) or "", mode.place, MODES)
    for item in names.fields:
        if item.is_undeclared:
            yield report_undeclared_reference(item.reference, item.place)


def _top(pointer: str) -> str:
    """The first two steps of a pointer: a provider and its key."""
    return "/".join(pointer.split("/", 3)[:3])
