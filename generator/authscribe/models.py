"""The catalogue: schemes, connectors and platforms as they are known to be right.

Everything here is frozen and closed: an unknown key is a mistake of the author, except under `extras`, where
facts of other systems are kept verbatim.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from authscribe.naming import ID_PATTERN

Id = Annotated[str, StringConstraints(pattern=rf"^{ID_PATTERN}$")]
WireName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
TEXT_LIMIT = 20_000
Text = Annotated[str, StringConstraints(max_length=TEXT_LIMIT)]


class Model(BaseModel):
    """Frozen, closed, and silent about the values it refuses."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, protected_namespaces=()
    )


class Kind(StrEnum):
    """How a system authenticates. Closed: each target handles every member."""

    NONE = "none"
    API_KEY = "api_key"
    HTTP_BASIC = "http_basic"
    HTTP_BEARER = "http_bearer"
    HTTP_DIGEST = "http_digest"
    OAUTH2_AUTHORIZATION_CODE = "oauth2_authorization_code"
    OAUTH2_CLIENT_CREDENTIALS = "oauth2_client_credentials"
    OAUTH2_PASSWORD = "oauth2_password"  # noqa: S105 - the name of a grant
    OAUTH2_REFRESH = "oauth2_refresh"
    OAUTH2_DEVICE = "oauth2_device"
    OAUTH2_JWT_BEARER = "oauth2_jwt_bearer"
    OAUTH2_TOKEN_EXCHANGE = "oauth2_token_exchange"  # noqa: S105 - the name of a grant
    OAUTH1 = "oauth1"
    JWT = "jwt"
    TWO_STEP = "two_step"
    SIGNATURE_HMAC = "signature_hmac"
    SIGNATURE_HTTP = "signature_http"
    AWS_SIGV4 = "aws_sigv4"
    MTLS = "mtls"
    OPENID_CONNECT = "openid_connect"
    APP_INSTALL = "app_install"
    CUSTOM = "custom"


class ValueType(StrEnum):
    """The type of a value on the wire, in the words of JSON Schema."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    OBJECT = "object"
    ARRAY = "array"


class Secrecy(StrEnum):
    """Whether a value is secret; `unknown` is treated as secret everywhere and reported."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Stage(StrEnum):
    """How far a definition has come."""

    STABLE = "stable"
    EXPERIMENTAL = "experimental"
    DEPRECATED = "deprecated"


class Source(StrEnum):
    """Where the value of an injected secret comes from."""

    COPIED = "copied"
    ONBOARDING = "onboarding"
    DERIVED = "derived"
    PLATFORM = "platform"
    CONSTANT = "constant"
    ENVIRONMENT = "environment"
    UNKNOWN = "unknown"


class Lifetime(StrEnum):
    """How long an injected secret is good for."""

    STATIC = "static"
    EXPIRES = "expires"
    ROTATES = "rotates"
    SLIDING = "sliding"
    UNKNOWN = "unknown"


class Location(StrEnum):
    """The part of a request, or of the platform's own block, that carries a value."""

    HEADER = "header"
    QUERY = "query"
    PATH = "path"
    COOKIE = "cookie"
    BODY = "body"
    BASIC_USERNAME = "basic_username"
    BASIC_PASSWORD = "basic_password"  # noqa: S105 - a slot, not a value
    BLOCK = "block"


class Choice(Model):
    """One allowed value and what people call it."""

    value: str | int | float | bool
    label: Text = ""


class Names(Model):
    """Names chosen by the author where the derived ones do not fit."""

    python: str | None = Field(default=None, description="the attribute in generated Python classes")


class Setting(Model):
    """A named value: what secrets and parameters have in common."""

    name: WireName = Field(description="the name on the wire, verbatim")
    names: Names = Field(default=Names(), description="names chosen instead of the derived ones")
    type: ValueType = ValueType.STRING
    type_label: Text | None = Field(default=None, description="how documentation words the type, where it differs")
    title: Text | None = None
    description: Text = ""
    example: JsonValue = None
    default: JsonValue = None
    pattern: Text | None = None
    format: Text | None = None
    enum: tuple[Choice, ...] = ()
    optional: bool = False
    hidden: bool = False
    automated: bool = False
    order: int | None = None
    group: Text | None = None
    prefix: Text | None = None
    suffix: Text | None = None
    visible_when: dict[str, JsonValue] | None = None
    deprecated: bool = False
    extras: dict[str, JsonValue] = Field(default={}, description="facts of other systems, kept verbatim")


class Secret(Setting):
    """A named credential that the owner of a connector supplies."""

    secret: Secrecy = Secrecy.YES


class Parameter(Setting):
    """A setting that is not secret."""


class Origin(Model):
    """Where an injected secret comes from; `required` names the required secret that is copied."""

    source: Source = Source.UNKNOWN
    required: WireName | None = None
    expression: Text | None = None


class InjectedSecret(Secret):
    """A named credential that the platform puts into the system."""

    origin: Origin = Origin()
    lifetime: Lifetime = Lifetime.UNKNOWN


class Placement(Model):
    """Where a value goes: `value` is a template in which `{name}` stands for a secret or parameter."""

    location: Location = Field(alias="in")
    name: Text = Field(default="", description="header, parameter or key; a dotted path for a block")
    value: Text = Field(description="template; {name} is a secret or parameter, {{ and }} are braces")


class Endpoint(Model):
    """One URL with variables in `${name}`, and what is used when a variable is absent."""

    url: Text
    fallback: Text | None = None
    query: dict[str, str] = {}


class Endpoints(Model):
    """The addresses that a scheme talks to."""

    authorize: Endpoint | None = None
    token: Endpoint | None = None
    refresh: Endpoint | None = None
    registration: Endpoint | None = Field(default=None, description="where a client registers itself (RFC 7591)")
    login: Endpoint | None = None
    identity: Endpoint | None = None
    jwks: Endpoint | None = None
    base: Endpoint | None = None


