"""Read the extensions in which tools of OpenAPI state the details of an OAuth flow that have no key of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from authscribe.model.draft import ScalarNode, get_text
from authscribe.model.openapi import CLIENT_AUTHENTICATION, CLIENT_METHODS, PKCE, SENT_KEY
from authscribe.readers.foreign.tracking import TrackedMapping

_CHALLENGES: Final[Mapping[object, bool]] = {True: True, False: False, "SHA-256": True, "plain": True, "no": False}
_LOCATION: Final = "x-scalar-credentials-location"
_METHODS: Final[Mapping[str, Mapping[str, str]]] = {
    CLIENT_AUTHENTICATION: {method: method for method in CLIENT_METHODS},
    _LOCATION: {"header": "client_secret_basic", "body": "client_secret_post"},
}
"""Client authentication methods (RFC 7591) by the values of each extension that states one."""


@dataclass(frozen=True, slots=True)
class OAuthDetails:
    """Details of a flow; `token_key` is the key of the token response with what is sent as the access token."""

    pkce: bool | None = None
    client_authentication: str | None = None
    token_key: ScalarNode | None = None


NO_DETAILS: Final = OAuthDetails()


def take_details(flow: TrackedMapping, *, has_code: bool) -> OAuthDetails:
    """Take the details of a flow that has a token response; a challenge belongs to one with a code (RFC 7636)."""
    node = flow.peek(PKCE) if has_code else None
    pkce = _CHALLENGES.get(node.value) if isinstance(node, ScalarNode) else None
    if pkce is not None:
        flow.take(PKCE)
    return OAuthDetails(pkce, _take_client_authentication(flow), flow.take_text(SENT_KEY))


def _take_client_authentication(flow: TrackedMapping) -> str | None:
    """Take the first extension with a known value."""
    for key, methods in _METHODS.items():
        method = methods.get(get_text(flow.peek(key)) or "")
        if method is not None:
            flow.take(key)
            return method
    return None
