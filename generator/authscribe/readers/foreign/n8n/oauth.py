"""Read the OAuth facts that a credential type of n8n states in properties with fixed names.

By n8n's code, the client authenticates in the header unless `authentication` is `body`, PKCE is used with the grant
`pkce` or the flag `usePkce`, and tokens are under `oauthTokenData`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from authscribe.findings.finding import Place
from authscribe.model.credential_names import may_be_credential
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, Value
from authscribe.model.placement_template import Hole
from authscribe.readers.foreign.filled_templates import FilledTemplate
from authscribe.readers.foreign.literal_credentials import holds_credential
from authscribe.readers.foreign.n8n.scope import PropertyScope
from authscribe.readers.foreign.request_slots import FilledSlot
from authscribe.readers.foreign.scheme_lists import ObtainedSecret
from authscribe.readers.foreign.tracking import make_list, make_map, make_plain_map

GRANT: Final = "grantType"
_BODY: Final = "additionalBodyProperties"
CONTROLS: Final = (
    GRANT, "authUrl", "accessTokenUrl", "requestTokenUrl", "scope", "authQueryParameters", "authentication", "usePkce",
    _BODY,
)  # fmt: skip
"""Properties whose constants are facts about OAuth, and not settings."""

SWITCHES: Final = ("useDynamicClientRegistration", "clientCredentialType", "sendAdditionalBodyProperties")
"""Properties that decide which others a form shows; their constants are no settings either."""

_CLIENT_CREDENTIALS: Final = "clientCredentials"
_PKCE: Final = "pkce"
_ACCESS: Final = "oauthTokenData.access_token"
_REFRESH: Final = "oauthTokenData.refresh_token"
_TOKENS1: Final = ("oauthTokenData.oauth_token", "oauthTokenData.oauth_token_secret")


@dataclass(frozen=True, slots=True)
class OAuthFacts:
    """Kind, tokens, slots, endpoints, OAuth details and request for a token of a scheme."""

    kind: str
    tokens: tuple[ObtainedSecret, ...]
    slots: tuple[FilledSlot, ...] = ()
    endpoints: MapNode | None = None
    details: MapNode | None = None
    request: MapNode | None = None


def read_oauth1(scope: PropertyScope, place: Place) -> OAuthFacts:
    """Return the facts of OAuth 1.0a, with which requests are signed."""
    tokens = tuple(_make_token(name, place) for name in _TOKENS1)
    urls = {"request_token": "requestTokenUrl", "authorize": "authUrl", "token": "accessTokenUrl"}
    endpoints = {role: _read_endpoint(scope, name) for role, name in urls.items()}
    return OAuthFacts("oauth1", tokens, endpoints=_make_endpoints(endpoints, place))


def read_oauth2(scope: PropertyScope, place: Place) -> OAuthFacts:
    """Return the facts of OAuth 2.0 with the grant of a scope."""
    grant = scope.constants.get(GRANT)
    is_alone = grant == _CLIENT_CREDENTIALS
    names = (_ACCESS,) if is_alone else (_ACCESS, _REFRESH)
    endpoints = {
        "authorize": None if is_alone else _read_authorization(scope),
        "token": _read_endpoint(scope, "accessTokenUrl"),
    }
    bearer = FilledSlot("header", "Authorization", FilledTemplate(("Bearer ", Hole(_ACCESS))))
    return OAuthFacts(
        "oauth2_client_credentials" if is_alone else "oauth2_authorization_code",
        tuple(_make_token(name, place) for name in names),
        (bearer,),
        _make_endpoints(endpoints, place),
        make_map(place, **_read_details(scope, None if is_alone else grant == _PKCE)),
        _read_request(scope, place) if is_alone else None,
    )


def _make_token(name: str, place: Place) -> ObtainedSecret:
    is_optional = True if name == _REFRESH else None
    lifetime = "expires" if name == _ACCESS else None
    origin = make_map(place, source="onboarding")
    return ObtainedSecret(ScalarNode(name, place), origin, make_map(place, optional=is_optional), lifetime)


def _make_endpoints(endpoints: Mapping[str, MapNode | None], place: Place) -> MapNode | None:
    return make_plain_map({role: node for role, node in endpoints.items() if node is not None}, place)


def _read_endpoint(scope: PropertyScope, name: str) -> MapNode | None:
    """Return the URL in a property: its constant, or a reference to it if the owner states it."""
    declared = scope.properties.get(name)
    if declared is None or scope.find_open_conditions(declared) is None:
        return None
    place = declared.name.place
    if not declared.is_hidden:
        default = declared.default if isinstance(declared.default, str) and not declared.is_expression else ""
        return make_map(place, url=f"${{{name}}}", fallback=None if holds_credential(default) else default or None)
    return scope.fill_address(declared.declared, "default", name) if isinstance(declared.default, str) else None


def _read_authorization(scope: PropertyScope) -> MapNode | None:
    """Return the authorization URL with the parameters that n8n adds to it."""
    endpoint, declared = _read_endpoint(scope, "authUrl"), scope.properties.get("authQueryParameters")
    if endpoint is None or declared is None or not declared.is_hidden:
        return endpoint
    filled = scope.fill_default(declared)
    if filled is None or not filled.parts:
        return endpoint
    if holds_credential(f"?{filled.to_url()}"):
        declared.declared.withhold("default")
        return endpoint
    url = endpoint.find("url")
    if filled.names:
        text = str(url.value) if isinstance(url, ScalarNode) else ""
        return make_map(endpoint.place, url=f"{text}{'&' if '?' in text else '?'}{filled.to_url()}")
    pairs: dict[str, Node | Value] = {**dict(parse_qsl(filled.to_url(), keep_blank_values=True))}
    query = make_map(declared.name.place, query=make_plain_map(pairs, declared.name.place))
    return MapNode((*endpoint.entries, *query.entries), endpoint.place)


def _read_details(scope: PropertyScope, pkce: bool | None) -> dict[str, Node | Value]:  # noqa: FBT001 - a fact
    declared = scope.properties.get("usePkce")
    is_forced = declared is not None and declared.is_hidden and declared.default is True
    scopes, separator = _read_scopes(scope)
    return {
        "scopes": scopes,
        "scope_separator": separator,
        "pkce": True if is_forced and pkce is not None else pkce,
        "client_authentication": _find_client_authentication(scope),
    }


def _read_request(scope: PropertyScope, place: Place) -> MapNode | None:
    """Return the request of a client with the fields that it has besides the standard ones; None if there are none.

    Fields that hold a credential are withheld, all of them, and so are those of a form that is not understood.
    """
    declared = scope.properties.get(_BODY)
    filled = scope.fill_default(declared) if declared is not None and declared.is_hidden else None
    if declared is None or filled is None or not filled.parts:
        return None
    fields = _parse_fields(filled.to_url())
    if fields is None:
        scope.report_unread(declared)
        declared.declared.withhold("default")
        return None
    if any("${" not in str(value) and may_be_credential(name, str(value)) for name, value in fields.items()):
        declared.declared.withhold("default")
        return None
    body = make_plain_map(fields, declared.name.place)
    return make_map(place, body=body) if body is not None else None


def _parse_fields(text: str) -> dict[str, Value] | None:
    """Return the fields of a form, which JSON states; None for anything else."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return None
    is_form = isinstance(fields, dict) and all(isinstance(value, str | int | float) for value in fields.values())
    return fields if is_form else None


