"""Compare what the templates of connectors use, beyond what their definitions state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from authscribe.adopt import list_placeable
from authscribe.changes.change import Change, describe_step, describe_value
from authscribe.changes.edit import Subject
from authscribe.changes.effects import BREAKS_OWNERS, COMPATIBLE, WEAKER, judge_address
from authscribe.changes.facts import disables_verification
from authscribe.changes.placement_edits import compare_placements
from authscribe.connectors.context import ConnectorContext
from authscribe.connectors.definition import Slot, list_slots, select_slots
from authscribe.connectors.reader import ConnectorReader
from authscribe.connectors.snapshot import Leaf
from authscribe.findings.finding import Place
from authscribe.lint.addresses import FULL_KEYS, begins_with_hole, is_cleartext, parse_host, show_address
from authscribe.lint.credentials import ADDRESS_KEYS
from authscribe.lint.system_addresses import URL_PATTERN
from authscribe.lint.withheld import locate_withheld
from authscribe.model.definitions import Placement

_ID: Final = "_id"
"""Key of the id of a system."""
_Path: TypeAlias = tuple[str, ...]
_Ids: TypeAlias = Mapping[_Path, object]
_Party: TypeAlias = tuple[str | None, bool]
"""Host to which requests go, and whether they go in clear."""


def compare_contexts(
    old: Sequence[ConnectorContext], new: Sequence[ConnectorContext]
) -> Iterator[tuple[Change, Place]]:
    """Yield the changes of the connectors that both sides have, each with its place."""
    before = {context.name: context for context in old}
    for context in new:
        if context.name in before:
            yield from _compare_secrets(before[context.name], context)
            yield from _compare_places(before[context.name], context)
            yield from _compare_verification(before[context.name], context)
            yield from _compare_addresses(before[context.name], context)


def _compare_secrets(old: ConnectorContext, new: ConnectorContext) -> Iterator[tuple[Change, Place]]:
    provided = {*new.injected, *new.by_flag}
    for name in {**old.secrets, **new.secrets}:
        keys, subject = ("connectors", new.name, "secrets", name), f"connector '{new.name}': secret '{name}'"
        if name not in old.secrets:
            effect = COMPATIBLE if name in provided else BREAKS_OWNERS
            source = "which the platform injects" if name in provided else "which the owner must supply"
            message = f"{subject}, {source}, is used now"
            yield Change(keys, message, effect, None, name), new.secrets[name][0].place
        elif name not in new.secrets:
            yield Change(keys, f"{subject} is no longer used", COMPATIBLE, name, None), new.snapshot.place


def _compare_places(old: ConnectorContext, new: ConnectorContext) -> Iterator[tuple[Change, Place]]:
    """Yield the changes of where requests carry secrets that both sides use, apart from those of placements.

    A definition has no placement with a name that the scheme does not know.
    """
    names = frozenset(old.secrets.keys() & new.secrets.keys())
    slots = [[*_list_other_slots(side, names)] for side in (old, new)]
    placements = [[_make_placement(slot) for slot in side] for side in slots]
    keys = ("connectors", new.name)
    for edit in compare_placements(Subject(keys, (), f"connector '{new.name}'", names), *placements):
        leaf = slots[1][int(edit.change.keys[-1])].leaf if edit.change.new is not None else None
        path, place = (leaf.path, leaf.place) if leaf is not None else ((), new.snapshot.place)
        yield edit.change._replace(keys=(*keys, *path)), place


def _make_placement(slot: Slot) -> Placement:
    # Not validated, since a connector may have names that no definition can have.
    return Placement.model_construct(location=slot.location, name=slot.name, value=slot.template)


def _list_other_slots(context: ConnectorContext, names: frozenset[str]) -> Iterator[Slot]:
    """Yield the slots with only these secrets in them that the definition of the connector leaves out."""
    known, referred = list_placeable(context), set[str]()
    others: set[tuple[str, ...]] = set()
    for leaf in context.snapshot.secret_leaves:
        inserted = {reference.name for reference in leaf.references}
        if not inserted <= known and names.issuperset(secret.name for secret in leaf.secrets):
            others.add(leaf.path)
            referred |= inserted
    if others:  # of most connectors, the definition has all
        reader = ConnectorReader.from_platform(context.platform)
        slots = list_slots(context.snapshot, reader, referred, locate_withheld(context))
        yield from select_slots(slot for slot in slots if slot.leaf.path in others)


def _compare_verification(old: ConnectorContext, new: ConnectorContext) -> Iterator[tuple[Change, Place]]:
    before = {leaf.path: leaf.value for leaf in _list_former_leaves(old, new)}
    for leaf in new.snapshot.leaves:
        if leaf.slot and disables_verification(leaf.slot[-1], before.get(leaf.path), leaf.value):
            keys, slot = ("connectors", new.name, *leaf.path), ".".join(leaf.slot)
            message = f"connector '{new.name}': {slot} no longer verifies the other party"
            yield Change(keys, message, WEAKER, str(before.get(leaf.path)).lower(), str(leaf.value).lower()), leaf.place


def _list_former_leaves(old: ConnectorContext, new: ConnectorContext) -> Iterator[Leaf]:
    """Yield the leaves of `old` under the paths that they have in `new`, apart from those of systems that are gone."""
    systems = dict(_pair_systems(_map_ids(old), _map_ids(new)))
    for leaf in old.snapshot.leaves:
        if leaf.system in systems:
            yield leaf._replace(path=(*systems[leaf.system], *leaf.slot))


def _pair_systems(old: _Ids, new: _Ids) -> Iterator[tuple[_Path, _Path]]:
    """Yield each system of `old` with that of `new` that has the same id; those left over, by their order."""
    known = {identifier: system for system, identifier in new.items()}
    same = {system: known[identifier] for system, identifier in old.items() if identifier in known}
    yield from same.items()
    gone, added = (
        [system for system in side if system not in paired] for side, paired in ((old, same), (new, same.values()))
    )
    yield from zip(gone, added, strict=False)


def _map_ids(context: ConnectorContext) -> _Ids:
    """Return the id of each system, or its number where it states none."""
    ids = {leaf.system: str(leaf.value) for leaf in context.find_leaves(_ID)}
    return {leaf.system: ids.get(leaf.system, leaf.system) for leaf in context.snapshot.leaves}


def _compare_addresses(old: ConnectorContext, new: ConnectorContext) -> Iterator[tuple[Change, Place]]:
    """Yield the changes of addresses to which requests go; those with secrets in them are placements.

    Of the addresses of single requests, only the first one counts that moves from one host to another, or in the same
    way from an encrypted connection to one in clear; none does that moves to where its system sent others before.
    """
    former = [*_list_former_leaves(old, new)]
    before, bases = {leaf.path: leaf for leaf in former}, [_map_bases(former), _map_bases(new.snapshot.leaves)]
    known = {(leaf.system, _find_party(_complete(leaf, bases[0]))) for leaf in _list_addresses(old, former)}
    moves: set[tuple[_Party, _Party]] = set()
    for leaf in sorted(_list_addresses(new, new.snapshot.leaves), key=lambda leaf: len(leaf.slot)):
        earlier = before.get(leaf.path, leaf._replace(value="", references=()))
        sides = (str(earlier.value), str(leaf.value))
        if sides[0] == sides[1] or earlier.secrets or leaf.secrets or not any(map(parse_host, sides)):
            continue
        full = (_complete(earlier, bases[0]), _complete(leaf, bases[1]))
        move, effect = (_find_party(full[0]), _find_party(full[1])), judge_address(*full)
        is_base = len(leaf.slot) == 1
        is_news = effect.is_weaker and move not in moves and (is_base or (leaf.system, move[1]) not in known)
        if is_news or (is_base and sides[0]):
            moves.add(move)
            shown = [describe_value(show_address(side)) for side in sides]
            message = f"connector '{new.name}': {'.'.join(leaf.slot)} {describe_step(*shown)}"
            yield Change(("connectors", new.name, *leaf.path), message, effect, *shown), leaf.place


def _list_addresses(context: ConnectorContext, leaves: Iterable[Leaf]) -> Iterator[Leaf]:
    """Yield the addresses among leaves to which requests go; what requests carry may have such keys as well."""
    carried = {context.headers_key, context.query_key, context.body_key}
    for leaf in leaves:
        if leaf.slot and leaf.slot[-1] in ADDRESS_KEYS and carried.isdisjoint(leaf.slot):
            yield leaf


def _find_party(address: str) -> _Party:
    """Return the host of an address, and whether requests to it go in clear."""
    return parse_host(address), is_cleartext(address)


def _map_bases(leaves: Iterable[Leaf]) -> dict[_Path, str]:
    """Return the address of each system; one that begins with a variable has some host."""
    return {
        leaf.system: f"https://{leaf.value}" if begins_with_hole(str(leaf.value)) else str(leaf.value)
        for leaf in leaves
        if leaf.slot == (URL_PATTERN,)
    }


def _complete(leaf: Leaf, bases: Mapping[_Path, str]) -> str:
    """Return an address, or that of its system if it has no host; one that begins with a variable may have any."""
    address = str(leaf.value)
    is_full = len(leaf.slot) == 1 or leaf.slot[-1] in FULL_KEYS or begins_with_hole(address)
    return address if is_full or parse_host(address) is not None else bases.get(leaf.system, "")
