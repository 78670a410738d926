"""List Nango's authentication modes: what each asks for and obtains, and what its requests carry.

Sources: Nango's types (`packages/types/lib/auth`), its form for credentials, and the headers that its proxy sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class StandardField:
    """Field that Nango knows by its name; `secret` is `yes`, `no` or `unknown`."""

    secret: str
    description: str


STANDARD: Final[Mapping[str, StandardField]] = {
    "apiKey": StandardField("yes", "The key that stands for the account."),
    "app_id": StandardField("no", "The identifier of the app at the provider."),
    "app_link": StandardField("no", "The address at which the app is installed."),
    "client_certificate": StandardField("yes", "The certificate that the client shows."),
    "client_id": StandardField("no", "The identifier of the client at the provider."),
    "client_private_key": StandardField("yes", "The private key of the client's certificate."),
    "client_secret": StandardField("yes", "The secret of the client at the provider."),
    "content_url": StandardField("yes", "The address of the site."),
    "dev_key": StandardField("yes", "The key of the developer."),
    "oauth_client_id_override": StandardField("no", "The identifier of a client of the owner's own."),
    "oauth_client_secret_override": StandardField("yes", "The secret of a client of the owner's own."),
    "organization_id": StandardField("no", "The identifier of the organisation."),
    "password": StandardField("yes", "The password."),
    "pat_name": StandardField("no", "The name of the personal access token."),
    "pat_secret": StandardField("yes", "The secret of the personal access token."),
    "private_key": StandardField("yes", "The private key of the app."),
    "privateKey": StandardField("yes", "The private key that signs."),
    "token_id": StandardField("yes", "The identifier of the token."),
    "token_secret": StandardField("yes", "The secret of the token."),
    # Nango's form calls it "not secret", but many providers ask for an API key under this name.
    "username": StandardField("unknown", "The name of the user."),
}
"""Fields of Nango's own form, which decide for a provider that does not mark its secrets."""


@dataclass(frozen=True, slots=True)
class ModeToken:
    """Token that a mode obtains; `name` is its name in templates, else the one under which Nango stores it."""

    name: str
    description: str
    source: str
    lifetime: str | None = None


@dataclass(frozen=True, slots=True)
class AuthMode:
    """Authentication mode.

    `fields` are asked for in addition to what the provider declares, and `kept_fields` are needed at run time as well;
    a mode without tokens needs all fields at run time. `placements` (location, name, template) apply unless the headers
    of the provider replace them.
    """

    kind: str
    fields: tuple[str, ...] = ()
    tokens: tuple[ModeToken, ...] = ()
    kept_fields: tuple[str, ...] = ()
    placements: tuple[tuple[str, str, str], ...] = ()


ACCESS: Final = "accessToken"
REFRESH: Final = "refreshToken"
_CLIENT: Final = ("client_id", "client_secret")
_BEARER: Final = (("header", "Authorization", f"Bearer ${{{ACCESS}}}"),)
_BASIC: Final = (("basic_username", "", "${username}"), ("basic_password", "", "${password}"))


_ACCESS_DESCRIPTION: Final = "The token that requests carry."
_GRANTED_ACCESS: Final = ModeToken(ACCESS, _ACCESS_DESCRIPTION, "onboarding")
_DERIVED_ACCESS: Final = ModeToken(ACCESS, _ACCESS_DESCRIPTION, "derived", "expires")
_INSTALLED_ACCESS: Final = ModeToken(ACCESS, _ACCESS_DESCRIPTION, "onboarding", "expires")
_GRANTED: Final = (
    _GRANTED_ACCESS,
    ModeToken(REFRESH, "The token that renews the access token.", "onboarding"),
)

MODES: Final[Mapping[str, AuthMode]] = {
    "NONE": AuthMode("none"),
    "API_KEY": AuthMode("api_key", ("apiKey",)),
    "BASIC": AuthMode("http_basic", ("username", "password"), placements=_BASIC),
    "OAUTH2": AuthMode("oauth2_authorization_code", _CLIENT, _GRANTED, _CLIENT, _BEARER),
    "OAUTH2_CC": AuthMode("oauth2_client_credentials", _CLIENT, (_GRANTED_ACCESS,), _CLIENT, _BEARER),
    "MCP_OAUTH2": AuthMode("oauth2_authorization_code", (), _GRANTED, (), _BEARER),
    "MCP_OAUTH2_GENERIC": AuthMode("oauth2_authorization_code", (), _GRANTED, (), _BEARER),
    "OAUTH1": AuthMode(
        "oauth1",
        _CLIENT,
        (
            ModeToken("oauth_token", "The token of the user.", "onboarding"),
            ModeToken("oauth_token_secret", "The secret that signs together with the token.", "onboarding"),
        ),
        _CLIENT,
    ),
    "TBA": AuthMode("oauth1", (*_CLIENT, "token_id", "token_secret")),
    "JWT": AuthMode("jwt", (), (_DERIVED_ACCESS,), (), _BEARER),
    "APP_STORE": AuthMode("jwt", ("privateKey",), (_DERIVED_ACCESS,), (), _BEARER),
    "SIGNATURE": AuthMode("signature_hmac", ("username", "password"), (_DERIVED_ACCESS,), (), _BEARER),
    "TWO_STEP": AuthMode("two_step", (), (_GRANTED_ACCESS,), (), _BEARER),
    "TABLEAU": AuthMode("two_step", ("pat_name", "pat_secret", "content_url"), (_GRANTED_ACCESS,)),
    "BILL": AuthMode(
        "two_step",
        ("username", "password", "organization_id", "dev_key"),
        (ModeToken("session_id", "The session that the login opens.", "onboarding", "expires"),),
        ("dev_key",),
    ),
    "APP": AuthMode("app_install", ("app_id", "app_link", "private_key"), (_INSTALLED_ACCESS,), (), _BEARER),
    "INSTALL_PLUGIN": AuthMode("app_install"),
    "CUSTOM": AuthMode("custom", (*_CLIENT, "app_id", "app_link", "private_key"), _GRANTED, _CLIENT, _BEARER),
    "AWS_SIGV4": AuthMode(
        "aws_sigv4",
        (),
        (
            ModeToken("access_key_id", "The identifier of the temporary key.", "platform", "expires"),
            ModeToken("secret_access_key", "The temporary key that signs.", "platform", "expires"),
            ModeToken("session_token", "The token that goes with the temporary key.", "platform", "expires"),
        ),
    ),
}
"""Every mode of the format by its name, the value of `auth_mode`."""

UNKNOWN_MODE: Final = AuthMode("custom")
"""Mode that Nango has added since."""