def _find_client_authentication(scope: PropertyScope) -> str:
    """Return the method of RFC 7591; that of the default if the owner chooses between header and body."""
    secret, method = scope.properties.get("clientSecret"), scope.properties.get("authentication")
    if scope.constants.get("clientCredentialType") == "certificate":
        return "private_key_jwt"
    if secret is not None and secret.is_hidden and not secret.is_constant:
        return "none"
    return "client_secret_post" if method is not None and method.default == "body" else "client_secret_basic"


def _read_scopes(scope: PropertyScope) -> tuple[ListNode | None, str | None]:
    """Return the scopes and their separator, if it is not a space; a scope with a comma in it is unknown to n8n.

    Scopes with values of the owner are reported, and left out.
    """
    declared = scope.properties.get("scope")
    filled = scope.fill_default(declared) if declared is not None else None
    if declared is None or filled is None:
        return None, None
    if filled.names:
        scope.report_unread(declared)
        return None, None
    text = filled.to_url()
    separator = "," if "," in text else None
    return make_list(tuple(_split_scopes(text, declared.name.place)), declared.name.place), separator


def _split_scopes(text: str, place: Place) -> Iterator[ScalarNode]:
    return (ScalarNode(word, place) for word in dict.fromkeys(re.split(r"[,\s]+", text)) if word)
