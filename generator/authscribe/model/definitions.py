"""What all models have in common: their base, and their texts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from authscribe.model.naming import ID_PATTERN
from authscribe.model.strict import CLOSED, TEXT_LIMIT, Suppression

Text = Annotated[str, StringConstraints(max_length=TEXT_LIMIT)]


class Model(BaseModel):
    """Frozen, closed, and silent about the values it refuses."""

    model_config = ConfigDict({**CLOSED, "frozen": True, "protected_namespaces": ()})


Id = Annotated[str, StringConstraints(pattern=rf"^{ID_PATTERN}$")]
WireName = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Kind(StrEnum):
    """How a system authenticates. Closed: each target handles every member."""

    NONE = "none"
    """The data is open; requests carry no credential."""
    API_KEY = "api_key"
    """One key stands for the account, in a place that the provider chooses."""
    HTTP_BASIC = "http_basic"
    """User name and password in each request (RFC 7617)."""
    HTTP_BEARER = "http_bearer"
    """A token in the `Authorization` header, obtained elsewhere (RFC 6750)."""
    HTTP_DIGEST = "http_digest"
    """A digest of user name, password and a challenge (RFC 7616)."""
    OAUTH2_AUTHORIZATION_CODE = "oauth2_authorization_code"
    """A user logs in at the provider and agrees (RFC 6749 section 4.1)."""
    OAUTH2_CLIENT_CREDENTIALS = "oauth2_client_credentials"
    """The client obtains tokens for itself (RFC 6749 section 4.4)."""
    OAUTH2_PASSWORD = "oauth2_password"  # noqa: S105 - the name of a grant
    """The user's name and password buy a token (RFC 6749 section 4.3)."""
    OAUTH2_REFRESH = "oauth2_refresh"
    """A refresh token is given, and buys access tokens (RFC 6749 section 6)."""
    OAUTH2_DEVICE = "oauth2_device"
    """The user agrees on another device (RFC 8628)."""
    OAUTH2_JWT_BEARER = "oauth2_jwt_bearer"
    """A signed assertion buys a token (RFC 7523)."""
    OAUTH2_TOKEN_EXCHANGE = "oauth2_token_exchange"  # noqa: S105 - the name of a grant
    """One token buys another (RFC 8693)."""
    OAUTH1 = "oauth1"
    """Requests are signed with a token and its secret (RFC 5849)."""
    JWT = "jwt"
    """A JSON Web Token in each request (RFC 7519)."""
    TWO_STEP = "two_step"
    """Credentials buy a session token in a first request of their own."""
    SIGNATURE_HMAC = "signature_hmac"
    """Requests carry a keyed hash of their content, as the provider defines it."""
    SIGNATURE_HTTP = "signature_http"
    """Requests are signed as HTTP message signatures (RFC 9421)."""
    AWS_SIGV4 = "aws_sigv4"
    """Requests are signed with AWS Signature Version 4."""
    MTLS = "mtls"
    """The client shows a certificate when the connection is made (RFC 8705)."""
    OPENID_CONNECT = "openid_connect"
    """OAuth2 with an ID token and a discovery document (OpenID Connect Core 1.0)."""
    APP_INSTALL = "app_install"
    """An installation of the provider's app identifies the account."""
    CUSTOM = "custom"
    """None of these; placements say all there is to say."""


class ValueType(StrEnum):
    """The type of a value on the wire, in the words of JSON Schema."""

    STRING = "string"
    """Text."""
    INTEGER = "integer"
    """A whole number."""
    NUMBER = "number"
    """A number with or without a fraction."""
    BOOLEAN = "boolean"
    """True or false."""
    OBJECT = "object"
    """A mapping."""
    ARRAY = "array"
    """A list."""


class Secrecy(StrEnum):
    """Whether a value is secret; `unknown` is treated as secret everywhere and reported."""

    YES = "yes"
    """It is never shown."""
    NO = "no"
    """It may be shown."""
    UNKNOWN = "unknown"
    """Nobody has said; treated as secret."""


class Stage(StrEnum):
    """How far a definition has come."""

    STABLE = "stable"
    """To be used."""
    EXPERIMENTAL = "experimental"
    """It may change."""
    DEPRECATED = "deprecated"
    """On its way out; `successor` says what to use."""


class Source(StrEnum):
    """Where the value of an injected secret comes from."""

    COPIED = "copied"
    """It is a required secret, under this name or another."""
    ONBOARDING = "onboarding"
    """The onboarding obtains it from the provider."""
    DERIVED = "derived"
    """It is computed from other values."""
    PLATFORM = "platform"
    """The platform makes or fetches it."""
    CONSTANT = "constant"
    """It is the same for everybody."""
    ENVIRONMENT = "environment"
    """It comes from the environment that the system runs in."""
    UNKNOWN = "unknown"
    """Nobody has said."""


