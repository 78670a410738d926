"""State the facts about Nango that its reader and its target share: its groups of fields and its modes.

Each mode lists what it asks for and obtains, and what its requests carry. Sources: Nango's types
(`packages/types/lib/auth`), its form for credentials, its requests for tokens
(`packages/shared/lib/services/connection.service.ts`), and the headers that its proxy sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

CREDENTIALS: Final = "credentials"
ASSERTION: Final = "assertion_option"
CONNECTION: Final = "connection_config"
INTEGRATION: Final = "integration_config"
GROUPS: Final[Mapping[str, str]] = {
    CREDENTIALS: "credentials",
    ASSERTION: "assertionOption",
    CONNECTION: "connectionConfig",
    INTEGRATION: "integrationConfig",
}
"""Groups of fields, each with its name in references."""

ADDRESS_KEYS: Final = (
    ("request_token", "request_url"),
    ("authorize", "authorization_url"),
    ("token", "token_url"),
    ("refresh", "refresh_url"),
    ("registration", "registration_url"),
)
"""Roles of addresses, each with the key that holds it."""
_USER_ROLES: Final = ("request_token", "authorize")
"""Roles of addresses that obtain the consent of a user."""
FRAGMENT: Final = "authorization_url_fragment"
"""Key of what is between the authorization URL and its query, after a `#`."""
VERIFICATION: Final = "verification"
"""Key of the request that verifies credentials."""
VERBATIM_KEYS: Final = ("headers", "data")
"""Keys of that request whose values Nango sends as they are (`credentialsTest` in `packages/server/lib/hooks`)."""
BASE_OVERRIDE: Final = "base_url_override"
"""Key of the base address for the request that verifies credentials, if that has another one."""
IN_QUERY: Final = "query"
"""Format of the body of a request for a token that has none, since its values are in the query."""

SUPPLIED: Final = (CREDENTIALS, ASSERTION)
"""Groups whose fields may be secret without being marked; an assertion is signed with a key among its options."""

CAPTURED_LISTS: Final = (
    "connection_configuration",
    "redirect_uri_metadata",
    "refresh_token_response_metadata",
    "token_response_metadata",
    "webhook_response_metadata",
)
"""Lists of names that Nango fills in itself, from responses, callbacks and scripts."""


@dataclass(frozen=True, slots=True)
class StandardField:
    """Field that Nango knows by its name; `secret` is `yes`, `no` or `unknown`."""

    secret: str
    description: str


KEY: Final = "apiKey"
USERNAME: Final = "username"
PASSWORD: Final = "password"  # noqa: S105 - a name

STANDARD: Final[Mapping[str, StandardField]] = {
    KEY: StandardField("yes", "The key that stands for the account."),
    "app_id": StandardField("no", "The identifier of the app at the provider."),
    "app_link": StandardField("no", "The address at which the app is installed."),
    "issuerId": StandardField("no", "The identifier of the issuer of tokens."),
    "client_certificate": StandardField("yes", "The certificate that the client shows."),
    "client_id": StandardField("no", "The identifier of the client at the provider."),
    "client_private_key": StandardField("yes", "The private key of the client's certificate."),
    "client_secret": StandardField("yes", "The secret of the client at the provider."),
    "content_url": StandardField("yes", "The address of the site."),
    "dev_key": StandardField("yes", "The key of the developer."),
    "oauth_client_id_override": StandardField("no", "The identifier of a client of the owner's own."),
    "oauth_client_secret_override": StandardField("yes", "The secret of a client of the owner's own."),
    "oauth_refresh_token_override": StandardField("yes", "A refresh token that the owner has already."),
    "organization_id": StandardField("no", "The identifier of the organisation."),
    PASSWORD: StandardField("yes", "The password."),
    "pat_name": StandardField("no", "The name of the personal access token."),
    "pat_secret": StandardField("yes", "The secret of the personal access token."),
    "private_key": StandardField("yes", "The private key of the app."),
    "privateKey": StandardField("yes", "The private key that signs."),
    "privateKeyId": StandardField("no", "The identifier of the private key."),
    "role_arn": StandardField("no", "The identifier of the role that is assumed."),
    "token_id": StandardField("yes", "The identifier of the token."),
    "token_secret": StandardField("yes", "The secret of the token."),
    USERNAME: StandardField("no", "The name of the user."),
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

    `fields` are asked for in addition to what the provider declares; those in `optional_fields` can be left out, and
    those in `kept_fields` are needed at run time as well; a mode without tokens needs all fields at run time.
    `placements` (location, name, template) apply unless the headers of the provider replace them. `pkce` and
    `client_authentication` apply to modes of OAuth, and `body_format`, `body` and `token_path` to requests for tokens,
    unless the provider states otherwise.
    """

    kind: str
    fields: tuple[str, ...] = ()
    tokens: tuple[ModeToken, ...] = ()
    kept_fields: tuple[str, ...] = ()
    placements: tuple[tuple[str, str, str], ...] = ()
    optional_fields: tuple[str, ...] = ()
    pkce: bool | None = None
    client_authentication: str | None = None
    body_format: str | None = None
    body: Mapping[str, object] = field(default_factory=dict)
    token_path: str | None = None

    @property
    def is_oauth(self) -> bool:
        """Return whether users or clients log in by OAuth 1 or 2."""
        return self.kind.startswith("oauth") or self.pkce is not None

    @property
    def requests_tokens(self) -> bool:
        """Return whether a request whose values the provider chooses obtains the token."""
        return self.kind == "two_step" or self.kind.startswith("oauth2") or self.pkce is not None

    def uses_address(self, role: str) -> bool:
        """Return whether the mode may obtain a token at the address of a role, or the consent of a user for that.

        A mode that is not known may need every address.
        """
        has_user = not self.requests_tokens or self.pkce is not None
        return self.kind == "custom" or (bool(self.tokens) and (has_user or role not in _USER_ROLES))

    @property
    def refresh_keys(self) -> Mapping[str, str]:
        """Return the keys of the provider about the request that renews a token, by what of the request they hold."""
        if self.kind == "two_step":
            return {"headers": "refresh_token_headers", "body": "refresh_token_params"}
        return {"body": "refresh_params"}


