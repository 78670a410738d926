"""The authentication modes of Nango: what each asks for, what it obtains, and what a request carries.

Sources: the vendor's types (`packages/types/lib/auth`), the form in which it asks for credentials, and the headers
that its proxy sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Standard:
    """A field that the vendor knows by its name: whether it is secret, and what it is."""

    secret: str
    description: str


STANDARD: Final[Mapping[str, Standard]] = {
    "apiKey": Standard("yes", "The key that stands for the account."),
    "app_id": Standard("no", "The identifier of the app at the provider."),
    "app_link": Standard("no", "The address at which the app is installed."),
    "client_certificate": Standard("yes", "The certificate that the client shows."),
    "client_id": Standard("no", "The identifier of the client at the provider."),
    "client_private_key": Standard("yes", "The private key of the client's certificate."),
    "client_secret": Standard("yes", "The secret of the client at the provider."),
    "content_url": Standard("yes", "The address of the site."),
    "dev_key": Standard("yes", "The key of the developer."),
    "oauth_client_id_override": Standard("no", "The identifier of a client of the owner's own."),
    "oauth_client_secret_override": Standard("yes", "The secret of a client of the owner's own."),
    "organization_id": Standard("no", "The identifier of the organisation."),
    "password": Standard("yes", "The password."),
    "pat_name": Standard("no", "The name of the personal access token."),
    "pat_secret": Standard("yes", "The secret of the personal access token."),
    "private_key": Standard("yes", "The private key of the app."),
    "privateKey": Standard("yes", "The private key that signs."),
    "token_id": Standard("yes", "The identifier of the token."),
    "token_secret": Standard("yes", "The secret of the token."),
    # Many providers ask for an API key under this name, so that the form's "not secret" cannot be relied on.
    "username": Standard("unknown", "The name of the user."),
}
"""What the vendor's own form takes for secret where a provider does not say."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a mode obtains; `name` is how templates call it, else how the vendor stores it."""

    name: str
    description: str
    source: str
    lifetime: str | None = None


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode: `fields` are asked for whatever the provider declares, `keeps` are needed at run time too.

    A mode without tokens keeps all that it asks for. `sends` are placements (location, name, template), used where
    the headers of the provider do not say otherwise.
    """

    kind: str
    fields: tuple[str, ...] = ()
    tokens: tuple[Token, ...] = ()
    keeps: tuple[str, ...] = ()
    sends: tuple[tuple[str, str, str], ...] = ()


ACCESS: Final = "accessToken"
REFRESH: Final = "refreshToken"
_CLIENT: Final = ("client_id", "client_secret")
_BEARER: Final = (("header", "Authorization", f"Bearer ${{{ACCESS}}}"),)
_BASIC: Final = (("basic_username", "", "${username}"), ("basic_password", "", "${password}"))


def _access(source: str, lifetime: str | None = None) -> Token:
    return Token(ACCESS, "The token that requests carry.", source, lifetime)


_GRANTED: Final = (
    _access("onboarding"),
    Token(REFRESH, "The token that renews the access token.", "onboarding"),
)

MODES: Final[Mapping[str, Mode]] = {
    "NONE": Mode("none"),
    "API_KEY": Mode("api_key", ("apiKey",)),
    "BASIC": Mode("http_basic", ("username", "password"), sends=_BASIC),
    "OAUTH2": Mode("oauth2_authorization_code", _CLIENT, _GRANTED, _CLIENT, _BEARER),
    "OAUTH2_CC": Mode("oauth2_client_credentials", _CLIENT, (_access("onboarding"),), _CLIENT, _BEARER),
    "MCP_OAUTH2": Mode("oauth2_authorization_code", (), _GRANTED, (), _BEARER),
    "MCP_OAUTH2_GENERIC": Mode("oauth2_authorization_code", (), _GRANTED, (), _BEARER),
    "OAUTH1": Mode(
        "oauth1",
        _CLIENT,
        (
            Token("oauth_token", "The token of the user.", "onboarding"),
            Token("oauth_token_secret", "The secret that signs together with the token.", "onboarding"),
        ),
        _CLIENT,
    ),
    "TBA": Mode("oauth1", (*_CLIENT, "token_id", "token_secret")),
    "JWT": Mode("jwt", (), (_access("derived", "expires"),), (), _BEARER),
    "APP_STORE": Mode("jwt", ("privateKey",), (_access("derived", "expires"),), (), _BEARER),
    "SIGNATURE": Mode("signature_hmac", ("username", "password"), (_access("derived", "expires"),), (), _BEARER),
    "TWO_STEP": Mode("two_step", (), (_access("onboarding"),), (), _BEARER),
    "TABLEAU": Mode("two_step", ("pat_name", "pat_secret", "content_url"), (_access("onboarding"),)),
    "BILL": Mode(
        "two_step",
        ("username", "password", "organization_id", "dev_key"),
        (Token("session_id", "The session that the login opens.", "onboarding", "expires"),),
        ("dev_key",),
    ),
    "APP": Mode("app_install", ("app_id", "app_link", "private_key"), (_access("onboarding", "expires"),), (), _BEARER),
    "INSTALL_PLUGIN": Mode("app_install"),
    "CUSTOM": Mode("custom", (*_CLIENT, "app_id", "app_link", "private_key"), _GRANTED, _CLIENT, _BEARER),
    "AWS_SIGV4": Mode(
        "aws_sigv4",
        (),
        (
            Token("access_key_id", "The identifier of the temporary key.", "platform", "expires"),
            Token("secret_access_key", "The temporary key that signs.", "platform", "expires"),
            Token("session_token", "The token that goes with the temporary key.", "platform", "expires"),
        ),
    ),
}
"""Every mode of the format, by its name in `auth_mode`."""

OTHER: Final = Mode("custom")
"""What is known of a mode that the vendor has added since."""