class Lifetime(StrEnum):
    """How long an injected secret is good for."""

    STATIC = "static"
    """Until somebody replaces it."""
    EXPIRES = "expires"
    """For a limited time; it is renewed with another secret."""
    ROTATES = "rotates"
    """Until it is used: each use brings the next one."""
    SLIDING = "sliding"
    """For as long as it is used."""
    UNKNOWN = "unknown"
    """Nobody has said."""


class Location(StrEnum):
    """The part of a request, or of the platform's own block, that carries a value."""

    HEADER = "header"
    """A header of the request."""
    QUERY = "query"
    """A parameter after the question mark."""
    PATH = "path"
    """A part of the path."""
    COOKIE = "cookie"
    """A cookie."""
    BODY = "body"
    """A key of the body."""
    BASIC_USERNAME = "basic_username"
    """The user name of HTTP basic authentication."""
    BASIC_PASSWORD = "basic_password"  # noqa: S105 - a slot, not a value
    """The password of HTTP basic authentication."""
    BLOCK = "block"
    """A key of the platform's own authentication block."""


class Choice(Model):
    """One allowed value and what people call it."""

    value: str | int | float | bool = Field(description="the value on the wire")
    label: Text = Field(default="", description="what people call it")


class Names(Model):
    """Names chosen by the author where the derived ones do not fit."""

    python: str | None = Field(default=None, description="the attribute in generated Python classes")


class Setting(Model):
    """A named value: what secrets and parameters have in common."""

    name: WireName = Field(description="the name on the wire, verbatim")
    names: Names = Field(default=Names(), description="names chosen instead of the derived ones")
    type: ValueType = Field(default=ValueType.STRING, description="the type on the wire")
    type_label: Text | None = Field(default=None, description="how documentation words the type, where it differs")
    title: Text | None = Field(default=None, description="what people call it")
    description: Text = Field(default="", description="what it is, for people")
    example: JsonValue = Field(default=None, description="a value as it may look")
    default: JsonValue = Field(default=None, description="the value that stands when none is given")
    pattern: Text | None = Field(default=None, description="regular expression that the value matches")
    format: Text | None = Field(
        default=None, description="format of a string, in the words of JSON Schema, such as uri"
    )
    enum: tuple[Choice, ...] = Field(default=(), description="the allowed values; any value when empty")
    optional: bool = Field(default=False, description="whether it may be left out")
    hidden: bool = Field(default=False, description="whether forms leave it out")
    automated: bool = Field(default=False, description="whether a program fills it, and no person")
    order: int | None = Field(default=None, description="its position in a form")
    group: Text | None = Field(default=None, description="the group of a form that it belongs to")
    prefix: Text | None = Field(default=None, description="text shown before the value in a form")
    suffix: Text | None = Field(default=None, description="text shown after the value in a form")
    visible_when: dict[str, JsonValue] | None = Field(
        default=None, description="the values of other settings for which it is asked"
    )
    deprecated: bool = Field(default=False, description="whether it is on its way out")
    extras: dict[str, JsonValue] = Field(default={}, description="facts of other systems, kept verbatim")


class Secret(Setting):
    """A named credential that the owner of a connector supplies."""

    secret: Secrecy = Field(default=Secrecy.YES, description="whether the value is secret")


class Parameter(Setting):
    """A setting that is not secret."""


class Origin(Model):
    """Where an injected secret comes from; `required` names the required secret that is copied."""

    source: Source = Field(default=Source.UNKNOWN, description="the kind of place that the value comes from")
    required: WireName | None = Field(default=None, description="the required secret that is copied")
    expression: Text | None = Field(default=None, description="how the value is computed, as its author words it")


class InjectedSecret(Secret):
    """A named credential that the platform puts into the system."""

    origin: Origin = Field(default=Origin(), description="where the value comes from")
    lifetime: Lifetime = Field(default=Lifetime.UNKNOWN, description="how long the value is good for")


class Placement(Model):
    """Where a value goes: `value` is a template in which `{name}` stands for a secret or parameter."""

    location: Location = Field(alias="in", description="the part of a request, or of the block, that carries the value")
    name: Text = Field(default="", description="header, parameter or key; a dotted path for a block")
    value: Text = Field(description="template; {name} is a secret or parameter, {{ and }} are braces")


class Endpoint(Model):
    """One URL with variables in `${name}`, and what is used when a variable is absent."""

    url: Text = Field(description="the address; ${name} is a variable")
    fallback: Text | None = Field(default=None, description="the address when a variable is absent")
    query: dict[str, str] = Field(default={}, description="parameters that are always sent")