ACCESS: Final = "accessToken"
REFRESH: Final = "refreshToken"
RENEWING: Final = "refresh_token"
"""Reference to the refresh token in a request that renews the session of a login."""
COOKIES: Final = "credentials._cookies"
"""Reference to the cookies that a login has set."""
PRIVATE_KEY: Final = "private_key_jwt"
_GRANT_KINDS: Final[Mapping[str, str]] = {
    "password": "oauth2_password",
    "urn:ietf:params:oauth:grant-type:jwt-bearer": "oauth2_jwt_bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange": "oauth2_token_exchange",
}
"""Kinds of the grants that the request of a client may state instead of its own; vendors' grants are the client's."""
_CLIENT: Final = ("client_id", "client_secret")
CERTIFICATE: Final = ("client_certificate", "client_private_key")
"""Fields of a client that shows a certificate."""
CLIENT_AS_USER: Final[Mapping[str, object]] = {
    "username": "${credentials.client_id}", "password": "${credentials.client_secret}",
}  # fmt: skip
"""Body of a request for client credentials in which the client logs in as a user does."""
_POST: Final = "client_secret_post"
_BEARER: Final = (("header", "Authorization", f"Bearer ${{{ACCESS}}}"),)
_BASIC: Final = (("basic_username", "", "${username}"), ("basic_password", "", "${password}"))


_ACCESS_DESCRIPTION: Final = "The token that requests carry."
_GRANTED_ACCESS: Final = ModeToken(ACCESS, _ACCESS_DESCRIPTION, "onboarding")
_DERIVED_ACCESS: Final = ModeToken(ACCESS, _ACCESS_DESCRIPTION, "derived", "expires")
_INSTALLED_ACCESS: Final = ModeToken(ACCESS, _ACCESS_DESCRIPTION, "onboarding", "expires")
_GRANTED_REFRESH: Final = ModeToken(REFRESH, "The token that renews the access token.", "onboarding")
_GRANTED: Final = (_GRANTED_ACCESS, _GRANTED_REFRESH)
SCOPES: Final = "oauth_scopes"
"""Field of a connection for the scopes of a client, which Nango adds to the request for a token by itself."""
ASKED_SCOPES: Final = f"${{{GROUPS[CONNECTION]}.{SCOPES}}}"
SIGNED: Final = "token"
"""Key of the claims of a token that Nango signs, and the reference to it in the request for another one."""
_SIGNED_TOKEN: Final = ModeToken(SIGNED, "The signed token that the login exchanges.", "derived", "expires")

