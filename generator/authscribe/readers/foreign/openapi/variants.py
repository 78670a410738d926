"""Read the variants of an OpenAPI security scheme: OAuth has one for each flow, all other types have one.

Values that the specification leaves to other standards have the names of these: `client_id` and the like are those of
RFC 6749.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from authscribe.findings.finding import Finding, Severity
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.unknown_key import report_unknown_key
from authscribe.findings.rules.wrong_value import report_unknown_value
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.model.openapi import JWKS, SENT_KEY
from authscribe.model.placement_template import find_slot
from authscribe.readers.foreign.openapi.gateways import (
    GOOGLE,
    NO_NAME,
    find_token_place,
    has_authorizer,
    has_issuer,
    list_identity_sources,
)
from authscribe.readers.foreign.openapi.key_templates import find_template, is_template_name, take_template
from authscribe.readers.foreign.openapi.oauth_extensions import (
    NO_DETAILS,
    OAuthDetails,
    split_scopes,
    take_details,
    withhold_literals,
)
from authscribe.readers.foreign.openapi.servers import Server
from authscribe.readers.foreign.tracking import TrackedMapping, join_maps, make_map, withhold_address

_LOCATIONS: Final = ("header", "query", "cookie")
_CLIENT: Final = ("client_id", "client_secret")
_TOKENS: Final = ("access_token", "refresh_token")
_OMITTED: Final = ("refresh_token",)
"""Values that a server may omit (RFC 6749 section 5.1)."""

AUTHORIZATION: Final = "header authorization"
_SIGNATURE: Final = "x-amazon-apigateway-authtype"
"""Extension of Amazon's API Gateway for the way in which the value of the `Authorization` header is made."""
_CUSTOM: Final = "x-speakeasy-custom-security-scheme"
"""Extension of Speakeasy's generators of clients with a JSON Schema of what an HTTP scheme of its own needs."""
_MUTUAL_TLS: Final = ("mutualtls", "mtls")
"""Names of an HTTP scheme, in lower case, for what has a type of its own from version 3.1 on.

None of them is registered, unlike `mutual`, which authenticates with a password (RFC 8120).
"""


@dataclass(frozen=True, slots=True)
class _Grant:
    """Flow with its kind, the key of its authorization address, and the values that it needs, accepts and gives."""

    kind: str
    supplied: tuple[str, ...]
    optional: tuple[str, ...] = ()
    obtained: tuple[str, ...] = _TOKENS
    authorize_key: str = "authorizationUrl"


_IMPLICIT: Final = _Grant("custom", ("client_id",), obtained=("access_token",))
# Only a client that was issued credentials authenticates itself (RFC 6749 section 4.3.2).
_PASSWORD: Final = _Grant("oauth2_password", ("username", "password", *_CLIENT), optional=_CLIENT)
_APPLICATION: Final = _Grant("oauth2_client_credentials", _CLIENT, obtained=("access_token",))
_CODE: Final = _Grant("oauth2_authorization_code", _CLIENT)
_DEVICE: Final = _Grant("oauth2_device", ("client_id",), authorize_key="deviceAuthorizationUrl")
_GRANTS: Final[Mapping[str, _Grant]] = {
    "implicit": _IMPLICIT,
    "password": _PASSWORD,
    "application": _APPLICATION,
    "clientCredentials": _APPLICATION,
    "accessCode": _CODE,
    "authorizationCode": _CODE,
    "deviceAuthorization": _DEVICE,
}
"""Flows by their names in every version. No kind is for the implicit flow, which is obsolete (RFC 9700)."""
_FLOWS: Final = ("implicit", "password", "clientCredentials", "authorizationCode", "deviceAuthorization")
"""Keys of `flows`, from version 3.0 on."""


@dataclass(frozen=True, slots=True)
class RequestSlot:
    """Part of a request that carries a value; `{}` in the template is its name."""

    location: str
    name: str
    role: str
    template: str = "{}"

    @property
    def part(self) -> str:
        """Key of the part; both values of basic authentication share a header (RFC 7617)."""
        if self.location.startswith("basic_"):
            return AUTHORIZATION
        return find_slot(self.location, self.name)