class Endpoints(Model):
    """The addresses that a scheme talks to."""

    authorize: Endpoint | None = Field(default=None, description="where the user logs in and agrees")
    token: Endpoint | None = Field(default=None, description="where tokens are issued")
    refresh: Endpoint | None = Field(default=None, description="where tokens are renewed, if elsewhere")
    registration: Endpoint | None = Field(default=None, description="where a client registers itself (RFC 7591)")
    login: Endpoint | None = Field(default=None, description="where credentials buy a session")
    identity: Endpoint | None = Field(default=None, description="what tells who has logged in")
    jwks: Endpoint | None = Field(default=None, description="the keys that an ID token is checked with")
    base: Endpoint | None = Field(default=None, description="the provider's API")


class OAuth(Model):
    """What OAuth leaves to each provider (RFC 6749, RFC 7636)."""

    scopes: tuple[str, ...] = Field(default=(), description="the scopes that are asked for")
    scope_separator: str = Field(default=" ", description="what stands between scopes")
    optional_scopes: tuple[str, ...] = Field(default=(), description="scopes that the user may refuse")
    pkce: bool | None = Field(default=None, description="whether the proof key of RFC 7636 is used")
    client_authentication: Text | None = Field(default=None, description="such as client_secret_post (RFC 7591)")
    response: dict[str, str] = Field(default={}, description="response key for each injected secret")
    rotates_refresh_token: bool | None = Field(
        default=None, description="whether each use of the refresh token brings the next one"
    )


class TokenRequest(Model):
    """The first request of a two-step login: what is sent, and where the token stands in the answer.

    Headers and body name secrets and parameters as addresses do: `${name}`.
    """

    method: Text = Field(default="POST", description="the method of the request")
    headers: dict[str, str] = Field(default={}, description="the headers of the request")
    body: JsonValue = Field(default=None, description="the body of the request")
    token_path: Text | None = Field(default=None, description="dotted path of the token in the answer")
    expires_in_path: Text | None = Field(
        default=None, description="dotted path of the lifetime in the answer, in seconds"
    )


class Definition(Model):
    """What every definition says about itself."""

    id: Id = Field(description="the name by which everything refers to it")
    aliases: tuple[Id, ...] = Field(default=(), description="other names that refer to it")
    former_names: tuple[Id, ...] = Field(default=(), description="ids that it had before; they still refer to it")
    title: Text | None = Field(default=None, description="what people call it")
    summary: Text = Field(default="", description="what it is, in a sentence or two")
    notes: tuple[Text, ...] = Field(default=(), description="remarks, one item each")
    docs: Text | None = Field(default=None, description="link to the provider's or platform's own page")
    status: Stage = Field(default=Stage.STABLE, description="how far it has come")
    successor: str | None = Field(default=None, description="what to use instead of a deprecated one")
    extras: dict[str, JsonValue] = Field(default={}, description="facts of other systems, kept verbatim")

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that refers to the definition, its id first."""
        return (self.id, *self.aliases, *self.former_names)


class Scheme(Definition):
    """How a kind of system authenticates."""

    kind: Kind = Field(default=Kind.CUSTOM, description="how a system authenticates by it")
    extends: str | None = Field(default=None, description="the scheme whose lists and scalars this one continues")
    selector: dict[str, str] = Field(default={}, description="how the platform spells the scheme in a manifest")
    required: tuple[Secret, ...] = Field(default=(), description="what the owner of a connector supplies")
    injected: tuple[InjectedSecret, ...] = Field(default=(), description="what the platform puts into the system")
    parameters: tuple[Parameter, ...] = Field(default=(), description="settings that are not secret")
    placements: tuple[Placement, ...] = Field(
        default=(), description="where the values go; those of the platform for the kind when empty"
    )
    endpoints: Endpoints = Field(default=Endpoints(), description="the addresses that it talks to")
    oauth: OAuth | None = Field(default=None, description="what OAuth leaves open")
    token_request: TokenRequest | None = Field(default=None, description="the first request of a two-step login")


class Method(Model):
    """One way to authenticate: schemes that are used together. A connector's methods are alternatives."""

    id: Id = Field(description="the name of the method")
    title: Text | None = Field(default=None, description="what people call it")
    schemes: tuple[str, ...] = Field(min_length=1, description="the schemes that are used together")


