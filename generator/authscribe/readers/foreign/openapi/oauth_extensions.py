"""Read the extensions in which tools of OpenAPI state the details of an OAuth flow that have no key of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import ListNode, MapNode, ScalarNode, get_text
from authscribe.model.openapi import BODY, CLIENT_AUTHENTICATION, CLIENT_METHODS, PKCE, SENT_KEY
from authscribe.readers.foreign.literal_credentials import list_credential_paths, may_hold_credential
from authscribe.readers.foreign.tracking import TrackedMapping, withhold_at

_CHALLENGES: Final[Mapping[object, bool]] = {True: True, False: False, "SHA-256": True, "plain": True, "no": False}
_LOCATION: Final = "x-scalar-credentials-location"
_QUERY: Final = "x-scalar-security-query"
_CHOSEN: Final = "x-default-scopes"
_METHODS: Final[Mapping[str, Mapping[str, str]]] = {
    CLIENT_AUTHENTICATION: {method: method for method in CLIENT_METHODS},
    _LOCATION: {"header": "client_secret_basic", "body": "client_secret_post"},
}
"""Client authentication methods (RFC 7591) by the values of each extension that states one."""


@dataclass(frozen=True, slots=True)
class OAuthDetails:
    """Details of a flow; `token_key` is the key of the token response with what is sent as the access token.

    `query` and `body` are further parameters of the authorization request and of the token request, and `scopes` those
    that are asked for unless the user chooses others.
    """

    pkce: bool | None = None
    client_authentication: str | None = None
    token_key: ScalarNode | None = None
    query: MapNode | None = None
    body: MapNode | None = None
    scopes: tuple[ScalarNode, ...] = ()


NO_DETAILS: Final = OAuthDetails()


def take_details(flow: TrackedMapping, *, has_code: bool) -> OAuthDetails:
    """Take the details of a flow that has a token response; a challenge belongs to one with a code (RFC 7636)."""
    node = flow.peek(PKCE) if has_code else None
    pkce = _CHALLENGES.get(node.value) if isinstance(node, ScalarNode) else None
    if pkce is not None:
        flow.take(PKCE)
    return OAuthDetails(
        pkce,
        _take_client_authentication(flow),
        flow.take_text(SENT_KEY),
        _take_parameters(flow, _QUERY) if flow.peek("authorizationUrl") is not None else None,
        _take_parameters(flow, BODY),
        _take_scopes(flow),
    )


def _take_parameters(flow: TrackedMapping, key: str) -> MapNode | None:
    """Take parameters with fixed values that refer to nothing; none if one may be a credential."""
    node = flow.peek(key)
    if not isinstance(node, MapNode) or not node.entries or may_hold_credential(key, node):
        return None
    values = (get_text(entry.node) for entry in node.entries)
    if any(value is None or "{" in value for value in values):
        return None
    flow.take(key)
    return node


def withhold_literals(mapping: TrackedMapping) -> None:
    """Withhold the credentials in extensions of a scheme or flow, for calls of a reference page."""
    for key in mapping.keys:
        node = mapping.peek(key)
        if node is not None and key.startswith("x-"):
            for path in list_credential_paths(key, node):
                withhold_at(mapping, (key, *path))


def split_scopes(text: str, place: Place) -> tuple[ScalarNode, ...]:
    """Return the scopes in a text: spaces part them (RFC 6749 section 3.3), so that `read write` is no single one."""
    return tuple(ScalarNode(scope, place) for scope in text.split())


def _take_scopes(flow: TrackedMapping) -> tuple[ScalarNode, ...]:
    node = flow.peek(_CHOSEN)
    items = node.items if isinstance(node, ListNode) else ()
    texts = [(text, item.place) for item in items if (text := get_text(item)) is not None]
    if items and len(texts) == len(items):
        flow.take(_CHOSEN)
        return tuple(chain.from_iterable(split_scopes(*text) for text in texts))
    return ()


def _take_client_authentication(flow: TrackedMapping) -> str | None:
    """Take the first extension with a known value."""
    for key, methods in _METHODS.items():
        method = methods.get(get_text(flow.peek(key)) or "")
        if method is not None:
            flow.take(key)
            return method
    return None
