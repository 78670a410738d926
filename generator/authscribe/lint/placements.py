"""Tell what placements put into the places of a system, and whether the system has it there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from authscribe.connectors.once import once_per_connector
from authscribe.connectors.placed_leaves import LOCATED, is_cookie_header
from authscribe.model.contract import spell_secret, spell_variable
from authscribe.model.definitions import Location, Placement
from authscribe.model.placement_template import fill_template, list_hole_names, parse_template

if TYPE_CHECKING:
    # A run that reads no connectors checks definitions alone.
    from authscribe.connectors.context import ConnectorContext
    from authscribe.connectors.placed_leaves import PlacedLeaf
    from authscribe.connectors.references import Reference
    from authscribe.connectors.snapshot import Leaf
    from authscribe.findings.finding import Place

_BLANKS: Final = re.compile(r"[ \t]+")
"""Matches what separates words in a header (RFC 9110 section 5.6.3): other blanks are part of them."""
_RUN_TIME: Final = re.compile(r"\{[{%]|[}%]\}")


def is_as_placed(leaf: Leaf, context: ConnectorContext) -> bool:
    """Return whether placements put something into the place of a leaf, and its value is written as they state.

    A value that templates compute may be.
    """
    return leaf.place in _list_as_placed(context)


@once_per_connector
def _list_as_placed(context: ConnectorContext) -> frozenset[Place]:
    return frozenset(placed.leaf.place for placed in context.placed_leaves if _is_as_placed(placed, context))


def _is_as_placed(placed: PlacedLeaf, context: ConnectorContext) -> bool:
    parts = context.split_value(placed.leaf)
    is_text = isinstance(placed.leaf.value, str)
    if not is_text or parts is None or any(isinstance(part, str) and _RUN_TIME.search(part) for part in parts):
        return True
    return any(
        _matches(parts, template, placement, context)
        for placement in placed.placements
        for template in placement.templates
    )


def _matches(parts: Sequence[str | Reference], template: str, placement: Placement, context: ConnectorContext) -> bool:
    """Return whether a value is a template with its secrets and with anything for its parameters."""
    location = placement.location
    pattern = _compile_template(template, location, context.listed, is_cookie=is_cookie_header(placement))
    text = "".join(_normalize(part, location) if isinstance(part, str) else _mark(part.name) for part in parts)
    return pattern is None or pattern.fullmatch(text) is not None


@lru_cache(maxsize=256)
def _compile_template(
    template: str, location: Location, secrets: tuple[str, ...], *, is_cookie: bool
) -> re.Pattern[str] | None:
    """Return the pattern of the values that a template with these secrets stands for; None if it is not valid.

    The header of cookies may have others beside the one of the template (RFC 6265 section 4.2.1).
    """
    try:
        holes = parse_template(template)
    except ValueError:
        return None  # `resolve` reports it
    pattern = "".join(
        (
            re.escape(_normalize(hole, location))
            if isinstance(hole, str)
            else re.escape(_mark(hole.name)) if hole.name in secrets else ".+"
        )
        for hole in holes
    )
    return re.compile(f"(?:.*; ?)?{pattern}(?: ?;.*)?" if is_cookie else pattern, re.DOTALL)


def _mark(name: str) -> str:
    # NUL is refused in every text.
    return f"\0{name}\0"


def _normalize(text: str, location: Location) -> str:
    """Return a text so that it is equal for equal meanings.

    The words that name how a header authenticates are not case-sensitive (RFC 9110 section 11.1).
    """
    return _BLANKS.sub(" ", text.lower()) if location is Location.HEADER else text


def list_placed_secrets(placement: Placement, context: ConnectorContext) -> set[str]:
    """Return the secrets of the scheme that a placement sends."""
    return list_hole_names(placement.value) & set(context.listed)


def spell_placement(placement: Placement, context: ConnectorContext) -> str:
    """Return the value of a placement with the references of the platform."""
    return fill_template(
        placement.value,
        lambda name: (spell_secret if name in context.listed else spell_variable)(context.platform, name),
    )


def find_expected_name(leaf: Leaf, context: ConnectorContext) -> str | None:
    """Return the only name that the placements put into the place of a leaf; None if there is none, or several."""
    placed = _map_placed(context).get(leaf.place)
    names = _list_names(placed) if placed is not None else set()
    return names.pop() if len(names) == 1 else None


def takes_secret(leaf: Leaf, context: ConnectorContext) -> bool:
    """Return whether placements put a secret into the place of a leaf."""
    return leaf.place in _list_places_of_secrets(context)


@once_per_connector
def _list_places_of_secrets(context: ConnectorContext) -> frozenset[Place]:
    return frozenset(
        placed.leaf.place
        for placed in context.placed_leaves
        if any(list_placed_secrets(each, context) for each in placed.placements)
    )


@once_per_connector
def _map_placed(context: ConnectorContext) -> dict[Place, PlacedLeaf]:
    return {placed.leaf.place: placed for placed in context.placed_leaves}


def spell_as_placed(name: str, leaf: Leaf, context: ConnectorContext) -> str:
    """Return the reference to a secret of the scheme, with what placements write around it in the place of a leaf."""
    placed = _map_placed(context).get(leaf.place)
    placements = placed.placements if placed is not None else ()
    placement = next((each for each in placements if list_placed_secrets(each, context) == {name}), None)
    return spell_placement(placement, context) if placement is not None else spell_secret(context.platform, name)


def find_meant_name(name: str, context: ConnectorContext) -> str | None:
    """Return the name that placements put into every place that a reference to another name fills alone."""
    names = _map_meant(context).get(name, set())
    return next(iter(names)) if len(names) == 1 and name not in names else None


@once_per_connector
def _map_meant(context: ConnectorContext) -> dict[str, set[str]]:
    """Return the names that placements put into the places that each name fills alone."""
    meant: dict[str, set[str]] = {}
    for placed in context.placed_leaves:
        if len(placed.leaf.references) == 1:
            meant.setdefault(placed.leaf.references[0].name, set()).update(_list_names(placed))
    return meant


def list_displaced_names(context: ConnectorContext) -> Iterator[str]:
    """Yield the names in whose places the system refers to something else."""
    for placed in context.placed_leaves:
        names = {reference.name for reference in placed.leaf.references}
        if placed.leaf.references and not is_as_placed(placed.leaf, context):
            yield from _list_names(placed) - names


def _list_names(placed: PlacedLeaf) -> set[str]:
    return {name for placement in placed.placements for name in list_hole_names(*placement.templates)}


def find_missing_settings(context: ConnectorContext) -> Iterator[tuple[Placement, Place]]:
    """Yield the stated placements without secrets that the system lacks, if it has some secret in its place.

    The place is that of the secret. A placement may be left out if its parameter may be.
    """
    first = next((placed.leaf.place for placed in context.placed_leaves if placed.leaf.secrets), None)
    present = {placement for placed in context.placed_leaves for placement in placed.placements}
    optional = {each.name for each in context.list_parameters() if each.may_be_omitted}
    for placement in context.placements if context.has_stated_placements and first is not None else ():
        names = list_hole_names(*placement.templates)
        is_setting = placement.location in LOCATED and names.isdisjoint((*context.listed, *optional))
        if is_setting and placement not in present and first is not None:
            yield placement, first


def list_missing_names(context: ConnectorContext) -> set[str]:
    """Return the names of the settings that the system lacks."""
    return {name for placement, _ in find_missing_settings(context) for name in list_hole_names(*placement.templates)}
