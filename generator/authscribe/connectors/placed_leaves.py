"""Find the values of a system for whose places in a request there are placements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from authscribe.connectors.snapshot import Leaf
from authscribe.model.definitions import Location, Placement
from authscribe.model.placement_template import find_slot
from authscribe.model.platform import Slots

_HELD: Final = (Location.HEADER, Location.QUERY, Location.COOKIE)
_BASIC: Final = (Location.BASIC_USERNAME, Location.BASIC_PASSWORD)
LOCATED: Final = (*_HELD, *_BASIC, Location.BLOCK)
"""Locations of which the place in a system is known."""


class PlacedLeaf(NamedTuple):
    """Leaf of a system, and the placements that fill its place of a request, at least one."""

    leaf: Leaf
    placements: tuple[Placement, ...]


class LeafIndex:
    """Leaves of a connector by the slots that placements may name for them.

    Rules ask for the placements of several schemes, so that going through all leaves for each would take long.
    """

    def __init__(self, leaves: Iterable[Leaf], slots: Slots) -> None:
        # In reverse, since the first location counts if a platform has one key for several.
        self._held = {slots.find_holder(location): location for location in reversed(_HELD)}
        self._basic = {slots.split(location): location for location in reversed(_BASIC)}
        self._leaves = tuple(leaves)
        self._own: dict[str, list[int]] = {}
        self._blocks: dict[str, list[int]] = {}
        for number, leaf in enumerate(self._leaves):
            location, name = self.locate(leaf)
            self._own.setdefault(find_slot(location, name), []).append(number)
            if location is not Location.BLOCK:
                # A definition may also name a header or a password as the setting that holds it.
                self._blocks.setdefault(find_slot(Location.BLOCK, ".".join(leaf.slot)), []).append(number)

    def locate(self, leaf: Leaf) -> tuple[Location, str]:
        """Return the place of a leaf in a request, and its name there."""
        slot = leaf.slot
        holder = self._held.get(slot[-2]) if len(slot) > 1 else None
        if holder is not None:
            return holder, slot[-1]
        basic = self._basic.get(slot)
        return (basic, "") if basic is not None else (Location.BLOCK, ".".join(slot))

    def find_placed(self, placements: Iterable[Placement]) -> tuple[PlacedLeaf, ...]:
        """Return the leaves in whose places the placements put something, in the order of the templates."""
        by_slot = [(find_slot(placement.location, placement.name), placement) for placement in placements]
        found: dict[int, list[Placement]] = {}
        for numbers in (self._own, self._blocks):
            for slot, placement in by_slot:
                for number in numbers.get(slot, ()):
                    if _is_place(self._leaves[number], placement):
                        found.setdefault(number, []).append(placement)
        return tuple(PlacedLeaf(self._leaves[number], tuple(found[number])) for number in sorted(found))


def is_cookie_header(placement: Placement) -> bool:
    """Return whether a placement fills the header that holds all cookies (RFC 6265 section 5.4)."""
    return placement.location is Location.HEADER and placement.name.lower() == "cookie"


def _is_place(leaf: Leaf, placement: Placement) -> bool:
    """Return whether a leaf in the slot of a placement is its place: other cookies without any secret are not."""
    if leaf.secrets or not is_cookie_header(placement):
        return True
    stated = {template.partition("=")[0].strip() for template in placement.templates}
    return any(cookie.partition("=")[0].strip() in stated for cookie in str(leaf.value).split(";"))
