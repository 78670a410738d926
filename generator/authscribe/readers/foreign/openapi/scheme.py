"""The scheme of one way to satisfy a security scheme of an OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import MapNode, ScalarNode
from authscribe.readers.foreign.openapi.components import Component, Way, can_stand_in_a_template
from authscribe.readers.foreign.scheme_lists import ObtainedSecret, SchemeLists, SchemeSetting
from authscribe.readers.foreign.tracking import make_list, make_map

_PUBLIC: Final = frozenset({"client_id", "username", "certificate", "access_key_id"})
"""What no standard calls secret: RFC 6749 section 2.2, RFC 7617, RFC 8705, and Amazon's for signed requests."""

_OPTIONAL: Final = frozenset({"refresh_token"})
"""What a server may leave out (RFC 6749 section 5.1)."""


def make_scheme(
    component: Component, way: Way, identifier: str, *, wire: Callable[[str], str], asked: tuple[ScalarNode, ...],
    beside: tuple[str, ...],
) -> MapNode:  # fmt: skip
    """The scheme of one way; `wire` names its roles, `asked` are the scopes that requirements ask for."""
    place = component.name.place
    named = {role: ScalarNode(wire(role), place) for role in way.roles}
    lists = SchemeLists(
        tuple(_setting(named[role], role, way) for role in way.supplied),
        tuple(_obtained(named[role], role) for role in way.obtained),
        other_names=beside,
    )
    return make_map(
        place,
        id=ScalarNode(identifier, place),
        title=component.name,
        summary=component.description,
        status="deprecated" if component.is_deprecated else None,
        kind=way.kind,
        **lists.to_nodes(place),
        placements=make_list(tuple(_placements(way, named, place)), place),
        endpoints=way.endpoints,
        oauth=_scopes(way, asked, place),
        extras=component.kept(way),
    )


def _setting(name: ScalarNode, role: str, way: Way) -> SchemeSetting:
    facts = make_map(name.place, format=way.format if not role else None)
    return SchemeSetting(name, facts, is_secret=role not in _PUBLIC)


def _obtained(name: ScalarNode, role: str) -> ObtainedSecret:
    is_optional = True if role in _OPTIONAL else None
    lifetime = "expires" if role == "access_token" else None
    facts = make_map(name.place, optional=is_optional)
    return ObtainedSecret(name, make_map(name.place, source="onboarding"), facts, lifetime)


def _placements(way: Way, named: Mapping[str, ScalarNode], place: Place) -> Iterator[MapNode]:
    for slot in way.slots:
        wire = str(named[slot.role].value)
        if can_stand_in_a_template(wire):
            value = slot.template.replace("{}", f"{{{wire}}}")
            yield make_map(place, in_=slot.location, name=slot.name or None, value=value)


def _scopes(way: Way, asked: tuple[ScalarNode, ...], place: Place) -> MapNode | None:
    """What requirements ask for is asked for; what is only declared is optional."""
    if not way.obtained:
        return None
    wanted = {scope.value: scope for scope in asked}
    others = tuple(scope for scope in way.scopes if scope.value not in wanted)
    found = make_map(place, scopes=make_list(tuple(wanted.values()), place), optional_scopes=make_list(others, place))
    return found if found.entries else None
