"""Draft the scheme of one variant of an OpenAPI security scheme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import MapNode, ScalarNode
from authscribe.readers.foreign.openapi.key_templates import is_template_name
from authscribe.readers.foreign.openapi.security_schemes import SecurityScheme
from authscribe.readers.foreign.openapi.variants import SchemeVariant
from authscribe.readers.foreign.scheme_lists import ObtainedSecret, SchemeLists, SchemeSetting
from authscribe.readers.foreign.tracking import make_list, make_map, make_plain_map

_PUBLIC_ROLES: Final = frozenset({"client_id", "username", "certificate", "access_key_id"})
"""Values that no standard calls secret: RFC 6749 section 2.2, RFC 7617, RFC 8705, Amazon's Signature Version 4."""


def make_scheme(
    scheme: SecurityScheme, variant: SchemeVariant, identifier: str, *, wire: Callable[[str], str],
    scopes: Sequence[Sequence[ScalarNode]], attributes: Mapping[str, str], variables: tuple[SchemeSetting, ...],
) -> MapNode:  # fmt: skip
    """Return the scheme of one variant.

    `wire` names the value of a role, `scopes` are those of each requirement that names the scheme, `attributes` are
    those of all names of the API, and `variables` occur in its addresses.
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
        oauth=_make_oauth(variant, _select_scopes(scheme, variant, scopes), names, place),
        token_request=make_map(place, body=variant.details.body) if variant.details.body is not None else None,
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


def _select_scopes(
    scheme: SecurityScheme, variant: SchemeVariant, asked: Sequence[Sequence[ScalarNode]]
) -> list[tuple[ScalarNode, ...]]:
    """Return the scopes of each requirement that a variant can satisfy, without those that only other flows grant.

    A flow that lists no scope may grant any.
    """
    own = {scope.value for scope in variant.scopes}
    granted = {scope.value for other in scheme.variants for scope in other.scopes if own}
    selected = [
        tuple(scope for scope in scopes if scope.value in own or scope.value not in granted) for scopes in asked
    ]
    return [kept for kept, scopes in zip(selected, asked, strict=True) if kept or not scopes]


def _make_oauth(
    variant: SchemeVariant, asked: Sequence[Sequence[ScalarNode]], names: Mapping[str, ScalarNode], place: Place
) -> MapNode | None:
    """Return the details; scopes that every requirement names, or that are chosen, are requested, others optional."""
    if not variant.obtained:
        return None
    uses = Counter(chain.from_iterable({scope.value for scope in scopes} for scopes in asked))
    named = {scope.value: scope for scope in chain.from_iterable(asked)}
    requested = {value: scope for value, scope in named.items() if uses[value] == len(asked)}
    requested |= {scope.value: scope for scope in variant.details.scopes}
    others = {scope.value: scope for scope in (*variant.scopes, *named.values()) if scope.value not in requested}
    scopes, optional = (make_list(tuple(each.values()), place) for each in (requested, others))
    details, key = variant.details, variant.details.token_key
    response = make_plain_map({str(names["access_token"].value): key}, place) if key is not None else None
    oauth = make_map(
        place,
        scopes=scopes,
        optional_scopes=optional,
        pkce=details.pkce,
        client_authentication=details.client_authentication,
        response=response,
    )
    return oauth if oauth.entries else None