MODES: Final[Mapping[str, AuthMode]] = {
    "NONE": AuthMode("none"),
    "API_KEY": AuthMode("api_key", (KEY,)),
    "BASIC": AuthMode("http_basic", (USERNAME, PASSWORD), placements=_BASIC),
    "OAUTH2": AuthMode(
        "oauth2_authorization_code", _CLIENT, _GRANTED, _CLIENT, _BEARER, pkce=True, client_authentication=_POST
    ),
    "OAUTH2_CC": AuthMode(
        "oauth2_client_credentials", _CLIENT, (_GRANTED_ACCESS,), _CLIENT, _BEARER, client_authentication=_POST
    ),
    "MCP_OAUTH2": AuthMode("oauth2_authorization_code", (), _GRANTED, (), _BEARER, pkce=True),
    "MCP_OAUTH2_GENERIC": AuthMode("oauth2_authorization_code", (), _GRANTED, (), _BEARER, pkce=True),
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
    "TWO_STEP": AuthMode("two_step", (), (_GRANTED_ACCESS,), (), _BEARER, body_format="json"),
    "TABLEAU": AuthMode(
        "two_step",
        ("pat_name", "pat_secret", "content_url"),
        (_GRANTED_ACCESS,),
        body_format="json",
        body={
            "credentials": {
                "personalAccessTokenName": "${credentials.pat_name}",
                "personalAccessTokenSecret": "${credentials.pat_secret}",
                "site": {"contentUrl": "${credentials.content_url}"},
            }
        },
        token_path="credentials.token",  # noqa: S106 - a path
    ),
    "BILL": AuthMode(
        "two_step",
        ("username", "password", "organization_id", "dev_key"),
        (ModeToken("session_id", "The session that the login opens.", "onboarding", "expires"),),
        ("dev_key",),
        body_format="json",
        body={
            "username": "${credentials.username}",
            "password": "${credentials.password}",
            "organizationId": "${credentials.organization_id}",
            "devKey": "${credentials.dev_key}",
        },
        token_path="sessionId",  # noqa: S106 - a path
    ),
    "APP": AuthMode("app_install", ("app_id", "app_link", "private_key"), (_INSTALLED_ACCESS,), (), _BEARER),
    "INSTALL_PLUGIN": AuthMode("app_install", ("username", "password"), placements=_BASIC),
    "CUSTOM": AuthMode(
        "custom",
        (*_CLIENT, "app_id", "app_link", "private_key"),
        _GRANTED,
        _CLIENT,
        _BEARER,
        pkce=True,
        client_authentication=_POST,
    ),
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

_MESSAGE_SIGNATURE: Final = "signature-input"
"""Header that accompanies the signature of a message (RFC 9421 section 4.1)."""
_SIGNING_CALLS: Final = (("${awsSigV4(", "aws_sigv4"), ("${hmac", "signature_hmac"))
"""Beginnings of calls that sign a request, each with the kind of the signature."""
_SIGNED_KINDS: Final = ("api_key", "http_basic")
"""Kinds of the modes whose credentials sign requests where the provider does not send them themselves."""


def find_signature(headers: Mapping[str, str]) -> str | None:
    """Return the kind of the signature that the headers of a provider's requests carry; None if they carry none.

    One beside a credential, in another header than `Authorization`, does not count.
    """
    templates = {name.lower(): template for name, template in headers.items()}
    if _MESSAGE_SIGNATURE in templates:
        return "signature_http"
    authorization = templates.get("authorization", "")
    return next((kind for call, kind in _SIGNING_CALLS if call in authorization), None)


def find_mode(
    name: str,
    *,
    grant: str | None,
    registration: str | None,
    authentication: str | None,
    has_certificate: bool,
    has_refresh_token: bool,
    signs_token: bool,
    asks_scopes: bool,
    signature: str | None,
) -> AuthMode:
    """Return a mode as the other keys of its provider refine it.

    `grant` is that of the request for a token, `registration` how an MCP client becomes known, and `authentication`
    how the client authenticates. `has_refresh_token` is set if the response to a login states a refresh token, and
    `signs_token` if the provider states the claims of a token. `asks_scopes` is set if the owner states the scopes of a
    client, and the provider does not state where they go. `signature` is the kind of the signature of requests.
    """
    mode = _find_granted_mode(name, grant, registration)
    if signature is not None and mode.kind in _SIGNED_KINDS:
        return replace(mode, kind=signature)
    is_client = mode is MODES["OAUTH2_CC"]
    if mode is MODES["TWO_STEP"]:
        tokens = _GRANTED if has_refresh_token else mode.tokens
        mode = replace(mode, tokens=(*tokens, _SIGNED_TOKEN) if signs_token else tokens)
    if has_certificate:
        mode = replace(mode, fields=(*mode.fields, *CERTIFICATE), kept_fields=(*mode.kept_fields, *CERTIFICATE))
    if is_client and asks_scopes:
        mode = replace(mode, body={"scope": ASKED_SCOPES})
    if is_client and authentication == "custom":
        return replace(mode, client_authentication=None, body={**mode.body, **CLIENT_AS_USER})
    if authentication == PRIVATE_KEY:
        mode = replace(mode, optional_fields=("client_secret",))
    return replace(mode, kind=_GRANT_KINDS.get(grant or "", mode.kind)) if is_client else mode


def _find_granted_mode(name: str, grant: str | None, registration: str | None) -> AuthMode:
    """Return the mode by the grant: OAUTH2 may be used without a user.

    An MCP client registers itself unless the provider states `static`.
    """
    mode = MODES.get(name, UNKNOWN_MODE)
    if mode is MODES["OAUTH2"] and grant == "client_credentials":
        return MODES["OAUTH2_CC"]
    if mode is MODES["MCP_OAUTH2"] and registration == "static":
        return replace(MODES["OAUTH2"], client_authentication=None)
    return mode
