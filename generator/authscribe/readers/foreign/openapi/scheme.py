"""Draft the scheme of one variant of an OpenAPI security scheme."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import MapNode, ScalarNode
from authscribe.readers.foreign.openapi.security_schemes import SecurityScheme
from authscribe.readers.foreign.openapi.variants import SchemeVariant, is_template_name
from authscribe.readers.foreign.scheme_lists import ObtainedSecret, SchemeLists, SchemeSetting
from authscribe.readers.foreign.tracking import make_list, make_map

_PUBLIC_ROLES: Final = frozenset({"client_id", "username", "certificate", "access_key_id"})
"""Values that no standard calls secret: RFC 6749 section 2.2, RFC 7617, RFC 8705, Amazon's Signature Version 4."""


def make_scheme(
    scheme: SecurityScheme, variant: SchemeVariant, identifier: str, *, wire: Callable[[str], str],
    required_scopes: Sequence[ScalarNode], attributes: Mapping[str, str], variables: tuple[SchemeSetting, ...],
) -> MapNode:  # fmt: skip
    """Return the scheme of one variant.

    `wire` names the value of a role, `required_scopes` are those that requirements ask for, `attributes` are those of
    all names of the API, and `variables` occur in its addresses.
    """
    place = scheme.name.place
    names = {role: ScalarNode(wire(role), place) for role in variant.roles}
    lists = SchemeLists(
        (*(_make_setting(names[role], role, variant) for role in variant.supplied), *variables),
        tuple(_make_obtained(names[role], role, variant) for role in variant.obtained),
        attributes=attributes,
    )
    return make_map(
        place,
        id=ScalarNode(identifier, place),
        title=scheme.name,
        summary=scheme.description,
        status="deprecated" if scheme.is_deprecated else None,
        kind=variant.kind,
        **lists.to_nodes(place),
        placements=make_list(tuple(_make_placements(variant, names, place)), place),
        endpoints=variant.endpoints,
        oauth=_make_oauth(variant, required_scopes, place),
        extras=scheme.find_extras(variant),
    )


def _make_setting(name: ScalarNode, role: str, variant: SchemeVariant) -> SchemeSetting:
    facts = make_map(name.place, format=variant.format if not role else None)
    return SchemeSetting(name, facts, is_secret=role not in _PUBLIC_ROLES, is_optional=role in variant.optional)


def _make_obtained(name: ScalarNode, role: str, variant: SchemeVariant) -> ObtainedSecret:
    is_optional = True if role in variant.optional else None
    lifetime = "expires" if role == "access_token" else None
    facts = make_map(name.place, optional=is_optional)
    return ObtainedSecret(name, make_map(name.place, source="onboarding"), facts, lifetime)


def _make_placements(variant: SchemeVariant, names: Mapping[str, ScalarNode], place: Place) -> Iterator[MapNode]:
    for slot in variant.slots:
        wire = str(names[slot.role].value)
        if is_template_name(wire):
            value = slot.template.replace("{}", f"{{{wire}}}")
            yield make_map(place, in_=slot.location, name=slot.name or None, value=value)


def _make_oauth(variant: SchemeVariant, required_scopes: Sequence[ScalarNode], place: Place) -> MapNode | None:
    """Return the scopes: required ones are those of requirements, the others that are declared are optional."""
    if not variant.obtained:
        return None
    required = {scope.value: scope for scope in required_scopes}
    others = tuple(scope for scope in variant.scopes if scope.value not in required)
    oauth = make_map(place, scopes=make_list(tuple(required.values()), place), optional_scopes=make_list(others, place))
    return oauth if oauth.entries else None
