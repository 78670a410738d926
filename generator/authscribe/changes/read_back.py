"""Account for the facts that the files of a target carry, by reading the files back.

The files of some targets have a format of which there is a reader. What it does not find in them, or finds to be
something else, is lost to the system that the files are for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple, TypeAlias

from authscribe.changes.documents import read_document
from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.not_carried_over import WITHHELD, report_not_carried_into
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import list_contracts, list_methods
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.draft import (
    DefinitionDraft,
    KeyOutcome,
    MapNode,
    Node,
    Noun,
    Outcome,
    count_keys,
    get_text,
    make_pointer,
    to_node,
)
from authscribe.model.placement_template import find_slot
from authscribe.model.stated_values import may_be_value
from authscribe.model.validation import ModelT, validate
from authscribe.readers.registry import DATA_FORMATS
from authscribe.resolve.merge import SETTING_LISTS, index_settings, list_maps
from authscribe.resolve.resolver import Resolution
from authscribe.targets.registry import READ_BACK, plan_files

Stated: TypeAlias = dict[str, Any]

_INHERITED: Final = ("parameters", "placements", "endpoints", "oauth")
"""Facts that a connector may have from its scheme instead."""

_VERBATIM: Final = frozenset({"default", "example", "extras", "visible_when", "body"})
"""Facts that are values of somebody else, in which an empty one is a fact as well."""

_NAMED_DEPTH: Final = 4
"""Keys in the path to a setting: noun, id, list and name."""

_PLACEMENTS: Final = "placements"
_SLOT: Final = ("in", "name")
_MISSING: Final = object()
"""Fact under a key that the files do not have; null is another one."""

_NOTHING: Final[tuple[object, ...]] = (None, "", [], {})

_NO_PLACE: Final = "its files have no place for it"
_NO_NAME: Final = "its files have no place for it under this name"
_OTHERWISE: Final = "its files express it differently"


class TargetKey(NamedTuple):
    """Outcome of a key of a definition in the files of a target; `path` is its pointer as a list of keys.

    `owner` is the noun and the id of the definition that the file is about.
    """

    target: str
    owner: tuple[str, ...]
    path: tuple[str, ...]
    outcome: KeyOutcome


def account_targets(resolution: Resolution, targets: Collection[str]) -> Iterator[TargetKey]:
    """Yield the outcome of every key that the definitions state, for each of the targets that is read back."""
    for target in (name for name in READ_BACK if name in targets):
        for owner, position, definition, found in _list_found(resolution, target):
            for fact in _compare_definition(definition, found, position):
                yield TargetKey(target, owner, fact.position.path, fact.account())


def report_lost(keys: Iterable[TargetKey]) -> Iterator[Finding]:
    """Yield a finding for each key that the files of a target do not carry."""
    for key in keys:
        (noun, identifier), path = key.owner, key.path[2:]
        if key.outcome.outcome is not Outcome.MAPPED:
            finding = report_not_carried_into(
                key.target, _name_kind(key.path[0], path), identifier, key.outcome.reason, key.outcome.place
            )
            is_scheme = noun == Noun.SCHEME.value
            yield finding._replace(scheme=identifier) if is_scheme else finding._replace(connector=identifier)


def _name_kind(noun: str, path: Sequence[str]) -> str:
    """Return the path of a key without the names of settings and slots, so that it is the same in every definition."""
    if path and path[0] in (*SETTING_LISTS, _PLACEMENTS):
        path = [path[0], *path[2:]]
    return "/".join(path[:2]) or noun


# Read the files


def _read_definitions(catalogue: Catalogue, target: str) -> dict[str, dict[str, Stated]]:
    """Return everything that the files of a target state, defaults included, by noun and id."""
    drafts: list[DefinitionDraft] = []
    reader = DATA_FORMATS[READ_BACK[target].format]()
    for file in plan_files(catalogue, (target,)):
        node = to_node(file.view, Place(file.path))
        drafts += reader.draft(file.path, node).definitions if isinstance(node, MapNode) else ()
    schemes = _validate_all(drafts, Noun.SCHEME, Scheme)
    known = {scheme.id for scheme in schemes}
    # What the reader refuses in a scheme is lost with everything that uses it.
    connectors = tuple(
        connector
        for connector in _validate_all(drafts, Noun.CONNECTOR, Connector)
        if known.issuperset(connector.scheme_ids)
    )
    again = replace(catalogue, schemes=schemes, connectors=connectors)
    return {
        Noun.SCHEME: {scheme.id: _dump(scheme) for scheme in schemes},
        Noun.CONNECTOR: {connector.id: _dump(_complete(again, connector)) for connector in connectors},
    }


def _validate_all(drafts: Iterable[DefinitionDraft], noun: Noun, kind: type[ModelT]) -> tuple[ModelT, ...]:
    models = (validate(draft.node, kind)[0] for draft in drafts if draft.noun is noun)
    return tuple(model for model in models if model is not None)


def _complete(catalogue: Catalogue, connector: Connector) -> Connector:
    """Return a connector that states what it has from the scheme of its first method."""
    contract = next(list_contracts(catalogue, connector))
    return connector.model_copy(update={key: getattr(contract, key) for key in _INHERITED})


def _dump(definition: Scheme | Connector, *, is_stated: bool = False) -> Stated:
    """Return a definition with its settings by their names and its placements by their slots: the order is no fact.

    With `is_stated`, it is without defaults that it does not state.
    """
    facts = definition.model_dump(mode="json", by_alias=True, exclude_unset=is_stated)
    lists: Stated = {key: {item["name"]: item for item in facts[key]} for key in SETTING_LISTS if key in facts}
    templates = {find_slot(each.location.value, each.name): [*each.templates] for each in definition.placements}
    return {**facts, **lists, **({_PLACEMENTS: templates} if _PLACEMENTS in facts else {})}


def _list_found(resolution: Resolution, target: str) -> Iterator[_FoundDefinition]:
    """Yield each definition with its owner, its position, and what the files of a target state instead of it."""
    find_names = READ_BACK[target].find_names
    if find_names is None:
        yield from _list_in_documents(resolution, target)
        return
    read = _read_definitions(resolution.catalogue, target)
    names = find_names(resolution.catalogue)
    for position, definition in _list_stated(resolution):
        noun, identifier = position.path
        yield position.path, position, definition, read[noun].get(names.get((noun, identifier), ""))


def _list_in_documents(resolution: Resolution, target: str) -> Iterator[_FoundDefinition]:
    """Yield each definition in the form that a document of its own states."""
    for position, definition in _list_stated(resolution):
        stated, read = read_document(resolution.catalogue, definition, target)
        found = dict(_index_definitions(read)) if read is not None else {}
        nodes = dict(_find_nodes(resolution, definition, stated))
        for path, each in _index_definitions(stated):
            place = _Position(path, nodes.get(path, position.node))
            yield position.path, place, each, _dump(found[path]) if path in found else None


def _index_definitions(catalogue: Catalogue) -> Iterator[tuple[tuple[str, str], Scheme | Connector]]:
    yield from (((Noun.SCHEME.value, each.id), each) for each in catalogue.schemes)
    yield from (((Noun.CONNECTOR.value, each.id), each) for each in catalogue.connectors)


def _find_nodes(
    resolution: Resolution, definition: Scheme | Connector, stated: Catalogue
) -> Iterator[tuple[tuple[str, str], Node]]:
    """Yield the nodes of the schemes of a connector, by the paths of what its document has instead of them."""
    if isinstance(definition, Connector):
        for method, own in zip(list_methods(definition), list_methods(stated.connectors[0]), strict=True):
            for name, identifier in zip(method.schemes, own.schemes, strict=True):
                node = resolution.schemes.get(name)
                yield from (((Noun.SCHEME.value, identifier), node),) if node is not None else ()


# Compare


class _Position(NamedTuple):
    """Path to a fact, and the node that states it or the nearest one around it."""

    path: tuple[str, ...]
    node: Node

    def enter(self, keys: Iterable[str]) -> Iterator[_Position]:
        """Yield the positions of facts in a mapping, of settings in their list, or of the placements in slots."""
        nodes = _index(self.node, self.path[-1])
        return (_Position((*self.path, key), nodes.get(key, self.node)) for key in keys)


def _index(node: Node, key: str) -> Mapping[str | None, Node]:
    if isinstance(node, MapNode):
        return {entry.key: entry.node for entry in node.entries}
    if key == _PLACEMENTS:
        return {find_slot(*(get_text(item.find(part)) or "" for part in _SLOT)): item for item in list_maps(node)}
    return index_settings(node)


class _Fact(NamedTuple):
    """Fact that a definition states, and what the files state instead; `is_value` is set if it may be a secret."""

    position: _Position
    stated: object
    found: object
    is_value: bool

    def account(self) -> KeyOutcome:
        """Return the outcome of the keys of the fact; the place of a value that may be secret is its file."""
        path, node = self.position
        keys = count_keys(to_node(self.stated, node.place)) + 1
        pointer, place = make_pointer(path), node.place
        is_nothing = self.stated in _NOTHING and path[-1] != _PLACEMENTS and _VERBATIM.isdisjoint(path[:-1])
        if self.stated == self.found or is_nothing:
            return KeyOutcome(pointer, place, Outcome.MAPPED, keys)
        if self.is_value:
            # A report quotes the line of a place.
            return KeyOutcome(pointer, Place(place.path), Outcome.WITHHELD, keys, WITHHELD)
        return KeyOutcome(pointer, place, Outcome.LOST, keys, self._explain())

    def _explain(self) -> str:
        if self.found is not _MISSING and self.found not in _NOTHING:
            return _OTHERWISE
        is_named = len(self.position.path) == _NAMED_DEPTH and self.position.path[2] in SETTING_LISTS
        return _NO_NAME if is_named else _NO_PLACE


_FoundDefinition: TypeAlias = tuple[tuple[str, ...], _Position, Scheme | Connector, object]


def _list_stated(resolution: Resolution) -> Iterator[tuple[_Position, Scheme | Connector]]:
    for scheme in resolution.catalogue.schemes:
        yield _Position((Noun.SCHEME.value, scheme.id), resolution.schemes[scheme.id]), scheme
    for connector in resolution.catalogue.connectors:
        yield _Position((Noun.CONNECTOR.value, connector.id), resolution.connectors[connector.id]), connector


def _compare_definition(definition: Scheme | Connector, found: object, position: _Position) -> Iterator[_Fact]:
    return _compare(_dump(definition, is_stated=True), _dump(definition), found, position)


def _compare(
    stated: object, whole: object, found: object, position: _Position, *, is_masked: bool = False
) -> Iterator[_Fact]:
    """Yield a fact, or each fact in it if the files have anything in its place.

    `whole` is what is stated, with all defaults in it.
    """
    if not isinstance(stated, dict) or not isinstance(whole, dict) or not isinstance(found, dict) or not stated:
        is_stated = not isinstance(stated, dict) or _states_any(stated) or not _VERBATIM.isdisjoint(position.path)
        fact = stated if isinstance(stated, str) else None
        is_value = is_masked and may_be_value(position.path[-1], fact)
        yield _Fact(position, whole if is_stated else {}, found, is_value)
        return
    is_masked = is_masked or whole.get("secret", "no") != "no"
    for (key, value), inner in zip(stated.items(), position.enter(stated), strict=True):
        yield from _compare(value, whole[key], found.get(key, _MISSING), inner, is_masked=is_masked)


def _states_any(value: object) -> bool:
    """Return whether there is any fact in a mapping."""
    return any(map(_states_any, value.values())) if isinstance(value, dict) else value not in _NOTHING
