"""List the edits of placements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from authscribe.changes.edit import Edit, Subject
from authscribe.changes.effects import BREAKS_DEVELOPERS, COMPATIBLE, EFFECTS, Effect, judge_address
from authscribe.lint.addresses import parse_host
from authscribe.model.definitions import Location, Placement
from authscribe.model.placement_template import find_slot, list_hole_names


def compare_placements(subject: Subject, old: Sequence[Placement], new: Sequence[Placement]) -> Iterator[Edit]:
    """Yield the changes of placements, each paired by its place in the request, or else by what it inserts."""
    before, after = ({find_slot(p.location, p.name): p for p in side} for side in (old, new))
    gone = [placement for slot, placement in before.items() if slot not in after]
    hidden = subject.secrets - {name for p in old if _is_exposed(p) for name in list_hole_names(*p.templates)}
    for index, (slot, placement) in enumerate(after.items()):
        earlier = before.get(slot) or _find_moved(placement, gone)
        if earlier is not None and earlier in gone:
            gone.remove(earlier)
        if earlier != placement:
            is_same = slot in before and earlier is not None and earlier.templates == placement.templates
            effect = COMPATIBLE if is_same else _judge_placement(earlier, placement, hidden)
            yield subject.make_step(("placements", str(index)), effect, earlier, placement)
    for placement in gone:
        yield subject.make_step(("placements",), COMPATIBLE, placement, None)


def _find_moved(placement: Placement, gone: Sequence[Placement]) -> Placement | None:
    """Return the only placement that is gone and inserted the same names; None without one, or without names."""
    names = list_hole_names(*placement.templates)
    moved = [each for each in gone if names and list_hole_names(*each.templates) == names]
    return moved[0] if len(moved) == 1 else None


def _judge_placement(earlier: Placement | None, placement: Placement, hidden: frozenset[str]) -> Effect:
    """Judge a placement that templates do not have yet; `hidden` are the secrets that no URL contained before."""
    is_weaker = bool(list_hole_names(*placement.templates) & hidden) and _is_exposed(placement)
    moved = judge_address(earlier.value if earlier is not None else None, placement.value)
    return BREAKS_DEVELOPERS._replace(is_weaker=is_weaker).join(moved)


def _is_exposed(placement: Placement) -> bool:
    """Return whether values end up in a URL: in a part of the request that is in it, or in an address as a whole."""
    if placement.location is Location.BLOCK:
        return any(parse_host(template) is not None for template in placement.templates)
    return EFFECTS[Placement]["location"].judge(None, placement.location).is_weaker