class Connector(Definition):
    """One integration that uses schemes: one `scheme`, or `methods` to choose from."""

    scheme: str | None = Field(default=None, description="the scheme that it uses; or `methods`")
    methods: tuple[Method, ...] = Field(
        default=(), description="ways to authenticate, one of which is chosen; or `scheme`"
    )
    parameters: tuple[Parameter, ...] = Field(default=(), description="settings beyond those of the scheme")
    placements: tuple[Placement, ...] = Field(default=(), description="when given, replace those of the scheme")
    flags: tuple[Text, ...] = Field(default=(), description="flags of the platform that are set")
    endpoints: Endpoints = Field(default=Endpoints(), description="the addresses of its provider")
    oauth: OAuth | None = Field(default=None, description="what OAuth leaves open, for its provider")
    suppressions: tuple[Suppression, ...] = Field(default=(), description="findings about it that are not reported")


class Flag(Model):
    """A switch of the platform, and what it injects when it is set."""

    name: WireName = Field(description="the key of the flag in a manifest")
    description: Text = Field(default="", description="what it is for")
    injected: tuple[InjectedSecret, ...] = Field(default=(), description="what it injects")
    variables: tuple[WireName, ...] = Field(default=(), description="what it fills")
    internal: bool = Field(default=False, description="what it injects is for the platform's own API alone")


class Variable(Model):
    """A value that the platform itself fills; `always` or only usually."""

    name: WireName = Field(description="the name of the variable")
    description: Text = Field(default="", description="what it holds")
    always: bool = Field(default=False, description="whether the platform fills it for every connector")


class References(Model):
    """How the platform spells a reference; `{name}` stands for what is referred to."""

    secret: Text = Field(description="a secret")
    call: Text | None = Field(default=None, description="a secret inside an expression of the run time")
    variable: Text = Field(description="a parameter or variable")
    block: Text | None = Field(default=None, description="a statement around text, in the language of variables")
    comment: Text | None = Field(default=None, description="a comment, in the language of variables")
    environment: Text = Field(description="a value of the environment")


class LoginOption(Model):
    """A key of the manifest without which the login of a scheme cannot work."""

    key: Text = Field(description="dotted path in the manifest")
    schemes: tuple[Id, ...] = Field(description="the schemes whose login needs it")
    scope: Text | None = Field(default=None, description="only where this scope is asked for (RFC 6749 section 3.3)")
    reason: Text = Field(description="what it is needed for")
    example: Text = Field(description="what a new connector begins with")


class Mechanism(Model):
    """A slot of a system that shows how it authenticates, and the kinds of schemes that do so."""

    slot: Text = Field(description="dotted path in the system")
    value: Text | None = Field(default=None, description="only where the slot has this value")
    kinds: tuple[Kind, ...] = Field(description="the kinds of schemes that authenticate so")


class Platform(Definition):
    """How a platform spells schemes, flags and references."""

    selector_keys: tuple[str, ...] = Field(
        default=(), description="the keys of a manifest that say which scheme is used"
    )
    selectors: dict[Id, dict[str, str]] = Field(default={}, description="for each scheme, the values of these keys")
    injects: dict[Id, tuple[WireName, ...]] = Field(
        default={}, description="what the platform injects for a scheme, whatever its documentation says"
    )
    login_options: tuple[LoginOption, ...] = Field(default=(), description="keys without which a login cannot work")
    mechanisms: tuple[Mechanism, ...] = Field(default=(), description="slots that show how a system authenticates")
    credential_slots: tuple[Text, ...] = Field(
        default=(), description="dotted paths that hold a secret and nothing else"
    )
    references: References = Field(description="how references are spelt")
    flags: tuple[Flag, ...] = Field(default=(), description="switches of a manifest")
    variables: tuple[Variable, ...] = Field(default=(), description="what the platform itself fills")
    placements: dict[Kind, tuple[Placement, ...]] = Field(default={}, description="where a kind's secrets usually go")


@dataclass(frozen=True)
class Catalogue:
    """All definitions, resolved: sorted by id, every reference known to exist, every name known to work."""

    schemes: tuple[Scheme, ...]
    connectors: tuple[Connector, ...]
    platform: Platform

    @cached_property
    def _schemes_by_name(self) -> dict[str, Scheme]:
        return {name: scheme for scheme in self.schemes for name in scheme.names}

    @cached_property
    def _connectors_by_name(self) -> dict[str, Connector]:
        return {name: connector for connector in self.connectors for name in connector.names}

    def scheme(self, identifier: str) -> Scheme:
        """Return the scheme with this id; a KeyError is a bug here, since `resolve` checks every reference."""
        return self._schemes_by_name[identifier]

    def find_scheme(self, name: str) -> Scheme | None:
        """Return the scheme with this id, alias or former name; None where there is none."""
        return self._schemes_by_name.get(name)

    def find_connector(self, name: str) -> Connector | None:
        """Return the connector with this id, alias or former name; None where there is none."""
        return self._connectors_by_name.get(name)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name of a scheme or connector, for suggestions."""
        return (*self._schemes_by_name, *self._connectors_by_name)
