"""Build Airbyte's authenticators, by which requests carry the credentials in a configuration.

The components are those of the declarative component schema of airbyte-cdk. A value that no authenticator sends is left
to the requests themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final, NamedTuple

from authscribe.encoders.jinja import encode_jinja_text
from authscribe.model.definitions import Kind, Location, Placement
from authscribe.model.placement_template import Hole, list_hole_names, parse_template
from authscribe.targets.airbyte.configuration import GRANTS, ConfiguredMethod, Json, is_bearer, list_sent
from authscribe.targets.airbyte.oauth import build_oauth, build_signing, find_secret
from authscribe.targets.airbyte.sessions import build_session
from authscribe.targets.airbyte.templates import join_texts, spell_parts, spell_placement
from authscribe.targets.plan import PLACEHOLDER

_INJECTIONS: Final[Mapping[Location, str]] = {
    Location.HEADER: "header",
    Location.QUERY: "request_parameter",
    Location.BODY: "body_json",
}
_BASIC_SLOTS: Final = (("username", Location.BASIC_USERNAME), ("password", Location.BASIC_PASSWORD))
_SESSION_TOKEN: Final = "{{ session_token }}"  # noqa: S105 - a reference
_CUSTOM: Final = frozenset({
    Kind.HTTP_DIGEST, Kind.OAUTH1, Kind.SIGNATURE_HMAC, Kind.SIGNATURE_HTTP, Kind.AWS_SIGV4, Kind.MTLS,
})  # fmt: skip
"""Kinds that only a program can authenticate with."""


class Authentication(NamedTuple):
    """Authenticator, and the placements whose values it sends."""

    authenticator: Json
    sent: tuple[Placement, ...] = ()


def build_authentication(method: ConfiguredMethod) -> Authentication:
    """Return the authenticator of a method."""
    build = _BUILDERS.get(method.kind, _build_api_key)
    return build(method) or _build_api_key(method) or _build_unplaced(method)


def _build_unplaced(method: ConfiguredMethod) -> Authentication:
    """Return the authenticator of a method about which it is not known where its credential goes."""
    secret = find_secret(method)
    if method.kind not in (Kind.API_KEY, Kind.HTTP_BEARER) or secret is None:
        return _build_program(method)
    return Authentication({"type": "ApiKeyAuthenticator", "api_token": spell_parts(method, [Hole(secret)])})


def _build_nothing(method: ConfiguredMethod) -> Authentication:
    del method
    return Authentication({"type": "NoAuth"})


def _build_program(method: ConfiguredMethod) -> Authentication:
    """Return an authenticator that somebody has to write."""
    del method
    return Authentication({"type": "CustomAuthenticator", "class_name": PLACEHOLDER})


def _build_api_key(method: ConfiguredMethod) -> Authentication | None:
    for placement in method.contract.placements:
        option = build_request_option(placement)
        if option is not None and is_configured(method, placement) and placement.fallback is None:
            token = spell_placement(method, placement)
            document = {"type": "ApiKeyAuthenticator", "api_token": token, "inject_into": option}
            return Authentication(document, (placement,))
    return _build_basic(method)


def _build_basic(method: ConfiguredMethod) -> Authentication | None:
    """Return an authenticator that sends a user name and a password, one of which may be a fixed text."""
    by_location = {each.location: each for each in method.contract.placements if each.fallback is None}
    slots = {key: by_location[location] for key, location in _BASIC_SLOTS if location in by_location}
    names = {name for placement in slots.values() for name in list_sent(placement)}
    if not names or not method.has_all(names):
        return None
    values = {key: spell_placement(method, placement) for key, placement in slots.items()}
    return Authentication({"type": "BasicHttpAuthenticator", "username": "", **values}, tuple(slots.values()))


def _build_bearer(method: ConfiguredMethod) -> Authentication | None:
    for placement in method.contract.placements:
        if is_bearer(placement) and is_configured(method, placement):
            token = spell_parts(method, parse_template(placement.value)[1:])
            return Authentication({"type": "BearerAuthenticator", "api_token": token}, (placement,))
    return None


def _build_jwt(method: ConfiguredMethod) -> Authentication | None:
    """Return an authenticator that signs the token which is sent."""
    sent, signed = _find_obtained(method), build_signing(method)
    if sent is None or signed is None:
        return _build_bearer(method)
    placement, parts = sent
    option = build_request_option(placement)
    is_authorization = option is not None and placement.name.lower() == "authorization"
    match parts:
        case [str() as prefix, Hole()] if is_authorization and prefix.endswith(" ") and prefix.strip():
            return Authentication({**signed, "header_prefix": prefix[:-1]}, (placement,))
        case [Hole()] if option is not None:
            return Authentication({**signed, "request_option": option}, (placement,))
    return None


def _build_oauth(method: ConfiguredMethod) -> Authentication | None:
    """Return an authenticator that sends the token as RFC 6750 states, unless the token is sent in another way."""
    bearer = next((each for each in method.contract.placements if is_bearer(each)), None)
    tokens = {method.obtained} if method.flow is None else {method.obtained, *method.flow.tokens}
    if bearer is None and any(_is_rival(each, tokens) for each in method.contract.placements):
        return _build_program(method) if method.obtained is not None else None
    token = next(iter(list_sent(bearer))) if bearer is not None else _find_access_token(method)
    return Authentication(build_oauth(method, GRANTS[method.kind], token), (bearer,) if bearer is not None else ())


def _is_rival(placement: Placement, tokens: Collection[str | None]) -> bool:
    """Return whether a placement sends a token, or something else where the authenticator would send it."""
    is_authorization = placement.location is Location.HEADER and placement.name.lower() == "authorization"
    return placement.location in _INJECTIONS and (is_authorization or not list_sent(placement).isdisjoint(tokens))


def _find_access_token(method: ConfiguredMethod) -> str | None:
    tokens = method.flow.tokens if method.flow is not None else {}
    return next((name for name, key in tokens.items() if key == "access_token"), None)


def _build_session(method: ConfiguredMethod) -> Authentication | None:
    sent = _find_obtained(method)
    if sent is None:
        return None
    placement, parts = sent
    if is_bearer(placement):
        return Authentication(build_session(method, {"type": "Bearer"}), (placement,))
    option = build_request_option(placement)
    if option is None:
        return None
    token = "".join(encode_jinja_text(part) if isinstance(part, str) else _SESSION_TOKEN for part in parts)
    request = {"type": "ApiKey", "api_token": token, "inject_into": option}
    return Authentication(build_session(method, request), (placement,))


def _find_obtained(method: ConfiguredMethod) -> tuple[Placement, list[str | Hole]] | None:
    """Return the placement that sends the token which the authenticator obtains, and the template that does so."""
    for placement in method.contract.placements:
        for template in placement.templates:
            if list_hole_names(template) == {method.obtained}:
                return placement, join_texts(parse_template(template))
    return None


_BUILDERS: Final[Mapping[Kind, Callable[[ConfiguredMethod], Authentication | None]]] = {
    Kind.NONE: _build_nothing,
    Kind.HTTP_BASIC: _build_basic,
    Kind.HTTP_BEARER: _build_bearer,
    Kind.JWT: _build_jwt,
    Kind.TWO_STEP: _build_session,
    **dict.fromkeys(GRANTS, _build_oauth),
    **dict.fromkeys(_CUSTOM, _build_program),
}
"""Builders of the kinds that have an authenticator of their own."""


def build_request_option(placement: Placement) -> Json | None:
    """Return where an authenticator puts a value; None if it cannot put it there."""
    injection = _INJECTIONS.get(placement.location)
    if injection is None or not placement.name.strip():
        return None
    path = placement.name.split(".")
    is_nested = placement.location is Location.BODY and len(path) > 1
    name = {"field_path": path} if is_nested else {"field_name": placement.name}
    return {"type": "RequestOption", "inject_into": injection, **name}


def is_configured(method: ConfiguredMethod, placement: Placement) -> bool:
    """Return whether a placement sends values, and the configuration has all of them."""
    names = list_sent(placement)
    return bool(names) and method.has_all(names)