@dataclass(frozen=True, slots=True)
class SchemeVariant:
    """Variant of a security scheme; `flow` is set if there are several.

    `supplied` and `obtained` are the roles of its values; the empty role is the credential itself, and `optional` are
    those that may be omitted. If `is_computed` is set, the Authorization header carries something that is computed from
    the values.
    """

    kind: str
    supplied: tuple[str, ...] = ()
    obtained: tuple[str, ...] = ()
    slots: tuple[RequestSlot, ...] = ()
    format: Node | None = None
    endpoints: MapNode | None = None
    scopes: tuple[ScalarNode, ...] = ()
    details: OAuthDetails = NO_DETAILS
    flow: str = ""
    extras: MapNode | None = None
    is_computed: bool = False
    optional: tuple[str, ...] = _OMITTED

    @property
    def parts(self) -> frozenset[str]:
        """Parts of a request that it fills."""
        own = frozenset(slot.part for slot in self.slots)
        return own | {AUTHORIZATION} if self.is_computed else own

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles of all its values."""
        return (*self.supplied, *self.obtained)


def read_variants(scheme: TrackedMapping, name: str, server: Server) -> tuple[SchemeVariant, ...] | Finding:
    """Return the variants of the security scheme called `name`, or why there are none.

    Relative addresses are those of `server`.
    """
    node = scheme.peek("type")
    stated = get_text(node)
    if stated is None or node is None:
        return report_missing_key("type", scheme.place)
    scheme_type = _recognise(stated, _READERS)
    if scheme_type is None:
        return report_unknown_value("type", stated, node.place, _READERS)
    withhold_literals(scheme)
    variants = _READERS[scheme_type](scheme, name, server)
    if isinstance(variants, Finding):
        return variants
    scheme.take("type")
    keys = _take_key_address(scheme, server)
    return tuple(replace(variant, endpoints=join_maps(variant.endpoints, keys)) for variant in variants)


def find_misspelt(scheme: TrackedMapping) -> Iterator[Finding]:
    """Yield a finding for each word that is known by another spelling only, in capital or small letters."""
    for key, known in (("type", _READERS), ("in", _LOCATIONS), ("flow", _GRANTS)):
        node = scheme.peek(key)
        stated = get_text(node)
        if node is not None and stated is not None and stated not in known and _recognise(stated, known) is not None:
            yield report_unknown_value(key, stated, node.place, known)._replace(severity=Severity.WARNING)


def _recognise(stated: str, known: Iterable[str]) -> str | None:
    """Return the one of the known words that is stated, in capital or small letters."""
    return next((word for word in known if word.lower() == stated.lower()), None)


def _take_key_address(scheme: TrackedMapping, server: Server) -> MapNode | None:
    """Return where the keys for signed tokens are, as Google's gateways state it for a scheme of any type."""
    return _take_endpoints(scheme, {"jwks": JWKS}, server) or _take_endpoints(
        scheme.child(GOOGLE), {"jwks": "jwksUri"}, server
    )


def _read_api_key(scheme: TrackedMapping, wire: str, _server: Server) -> tuple[SchemeVariant, ...] | Finding:
    node, name = scheme.peek("in"), get_text(scheme.peek("name"))
    if node is None or not name:
        return report_missing_key("name" if node is not None else "in", scheme.place)
    location = _recognise(get_text(node) or "", _LOCATIONS)
    if location is None:
        return report_unknown_value("in", str(get_text(node)), node.place, _LOCATIONS)
    if get_text(scheme.peek(_SIGNATURE)) == "awsSigv4":
        scheme.take(_SIGNATURE)
        return (SchemeVariant("aws_sigv4", ("access_key_id", "secret_access_key"), is_computed=True),)
    if name == NO_NAME and has_authorizer(scheme, "request", "token"):
        return (_read_identity("api_key", scheme),)
    # Otherwise there will be no placement, and these keys are kept instead.
    if not is_template_name(wire):
        return (SchemeVariant("api_key", ("",), slots=(RequestSlot(location, name, ""),)),)
    scheme.take("in")
    scheme.take("name")
    slot = RequestSlot(location, name, "", take_template(scheme, wire) or find_template(scheme, wire, location, name))
    return (SchemeVariant("api_key", ("",), slots=(slot,)),)


def _read_identity(kind: str, scheme: TrackedMapping, template: str = "{}") -> SchemeVariant:
    """Return the variant whose credentials are the identity sources of an authorizer, each with its own name."""
    sources = list_identity_sources(scheme)
    if len(sources) < 2:
        slots = tuple(RequestSlot(location, name, "", template) for location, name in sources)
        return SchemeVariant(kind, ("",), slots=slots)
    slots = tuple(RequestSlot(location, name, name) for location, name in sources)
    return SchemeVariant("custom", tuple(dict.fromkeys(slot.role for slot in slots)), slots=slots)


