"""Export definitions as a document, with the outcome of every key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from authscribe.findings.finding import Finding
from authscribe.model.draft import (
    DefinitionDraft,
    Draft,
    Entry,
    KeyOutcome,
    ListNode,
    MapNode,
    Node,
    Noun,
    Outcome,
    account_definition,
    count_keys,
    get_text,
    list_places,
    make_pointer,
    to_plain,
)
from authscribe.model.stated_values import VALUE_KEYS
from authscribe.resolve import merge
from authscribe.resolve.conflicts import (
    find_conflicts,
    join_definitions,
    report_other_wordings,
    sort_by_precedence,
)

EXTRAS_CHOICES: Final = ("none", "connectors", "all")
"""Definitions that keep their extras when they are converted."""

LEFT_OUT: Final = "left out, as --extras asks"
"""Reason why a key is lost that could have been kept."""

_EXTRAS: Final = "extras"
_NO_PLACE: Final = "scheme tables cannot express it"
_OTHERWISE: Final = "scheme tables express it differently"


class ExportedDefinitions(NamedTuple):
    """Definition file, and a finding for each text that is not in it because another source has another wording."""

    document: Mapping[str, object]
    findings: tuple[Finding, ...]


def export_definitions(drafts: Iterable[Draft]) -> ExportedDefinitions:
    """Return a definition file with everything that the drafts define, in the order in which their wording counts.

    Definitions of one id are joined if they agree, and kept apart if they contradict each other.
    """
    collected, findings = _collect_nodes(drafts)
    document = {noun.value: [to_plain(node) for node in nodes] for noun, nodes in collected.items() if nodes}
    return ExportedDefinitions(document, tuple(findings))


def leave_out_extras(drafts: Iterable[Draft], kept: str) -> tuple[Draft, ...]:
    """Return the drafts without the extras of definitions that shall not keep them, and these keys as lost.

    `kept` is one of `EXTRAS_CHOICES`.
    """
    if kept == "all":
        return tuple(drafts)
    nouns = (Noun.CONNECTOR,) if kept == "connectors" else ()
    return tuple(_strip_draft(draft, nouns) for draft in drafts)


def _strip_draft(draft: Draft, kept: tuple[Noun, ...]) -> Draft:
    definitions = tuple(
        definition if definition.noun in kept else definition._replace(node=_strip_extras(definition.node))
        for definition in draft.definitions
    )
    removed = [
        entry
        for definition in draft.definitions
        if definition.noun not in kept
        for entry in _list_extras(definition.node)
    ]
    places = {place for entry in removed for place in list_places(entry.node)}
    outcomes = tuple(
        (
            key._replace(outcome=Outcome.LOST, reason=LEFT_OUT)
            if key.outcome is Outcome.KEPT and key.place in places
            else key
        )
        for key in draft.key_outcomes
    )
    if removed and not outcomes:
        outcomes = tuple(_account_stripped(definitions, removed))
    return draft._replace(definitions=definitions, key_outcomes=outcomes)


def _account_stripped(definitions: Iterable[DefinitionDraft], removed: Iterable[Entry]) -> Iterator[KeyOutcome]:
    """Yield the outcomes of the keys of a definition file from which extras were removed."""
    yield from map(account_definition, definitions)
    for entry in removed:
        yield KeyOutcome(make_pointer((_EXTRAS,)), entry.place, Outcome.LOST, count_keys(entry.node) + 1, LEFT_OUT)


def _list_extras(node: MapNode) -> Iterator[Entry]:
    """Yield the extras of a definition and of its settings."""
    for entry in node.entries:
        if entry.key == _EXTRAS:
            yield entry
        elif entry.key in merge.SETTING_LISTS:
            for setting in merge.list_maps(entry.node):
                yield from (each for each in setting.entries if each.key == _EXTRAS)


def _strip_extras(node: MapNode) -> MapNode:
    return MapNode(tuple(_strip_settings(entry) for entry in node.entries if entry.key != _EXTRAS), node.place)


def _strip_settings(entry: Entry) -> Entry:
    if entry.key not in merge.SETTING_LISTS or not isinstance(entry.node, ListNode):
        return entry
    items = tuple(_strip_extras(item) if isinstance(item, MapNode) else item for item in entry.node.items)
    return entry._replace(node=ListNode(items, entry.node.place))


def list_defined_ids(drafts: Iterable[Draft], noun: Noun) -> tuple[str, ...]:
    """Return the ids that the drafts define as this noun, each once, in their order."""
    ids = (get_text(definition.node.find("id")) for draft in drafts for definition in draft.select(noun))
    return tuple(dict.fromkeys(identifier for identifier in ids if identifier is not None))


def account_keys(drafts: Iterable[Draft]) -> Iterator[KeyOutcome]:
    """Yield the outcome of every key of the drafts: as the reader of a foreign document recorded it, else mapped."""
    for draft in drafts:
        yield from draft.key_outcomes
        yield from map(account_definition, () if draft.key_outcomes else draft.definitions)


def account_page_keys(schemes: Iterable[MapNode], connectors: Iterable[MapNode], page: Draft) -> Iterator[KeyOutcome]:
    """Yield the outcome of every key when schemes are written as a page of tables.

    Keys that reading the page restores are mapped. A page has no place for connectors, so their keys are lost.
    """
    read = {get_text(definition.node.find("id")): definition.node for definition in page.select(Noun.SCHEME)}
    for node in schemes:
        identifier = get_text(node.find("id")) or ""
        yield from _compare_nodes(node, read.get(identifier), (Noun.SCHEME.value, identifier))
    for node in connectors:
        yield from _compare_nodes(node, None, (Noun.CONNECTOR.value, get_text(node.find("id")) or ""))


def _collect_nodes(drafts: Iterable[Draft]) -> tuple[dict[Noun, list[MapNode]], list[Finding]]:
    findings: list[Finding] = []
    collected: dict[Noun, list[MapNode]] = {noun: [] for noun in Noun}
    positions: dict[tuple[Noun, str | None], int] = {}
    for definition in (definition for draft in sort_by_precedence(drafts) for definition in draft.definitions):
        identifier = get_text(definition.node.find("id"))
        nodes, key = collected[definition.noun], (definition.noun, identifier)
        position = positions.setdefault(key, len(nodes))
        is_first = position == len(nodes) or definition.noun is Noun.REFINEMENT
        if is_first or find_conflicts(nodes[position], definition.node):
            nodes.append(definition.node)
        else:
            findings += report_other_wordings(definition.noun, str(identifier), nodes[position], definition.node)
            nodes[position] = join_definitions(nodes[position], definition.node)
    return collected, findings


def _compare_nodes(node: MapNode, read: Node | None, path: tuple[str, ...]) -> Iterator[KeyOutcome]:
    for entry in node.entries:
        match = read.find(entry.key) if isinstance(read, MapNode) else None
        where = (*path, entry.key)
        if isinstance(entry.node, MapNode) and entry.node.entries:
            yield from _compare_nodes(entry.node, match, where)
        elif isinstance(entry.node, ListNode) and entry.key in merge.SETTING_LISTS:
            by_name = merge.index_settings(match)
            for setting in merge.list_maps(entry.node):
                name = get_text(setting.find("name"))
                yield from _compare_nodes(setting, by_name.get(name), (*where, str(name)))
        else:
            yield _account_entry(entry, match, where)


def _account_entry(entry: Entry, read: Node | None, path: tuple[str, ...]) -> KeyOutcome:
    keys = count_keys(entry.node) + 1
    fold = to_plain if entry.key in VALUE_KEYS else _fold_text
    if read is not None and fold(read) == fold(entry.node):
        return KeyOutcome(make_pointer(path), entry.place, Outcome.MAPPED, keys)
    return KeyOutcome(make_pointer(path), entry.place, Outcome.LOST, keys, _NO_PLACE if read is None else _OTHERWISE)


def _fold_text(node: Node) -> object:
    """Return the value as a table shows it, where white space in texts is insignificant."""
    value = to_plain(node)
    return " ".join(value.split()) if isinstance(value, str) else value
