"""Compare a catalogue with what a reader makes of the files that a target has made of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import list_contracts, list_placements
from authscribe.model.definitions import Connector, Placement, Scheme
from authscribe.model.draft import make_pointer
from authscribe.model.placement_template import find_slot

_SETTINGS: Final = ("required", "injected", "parameters")
_NOTHING: Final[tuple[object, ...]] = (None, "", [], {})
_VERBATIM: Final = frozenset({"default", "example", "extras", "visible_when", "body"})
"""Facts that are values of somebody else, in which an empty one is a fact as well."""


class Differences(NamedTuple):
    """Pointers of the facts that are not in the second catalogue as in the first, and of those only in the second."""

    lost: frozenset[str]
    added: frozenset[str]


Names = Mapping[tuple[str, str], str]
"""Ids under which a reader finds definitions, by noun and id."""


def compare_facts(before: Catalogue, after: Catalogue, names: Names | None = None) -> Differences:
    """Return how the facts of schemes and connectors differ; a fact that differs counts as lost.

    A pointer is such as `/schemes/oauth2/required/client_id/description`. A connector may have from its scheme what it
    stated itself.
    """
    former = {(noun, name): identifier for (noun, identifier), name in (names or {}).items()}
    old, known = (dict(_list_facts(before, {}, is_whole=is_whole)) for is_whole in (False, True))
    new, found = (dict(_list_facts(after, former, is_whole=is_whole)) for is_whole in (False, True))
    # Only with all defaults in them do lists compare.
    lost = (pointer for pointer in old if found.get(pointer, _NOTHING) != known[pointer])
    added = (pointer for pointer in new if pointer not in old and known.get(pointer, _NOTHING) != found[pointer])
    return Differences(frozenset(lost), frozenset(added))


def check_losses(
    before: Catalogue, after: Catalogue, named: Collection[str], names: Names | None = None
) -> frozenset[str]:
    """Check that every lost fact is named, by its own pointer or one above it, and that only lost facts are named.

    Return the pointers of the facts that only the second catalogue has.
    """
    lost, added = compare_facts(before, after, names)
    named = frozenset(named)
    known = {pointer: frozenset(_list_above(pointer)) & named for pointer in lost}
    assert sorted(pointer for pointer, above in known.items() if not above) == []
    assert sorted(named.difference(*known.values())) == []
    return added


def _list_above(pointer: str) -> Iterator[str]:
    """Yield a pointer, and every one above it."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]


def _list_facts(
    catalogue: Catalogue, former: Mapping[tuple[str, str], str], *, is_whole: bool = False
) -> Iterator[tuple[str, object]]:
    """Yield the pointer and the value of each fact that is stated, or also of those that are inherited or by default.

    Pointers have the `former` ids.
    """
    for scheme in catalogue.schemes:
        is_stated = is_whole or "placements" in scheme.model_fields_set
        placements = _dump_placements(list_placements(catalogue, scheme)) if is_stated else {}
        yield from _flatten(_dump(scheme, is_whole) | placements, _make_path("schemes", scheme.id, former))
    for connector in catalogue.connectors:
        whole = _complete(catalogue, connector) if is_whole else connector
        placements = _dump_placements(whole.placements) if whole.placements else {}
        yield from _flatten(_dump(whole, is_whole) | placements, _make_path("connectors", connector.id, former))


def _make_path(noun: str, identifier: str, former: Mapping[tuple[str, str], str]) -> tuple[str, str]:
    return noun, former.get((noun, identifier), identifier)


def _complete(catalogue: Catalogue, connector: Connector) -> Connector:
    """Return a connector that states what its scheme gives it."""
    contract, *others = list_contracts(catalogue, connector)
    inherited = ("parameters", "placements", "endpoints", "oauth")
    return connector if others else connector.model_copy(update={key: getattr(contract, key) for key in inherited})


def _dump(definition: Scheme | Connector, is_whole: bool) -> dict[str, Any]:
    """Return what a definition states, with its settings by their names: their order is no fact."""
    stated = definition.model_dump(mode="json", by_alias=True, exclude_unset=not is_whole)
    lists: dict[str, Any] = {key: {item["name"]: item for item in stated[key]} for key in _SETTINGS if key in stated}
    return {**stated, **lists, "placements": None}


def _dump_placements(placements: Iterable[Placement]) -> dict[str, object]:
    """Return the templates of the placements by the slot that each one fills; that there are none is a fact as well."""
    slots = {find_slot(each.location.value, each.name): list(each.templates) for each in placements}
    return {"placements": slots or "none"}


def _flatten(value: object, path: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _flatten(item, (*path, str(key)))
    elif value not in _NOTHING or not _VERBATIM.isdisjoint(path[:-1]):
        yield make_pointer(path), value