def _read_basic(_scheme: TrackedMapping, _wire: str, _server: Server) -> tuple[SchemeVariant, ...]:
    slots = (RequestSlot("basic_username", "", "username"), RequestSlot("basic_password", "", "password"))
    return (SchemeVariant("http_basic", ("username", "password"), slots=slots),)


def _read_http(scheme: TrackedMapping, wire: str, server: Server) -> tuple[SchemeVariant, ...] | Finding:
    """Return the variant of an HTTP authentication scheme (RFC 9110).

    One that has no kind defines by itself how it fills the Authorization header.
    """
    http_scheme = (get_text(scheme.peek("scheme")) or "").lower()
    if not http_scheme:
        return report_missing_key("scheme", scheme.place)
    if http_scheme == "basic":
        scheme.take("scheme")
        return _read_basic(scheme, wire, server)
    if http_scheme == "bearer":
        scheme.take("scheme")
        slot = RequestSlot("header", "Authorization", "", "Bearer {}")
        return (SchemeVariant("http_bearer", ("",), slots=(slot,), format=scheme.take_text("bearerFormat")),)
    if http_scheme in _MUTUAL_TLS:
        scheme.take("scheme")
        return _read_mutual_tls(scheme, wire, server)
    if http_scheme == "digest":
        scheme.take("scheme")
        return (SchemeVariant("http_digest", ("username", "password"), is_computed=True),)
    if http_scheme == "oauth":
        return (SchemeVariant("oauth1", ("",), is_computed=True),)
    names, optional = _list_properties(scheme)
    kind = "signature_hmac" if "hmac" in http_scheme else "custom"
    return (SchemeVariant(kind, names or ("",), is_computed=True, optional=optional),)


def _list_properties(scheme: TrackedMapping) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the values of a scheme that Speakeasy's extension describes, and those that may be omitted."""
    schema = scheme.child(_CUSTOM).child("schema").node
    properties, required = schema.find("properties"), schema.find("required")
    names = tuple(entry.key for entry in properties.entries) if isinstance(properties, MapNode) else ()
    needed = {get_text(item) for item in required.items} if isinstance(required, ListNode) else set()
    return names, tuple(name for name in names if name not in needed)


def _read_mutual_tls(_scheme: TrackedMapping, _wire: str, _server: Server) -> tuple[SchemeVariant, ...]:
    return (SchemeVariant("mtls", ("certificate", "private_key")),)


def _read_openid_connect(scheme: TrackedMapping, _wire: str, server: Server) -> tuple[SchemeVariant, ...]:
    endpoints = _take_endpoints(scheme, {"discovery": "openIdConnectUrl"}, server)
    return (SchemeVariant("openid_connect", _CLIENT, _TOKENS, slots=_BEARER, endpoints=endpoints),)


def _read_oauth2(scheme: TrackedMapping, _wire: str, server: Server) -> tuple[SchemeVariant, ...] | Finding:
    node = scheme.peek("flow")
    flow = get_text(node)
    if node is not None and flow is not None:
        grant = _recognise(flow, _GRANTS)
        if grant is None:
            return report_unknown_value("flow", flow, node.place, _GRANTS)
        scheme.take("flow")
        return (_read_only_flow(_GRANTS[grant], scheme, scheme, server),)
    node = scheme.peek("flows")
    entries = node.entries if isinstance(node, MapNode) else ()
    names = [entry.key for entry in entries if entry.key in _GRANTS and isinstance(entry.node, MapNode)]
    if not names and has_authorizer(scheme, "jwt"):
        return (_read_identity("jwt", scheme, "Bearer {}"),)
    if not names:
        other = next((entry for entry in entries if not entry.key.startswith("x-")), None)
        if other is not None and other.key not in _GRANTS:
            return report_unknown_key(other.key, other.place, _FLOWS)
        return report_missing_key("flows", scheme.place)
    flows = scheme.child("flows")
    metadata = _take_endpoints(scheme, {"discovery": "oauth2MetadataUrl"}, server)
    variants = (
        (_read_only_flow(_GRANTS[names[0]], flows.child(names[0]), scheme, server),)
        if len(names) == 1
        else tuple(_read_flow(name, _GRANTS[name], flows.child(name), server) for name in names)
    )
    joined = tuple(replace(variant, endpoints=join_maps(variant.endpoints, metadata)) for variant in variants)
    return _add_token_key(joined, scheme)


