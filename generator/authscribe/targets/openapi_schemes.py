"""Describe how a scheme sends its credentials by the security schemes of OpenAPI."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from authscribe.encoders.markdown import encode_commonmark
from authscribe.model.contract import Contract
from authscribe.model.credential_names import is_clear_credential
from authscribe.model.definitions import Kind, Location, Placement, Scheme, Stage, TokenRequest
from authscribe.model.openapi import BODY, CLIENT_AUTHENTICATION, CLIENT_METHODS, JWKS, ORIGIN, PKCE, SENT_KEY, VALUE
from authscribe.model.placement_template import (
    Hole,
    fill_variables,
    list_hole_names,
    list_variable_names,
    parse_template,
)
from authscribe.targets.addresses import list_addresses
from authscribe.targets.plan import PLACEHOLDER

DEVICE_FLOW: Final = "deviceAuthorization"
METADATA: Final = "oauth2MetadataUrl"
_UNKNOWN_ADDRESS: Final = f"https://{PLACEHOLDER}"

_FLOWS: Final[Mapping[Kind, tuple[str, Mapping[str, str]]]] = {
    Kind.OAUTH2_AUTHORIZATION_CODE: ("authorizationCode", {"authorizationUrl": "authorize", "tokenUrl": "token"}),
    Kind.OAUTH2_CLIENT_CREDENTIALS: ("clientCredentials", {"tokenUrl": "token"}),
    Kind.OAUTH2_PASSWORD: ("password", {"tokenUrl": "token"}),
    Kind.OAUTH2_DEVICE: (DEVICE_FLOW, {"deviceAuthorizationUrl": "authorize", "tokenUrl": "token"}),
}
"""Flow of each kind that has one, and the roles of the endpoints that the flow needs."""

_IMPLICIT: Final = ("implicit", {"authorizationUrl": "authorize"})

COMPUTED: Final[Mapping[Kind, dict[str, object]]] = {
    Kind.HTTP_DIGEST: {"type": "http", "scheme": "digest"},
    # The authentication scheme that RFC 5849 registers.
    Kind.OAUTH1: {"type": "http", "scheme": "oauth"},
    Kind.MTLS: {"type": "mutualTLS"},
    # OpenAPI has no type for it; this extension of Amazon's API Gateway is how other tools know it.
    Kind.AWS_SIGV4: {
        "type": "apiKey", "in": "header", "name": "Authorization", "x-amazon-apigateway-authtype": "awsSigv4",
    },
}  # fmt: skip
"""Security scheme of each kind that computes a part of the request, beside what the placements fill."""

_BEARER_KINDS: Final = frozenset({
    Kind.HTTP_BEARER, Kind.JWT, Kind.OAUTH2_REFRESH, Kind.OAUTH2_JWT_BEARER, Kind.OAUTH2_TOKEN_EXCHANGE,
})  # fmt: skip
"""Kinds whose token is sent as RFC 6750 states, unless placements state another way."""

PARAMETERS: Final = frozenset({Location.HEADER, Location.QUERY, Location.COOKIE})
_BASIC: Final = frozenset({Location.BASIC_USERNAME, Location.BASIC_PASSWORD})
NOT_DESCRIBED: Final = frozenset({Location.PATH, Location.BODY})
COMPONENT: Final = re.compile(r"[A-Za-z0-9._-]+")
"""Names that a component can have."""

_ORIGIN: Final = re.compile(r"\$\{[^{}]+\}(?:://[^/]*)?")
"""Matches the origin of an address that begins with a variable, which holds the scheme, or the origin."""

_BEARER: Final = re.compile("bearer +", re.IGNORECASE)
"""Scheme of RFC 6750 in a header; the letter case of such a name does not matter (RFC 9110 section 11.1)."""


class SecurityScheme(NamedTuple):
    """Security scheme with the name that it has if no other one has it, and the scopes that are required."""

    name: str
    document: Mapping[str, object]
    scopes: tuple[str, ...] = ()


class SchemeUse(NamedTuple):
    """Scheme as a contract uses it, with those of the placements that are its own."""

    scheme: Scheme
    contract: Contract
    placements: Sequence[Placement]
    name: str


def list_security_schemes(use: SchemeUse) -> Iterator[SecurityScheme]:
    """Yield the security schemes that are required together for one scheme.

    There is at least one, unless the scheme has no kind or all of its secrets are in the address of the server.
    """
    kind = use.scheme.kind
    described = list(_list_described(use))
    if described:
        yield from described
    elif any(placement.location in NOT_DESCRIBED for placement in use.placements):
        yield _make_placeholder(use)
    elif kind in _BEARER_KINDS or kind in _FLOWS or kind is Kind.OPENID_CONNECT:
        yield _make_token_scheme(use, "")
    elif kind is Kind.HTTP_BASIC:
        yield _make_scheme(use, use.name, {"type": "http", "scheme": "basic"})
    elif kind is not Kind.NONE and not _is_in_address(use):
        yield _make_placeholder(use)


def _is_in_address(use: SchemeUse) -> bool:
    """Return whether variables of the server that certainly are credentials hold all secrets of a scheme."""
    variables = list_variable_names(list_addresses(use.contract.endpoints).get("base", ""))
    secrets = [secret.name for secret in use.scheme.required if secret.is_masked]
    named = [name for name in secrets if name in variables and is_clear_credential(name)]
    return bool(secrets) and named == secrets


def _list_described(use: SchemeUse) -> Iterator[SecurityScheme]:
    """Yield the security schemes for what is computed and for the placements that OpenAPI can describe."""
    if use.scheme.kind in COMPUTED:
        yield _make_scheme(use, use.name, COMPUTED[use.scheme.kind])
    basic = [placement for placement in use.placements if placement.location in _BASIC]
    if basic:
        values = {each.location.value: value for each in basic if (value := _describe_value(each)) is not None}
        extension = {VALUE: values} if values else {}
        yield _make_scheme(use, use.name, {"type": "http", "scheme": "basic", **extension})
    for placement in use.placements:
        if placement.location in PARAMETERS and list_hole_names(*placement.templates):
            yield _make_parameter_scheme(use, placement)


def _describe_value(placement: Placement) -> object:
    """Return the template of a value, or the templates in the order in which they are tried; None if it is a name."""
    templates = placement.templates
    if len(templates) > 1:
        return list(templates)
    return None if [*map(type, parse_template(templates[0]))] == [Hole] else templates[0]


def _make_parameter_scheme(use: SchemeUse, placement: Placement) -> SecurityScheme:
    names = [part.name for each in placement.templates for part in parse_template(each) if isinstance(part, Hole)]
    is_authorization = placement.location is Location.HEADER and placement.name.lower() == "authorization"
    if is_authorization and all(map(_is_bearer, placement.templates)):
        return _make_token_scheme(use, names[0])
    value = _describe_value(placement)
    document = {
        "type": "apiKey",
        "in": placement.location.value,
        "name": placement.name,
        **({VALUE: value} if value is not None else {}),
    }
    return _make_scheme(use, _name_credential(names[0], use), document)


def _is_bearer(template: str) -> bool:
    match parse_template(template):
        case (str() as word, Hole()):
            return _BEARER.fullmatch(word) is not None
    return False


def _name_credential(name: str, use: SchemeUse) -> str:
    """Return the name of a secret or parameter, if a component can have it, or else the name of the scheme.

    The reader of OpenAPI calls a secret `key.value` if the parameter of a server has the name of its component `key`.
    """
    return name if COMPONENT.fullmatch(name) and name != f"{use.name}.value" else use.name


def _make_token_scheme(use: SchemeUse, name: str) -> SecurityScheme:
    """Return the security scheme of a token that is sent as RFC 6750 states; `name` is that of the secret, if known."""
    kind, oauth = use.scheme.kind, use.contract.oauth
    scopes = oauth.scopes if oauth is not None else ()
    addresses = _list_absolute(use.contract)
    discovery = addresses.get("discovery")
    keys = {JWKS: addresses["jwks"]} if "jwks" in addresses else {}
    if kind is Kind.OPENID_CONNECT:
        document = {"type": "openIdConnect", "openIdConnectUrl": discovery or _UNKNOWN_ADDRESS, **keys}
        return _make_scheme(use, use.name, document, scopes)
    if kind in _FLOWS or _is_implicit(use):
        metadata = {METADATA: discovery} if discovery is not None else {}
        key = oauth.response.get(name) if oauth is not None and kind in _FLOWS else None
        # A key with dots leads to one inside of another.
        sent = {SENT_KEY: key} if key is not None and "." not in key else {}
        flows = {"type": "oauth2", "flows": _build_flows(use), **metadata, **sent, **keys}
        return _make_scheme(use, use.name, flows, scopes)
    value_format = "JWT" if kind is Kind.JWT else _find_format(use.contract, name) if name else None
    document = {"type": "http", "scheme": "bearer", **({"bearerFormat": value_format} if value_format else {}), **keys}
    return _make_scheme(use, _name_credential(name, use), document)


def _find_format(contract: Contract, name: str) -> str | None:
    return next((setting.format for setting in contract.settings if setting.name == name), None)


def _is_implicit(use: SchemeUse) -> bool:
    """Return whether a user logs in and the token comes from there; no kind is for this flow, which is obsolete."""
    endpoints = use.contract.endpoints
    is_custom = use.scheme.kind is Kind.CUSTOM and use.contract.token_request is None
    return is_custom and endpoints.authorize is not None and endpoints.token is None


def _build_flows(use: SchemeUse) -> dict[str, object]:
    """Return the flow of a kind; an address that is not known is a placeholder, since the flow needs it."""
    flow, roles = _FLOWS.get(use.scheme.kind, _IMPLICIT)
    addresses, oauth = _list_absolute(use.contract), use.contract.oauth
    urls = {key: addresses.get(role, _UNKNOWN_ADDRESS) for key, role in roles.items()}
    refresh = addresses.get("refresh")
    scopes = (*oauth.scopes, *oauth.optional_scopes) if oauth is not None else ()
    refresh_url = {"refreshUrl": refresh} if refresh else {}
    details = {**_build_details(use), **_build_body(use.contract.token_request)}
    return {flow: {**urls, **refresh_url, "scopes": dict.fromkeys(scopes, ""), **details}}


def _build_body(request: TokenRequest | None) -> dict[str, object]:
    """Return the parameters of a token request, if all of them have fixed values."""
    body = request.body if request is not None and isinstance(request.body, dict) else {}
    is_fixed = bool(body) and all(isinstance(value, str) and "{" not in value for value in body.values())
    return {BODY: body} if is_fixed else {}


def _build_details(use: SchemeUse) -> dict[str, object]:
    """Return the details of a flow that has a token response."""
    oauth = use.contract.oauth
    if oauth is None or use.scheme.kind not in _FLOWS:
        return {}
    has_code = use.scheme.kind is Kind.OAUTH2_AUTHORIZATION_CODE
    method = oauth.client_authentication
    return {
        # A client that can use this method has to (RFC 7636 section 4.2).
        **({PKCE: "SHA-256" if oauth.pkce else False} if has_code and oauth.pkce is not None else {}),
        **({CLIENT_AUTHENTICATION: method} if method in CLIENT_METHODS else {}),
    }


def _list_absolute(contract: Contract) -> dict[str, str]:
    """Return the addresses by role, without those that begin with a variable: OpenAPI would take them for relative.

    Variables are spelled as in the address of the server. An address below the origin of the server, if
    that begins with a variable, or below that of the document, is relative.
    """
    addresses = list_addresses(contract.endpoints)
    origin = _find_origin(addresses.get("base"))
    relative = {
        role: url.removeprefix(origin) if url.startswith(f"{origin}/") else url for role, url in addresses.items()
    }
    usable = {role: url for role, url in relative.items() if url.startswith("/") or _is_absolute(url)}
    return {role: fill_variables(url, "{{{}}}".format) for role, url in usable.items()}


def _is_absolute(url: str) -> bool:
    return "://" in url.partition("$")[0]


def _find_origin(base: str | None) -> str:
    """Return the origin of a server that begins with a variable, or of the document if there is no server."""
    match = _ORIGIN.match(base if base is not None else f"${{{ORIGIN}}}")
    return match[0] if match is not None else ORIGIN


def _make_placeholder(use: SchemeUse) -> SecurityScheme:
    """Return a security scheme to be replaced: without any, the document would claim that no credential is needed."""
    document = {"type": "apiKey", "in": Location.HEADER.value, "name": PLACEHOLDER, "x-kind": use.scheme.kind.value}
    return _make_scheme(use, use.name, document)


def _make_scheme(
    use: SchemeUse, name: str, document: Mapping[str, object], scopes: tuple[str, ...] = ()
) -> SecurityScheme:
    facts = {
        **({"description": encode_commonmark(use.scheme.summary)} if use.scheme.summary.strip() else {}),
        **({"deprecated": True} if use.scheme.status is Stage.DEPRECATED else {}),
    }
    return SecurityScheme(name, {**document, **facts}, scopes)
