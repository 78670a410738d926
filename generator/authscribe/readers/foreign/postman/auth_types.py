"""List Postman's types of authentication: the parameters of each, and what its requests carry.

Sources: the authorizers of `postman-runtime`. A parameter is secret if it is a credential by itself; identifiers of
users, clients and keys are not (RFC 7617, RFC 6749 section 2.2, RFC 5849 section 1.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class AuthType:
    """Type of authentication.

    `secrets` and `identifiers` are the parameters that it needs, `optional` the other ones that may be variables.
    `slots` are location, name and template of what it sends, in which a parameter is in braces.
    """

    kind: str
    secrets: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    slots: tuple[tuple[str, str, str], ...] = ()


_BASIC: Final = (("basic_username", "", "{username}"), ("basic_password", "", "{password}"))
_USER: Final = ("username",)
_PASSWORD: Final = ("password",)

AUTH_TYPES: Final[Mapping[str, AuthType]] = {
    "apikey": AuthType("api_key", ("value",)),
    "asap": AuthType("jwt", ("privateKey",), ("iss", "aud", "kid"), ("sub",)),
    "awsv4": AuthType("aws_sigv4", ("secretKey",), ("accessKey",), ("sessionToken", "region", "service")),
    "basic": AuthType("http_basic", _PASSWORD, _USER, slots=_BASIC),
    "bearer": AuthType("http_bearer", ("token",), slots=(("header", "Authorization", "Bearer {token}"),)),
    "digest": AuthType("http_digest", _PASSWORD, _USER, ("realm",)),
    "edgegrid": AuthType("signature_hmac", ("accessToken", "clientToken", "clientSecret"), (), ("baseURL",)),
    "hawk": AuthType("signature_hmac", ("authKey",), ("authId",), ("user", "app", "extraData")),
    "jwt": AuthType("jwt", ("secret",)),
    "ntlm": AuthType("custom", _PASSWORD, _USER, ("domain", "workstation")),
    "oauth1": AuthType("oauth1", ("consumerSecret", "tokenSecret"), ("consumerKey", "token"), ("realm",)),
    "oauth2": AuthType("oauth2_authorization_code"),
}
"""Types by their names; `noauth` has none, and the table of `oauth2` depends on the grant."""

NO_AUTH: Final = "noauth"
SECRET_OPTIONS: Final = frozenset({"sessionToken", "extraData"})
"""Optional parameters that are credentials."""


@dataclass(frozen=True, slots=True)
class Grant:
    """OAuth 2.0 grant: its kind, the parameters that it needs, and whether it gives a refresh token and uses PKCE."""

    kind: str
    secrets: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    has_user: bool = False
    has_refresh: bool = False
    pkce: bool | None = None


_CLIENT: Final = ("clientId",)
_CLIENT_SECRET: Final = ("clientSecret",)
GRANTS: Final[Mapping[str, Grant]] = {
    "authorization_code": Grant(
        "oauth2_authorization_code", _CLIENT_SECRET, _CLIENT, has_user=True, has_refresh=True, pkce=False
    ),
    "authorization_code_with_pkce": Grant(
        "oauth2_authorization_code", _CLIENT_SECRET, _CLIENT, has_user=True, has_refresh=True, pkce=True
    ),
    "client_credentials": Grant("oauth2_client_credentials", _CLIENT_SECRET, _CLIENT),
    # No kind is for the implicit grant, which is obsolete (RFC 9700).
    "implicit": Grant("custom", (), _CLIENT, has_user=True),
    "password_credentials": Grant(
        "oauth2_password", (*_CLIENT_SECRET, "password"), (*_CLIENT, "username"), has_refresh=True
    ),
}
"""Grants by the values of `grant_type`; the first is Postman's default."""
DEFAULT_GRANT: Final = "authorization_code"
OPTIONAL_SECRETS: Final = frozenset({"authorization_code_with_pkce"})
"""Grants for which a public client has no secret (RFC 7636)."""
GRANT_KINDS: Final[Mapping[str, str]] = {
    "authorization_code": "oauth2_authorization_code",
    "client_credentials": "oauth2_client_credentials",
    "password": "oauth2_password",
    "refresh_token": "oauth2_refresh",
    "urn:ietf:params:oauth:grant-type:device_code": "oauth2_device",
    "urn:ietf:params:oauth:grant-type:jwt-bearer": "oauth2_jwt_bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange": "oauth2_token_exchange",
}
"""Kinds by the grants that requests for tokens state (RFC 6749, RFC 7523, RFC 8628, RFC 8693)."""