def _read_only_flow(grant: _Grant, flow: TrackedMapping, scheme: TrackedMapping, server: Server) -> SchemeVariant:
    """Return the only flow of a scheme; without an address, it is for signed tokens that Google's gateways check."""
    if grant is not _IMPLICIT or (get_text(flow.peek("authorizationUrl")) or "").strip(" /") or not has_issuer(scheme):
        return _read_flow("", grant, flow, server)
    location, name, prefix = find_token_place(scheme)
    return SchemeVariant("jwt", ("",), slots=(RequestSlot(location, name, "", f"{prefix}{{}}"),))


def _add_token_key(variants: tuple[SchemeVariant, ...], scheme: TrackedMapping) -> tuple[SchemeVariant, ...]:
    """Return the variants with the key that the scheme states for all flows with a token response."""
    if not any(map(_has_response, variants)):
        return variants
    key = scheme.take_text(SENT_KEY)
    return tuple(
        (
            replace(variant, details=replace(variant.details, token_key=key))
            if key is not None and variant.details.token_key is None and _has_response(variant)
            else variant
        )
        for variant in variants
    )


def _has_response(variant: SchemeVariant) -> bool:
    """Return whether tokens come from a token endpoint, rather than in the address to which the user returns."""
    return variant.kind != _IMPLICIT.kind


def _read_flow(name: str, grant: _Grant, flow: TrackedMapping, server: Server) -> SchemeVariant:
    keys = {"authorize": grant.authorize_key, "token": "tokenUrl", "refresh": "refreshUrl"}
    withhold_literals(flow)
    scopes = flow.peek("scopes")
    entries = scopes.entries if isinstance(scopes, MapNode) else ()
    details = take_details(flow, has_code=grant is _CODE) if grant is not _IMPLICIT else NO_DETAILS
    return SchemeVariant(
        grant.kind,
        grant.supplied,
        grant.obtained,
        _BEARER,
        endpoints=_add_query(_take_endpoints(flow, keys, server), details.query),
        scopes=tuple(
            scope for key, place, _ in entries if not key.startswith("x-") for scope in split_scopes(key, place)
        ),
        details=details,
        flow=name,
        extras=_keep_flow(name, flow) if name else None,
        optional=(*grant.optional, *_OMITTED),
    )


def _add_query(endpoints: MapNode | None, query: MapNode | None) -> MapNode | None:
    """Return the endpoints with the parameters of the authorization request."""
    if endpoints is None or query is None:
        return endpoints
    extra = make_map(query.place, query=query)
    entries = (
        (
            entry._replace(node=join_maps(entry.node, extra) or extra)
            if entry.key == "authorize" and isinstance(entry.node, MapNode)
            else entry
        )
        for entry in endpoints.entries
    )
    return MapNode(tuple(entries), endpoints.place)


def _keep_flow(name: str, flow: TrackedMapping) -> MapNode | None:
    leftovers = flow.leftovers()
    if leftovers is None:
        return None
    return make_map(flow.place, flows=MapNode((Entry(name, flow.place, leftovers),), flow.place))


def _take_endpoints(mapping: TrackedMapping, keys: Mapping[str, str], server: Server) -> MapNode | None:
    """Take the addresses under the keys of some roles; what is not an address is left."""
    endpoints = {role: _take_endpoint(mapping, key, server) for role, key in keys.items()}
    nodes = make_map(mapping.place, **endpoints)
    return nodes if nodes.entries else None


def _take_endpoint(mapping: TrackedMapping, key: str, server: Server) -> MapNode | None:
    address = (get_text(mapping.peek(key)) or "").strip()
    url = server.resolve(address) if address else None
    if url is None or withhold_address(mapping, key):
        return None
    node = mapping.take(key)
    return make_map(node.place if node is not None else mapping.place, url=url)


_BEARER: Final = (RequestSlot("header", "Authorization", "access_token", "Bearer {}"),)
"""Slot in which every resource server has to accept a token (RFC 6750 section 2.1)."""

_READERS: Final[Mapping[str, Callable[[TrackedMapping, str, Server], tuple[SchemeVariant, ...] | Finding]]] = {
    "apiKey": _read_api_key,
    "basic": _read_basic,
    "http": _read_http,
    "mutualTLS": _read_mutual_tls,
    "oauth2": _read_oauth2,
    "openIdConnect": _read_openid_connect,
}
"""Readers by the types of security schemes in every version."""
