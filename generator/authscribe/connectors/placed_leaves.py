"""Find the values of a system for whose places in a request there are placements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from authscribe.connectors.snapshot import Leaf
from authscribe.model.definitions import Location, Placement
from authscribe.model.placement_template import find_slot
from authscribe.model.platform import Slots

_HELD: Final = (Location.HEADER, Location.QUERY)
_BASIC: Final = (Location.BASIC_USERNAME, Location.BASIC_PASSWORD)
LOCATED: Final = (*_HELD, *_BASIC, Location.BLOCK)
"""Locations of which the place in a system is known."""


class PlacedLeaf(NamedTuple):
    """Leaf of a system, and the placements that fill its place of a request, at least one."""

    leaf: Leaf
    placements: tuple[Placement, ...]


def find_placed_leaves(leaves: Iterable[Leaf], placements: Iterable[Placement], slots: Slots) -> tuple[PlacedLeaf, ...]:
    """Return the leaves in whose places the placements put something."""
    by_slot: dict[str, list[Placement]] = {}
    for placement in placements:
        by_slot.setdefault(find_slot(placement.location, placement.name), []).append(placement)
    return tuple(_select_placed(leaves, by_slot, slots)) if by_slot else ()


def _select_placed(
    leaves: Iterable[Leaf], by_slot: Mapping[str, Sequence[Placement]], slots: Slots
) -> Iterator[PlacedLeaf]:
    for leaf in leaves:
        # A definition may also name a header or a password as the setting that holds it.
        places = dict.fromkeys((locate_leaf(leaf, slots), (Location.BLOCK, ".".join(leaf.slot))))
        found = tuple(placement for place in places for placement in by_slot.get(find_slot(*place), ()))
        if found:
            yield PlacedLeaf(leaf, found)


def locate_leaf(leaf: Leaf, slots: Slots) -> tuple[Location, str]:
    """Return the place of a leaf in a request, and its name there."""
    for location in _HELD:
        if len(leaf.slot) > 1 and leaf.slot[-2] == slots.find_holder(location):
            return location, leaf.slot[-1]
    basic = next((location for location in _BASIC if leaf.slot == slots.split(location)), None)
    return (basic, "") if basic is not None else (Location.BLOCK, ".".join(leaf.slot))