class OAuth(Model):
    """What OAuth leaves to each provider (RFC 6749, RFC 7636)."""

    scopes: tuple[str, ...] = ()
    scope_separator: str = " "
    optional_scopes: tuple[str, ...] = ()
    pkce: bool | None = None
    client_authentication: Text | None = Field(default=None, description="such as client_secret_post (RFC 7591)")
    response: dict[str, str] = Field(default={}, description="response key for each injected secret")
    rotates_refresh_token: bool | None = None


class TokenRequest(Model):
    """The first request of a two-step login: what is sent, and where the token stands in the answer.

    Headers and body name secrets and parameters as addresses do: `${name}`.
    """

    method: Text = "POST"
    headers: dict[str, str] = {}
    body: JsonValue = None
    token_path: Text | None = None
    expires_in_path: Text | None = None


class Definition(Model):
    """What every definition says about itself."""

    id: Id
    title: Text | None = None
    summary: Text = ""
    notes: tuple[Text, ...] = ()
    docs: Text | None = Field(default=None, description="link to the provider's or platform's own page")
    status: Stage = Stage.STABLE
    successor: str | None = None
    extras: dict[str, JsonValue] = Field(default={}, description="facts of other systems, kept verbatim")


class Scheme(Definition):
    """How a kind of system authenticates."""

    kind: Kind = Kind.CUSTOM
    aliases: tuple[Id, ...] = ()
    former_names: tuple[Id, ...] = ()
    extends: str | None = Field(default=None, description="the scheme whose lists and scalars this one continues")
    selector: dict[str, str] = Field(default={}, description="how the platform spells the scheme in a manifest")
    required: tuple[Secret, ...] = ()
    injected: tuple[InjectedSecret, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    placements: tuple[Placement, ...] = ()
    endpoints: Endpoints = Endpoints()
    oauth: OAuth | None = None
    token_request: TokenRequest | None = None


class Method(Model):
    """One way to authenticate: schemes that are used together. A connector's methods are alternatives."""

    id: Id
    title: Text | None = None
    schemes: tuple[str, ...] = Field(min_length=1)


class Suppression(Model):
    """Findings that somebody has judged: they are not reported until a day."""

    rule: Text
    reason: Text = Field(min_length=1)
    until: date | None = Field(default=None, description="the last day, such as 2027-06-30")


class Connector(Definition):
    """One integration that uses schemes: one `scheme`, or `methods` to choose from."""

    scheme: str | None = None
    methods: tuple[Method, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    placements: tuple[Placement, ...] = Field(default=(), description="when given, replace those of the scheme")
    flags: tuple[Text, ...] = Field(default=(), description="flags of the platform that are set")
    endpoints: Endpoints = Endpoints()
    oauth: OAuth | None = None
    suppressions: tuple[Suppression, ...] = ()


class Flag(Model):
    """A switch of the platform, and what it injects when it is set."""

    name: WireName
    description: Text = ""
    injected: tuple[InjectedSecret, ...] = ()
    variables: tuple[WireName, ...] = ()
    internal: bool = Field(default=False, description="what it injects is for the platform's own API alone")


class Variable(Model):
    """A value that the platform itself fills; `always` or only usually."""

    name: WireName
    description: Text = ""
    always: bool = False


class References(Model):
    """How the platform spells a reference; `{name}` stands for what is referred to."""

    secret: Text
    call: Text | None = Field(default=None, description="a secret inside an expression of the run time")
    variable: Text
    block: Text | None = Field(default=None, description="a statement around text, in the language of variables")
    comment: Text | None = None
    environment: Text


class LoginOption(Model):
    """A key of the manifest without which the login of a scheme cannot work."""

    key: Text = Field(description="dotted path in the manifest")
    schemes: tuple[Id, ...]
    scope: Text | None = Field(default=None, description="only where this scope is asked for (RFC 6749 section 3.3)")
    reason: Text
    example: Text = Field(description="what a new connector begins with")


class Mechanism(Model):
    """A slot of a system that shows how it authenticates, and the kinds of schemes that do so."""

    slot: Text = Field(description="dotted path in the system")
    value: Text | None = Field(default=None, description="only where the slot has this value")
    kinds: tuple[Kind, ...]


class Platform(Definition):
    """How a platform spells schemes, flags and references."""

    selector_keys: tuple[str, ...] = ()
    selectors: dict[Id, dict[str, str]] = {}
    injects: dict[Id, tuple[WireName, ...]] = Field(
        default={}, description="what the platform injects for a scheme, whatever its documentation says"
    )
    login_options: tuple[LoginOption, ...] = ()
    mechanisms: tuple[Mechanism, ...] = ()
    credential_slots: tuple[Text, ...] = Field(
        default=(), description="dotted paths that hold a secret and nothing else"
    )
    references: References
    flags: tuple[Flag, ...] = ()
    variables: tuple[Variable, ...] = ()
    placements: dict[Kind, tuple[Placement, ...]] = Field(default={}, description="where a kind's secrets usually go")


@dataclass(frozen=True)
class Catalogue:
    """All definitions, resolved: sorted by id, every reference known to exist, every name known to work."""

    schemes: tuple[Scheme, ...]
    connectors: tuple[Connector, ...]
    platform: Platform

    @cached_property
    def _schemes_by_id(self) -> dict[str, Scheme]:
        return {scheme.id: scheme for scheme in self.schemes}

    def scheme(self, identifier: str) -> Scheme:
        """The scheme with this id; a KeyError is a bug of ours, since `resolve` checks every reference."""
        return self._schemes_by_id[identifier]
