"""Models of definitions: schemes and connectors, once they are known to be right.

The docstrings and descriptions below are published as the JSON Schema of definition files and in the reference.

Annotations are no strings here: pydantic would evaluate those of a base anew for each class that inherits them.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from authscribe.model.credential_names import is_value_public
from authscribe.model.naming import ID_PATTERN, WIRE_NAME_LIMIT, to_attribute
from authscribe.model.placement_template import append_query
from authscribe.model.stated_values import may_be_value
from authscribe.model.strict import CLOSED, TEXT_LIMIT, Suppression

Text = Annotated[str, StringConstraints(max_length=TEXT_LIMIT)]


class Model(BaseModel):
    """Frozen model without unknown keys, whose errors never repeat the refused value."""

    model_config = ConfigDict({**CLOSED, "frozen": True, "protected_namespaces": (), "defer_build": True})


Id = Annotated[str, StringConstraints(pattern=rf"^{ID_PATTERN}$")]
WireName = Annotated[str, StringConstraints(min_length=1, max_length=WIRE_NAME_LIMIT)]


class Kind(StrEnum):
    """Way in which a system authenticates. Every target handles every member."""

    NONE = "none"
    """No credential; the data is public."""
    API_KEY = "api_key"
    """A static key in a header, query parameter or other part of the request that the provider defines."""
    HTTP_BASIC = "http_basic"
    """User name and password in every request (RFC 7617)."""
    HTTP_BEARER = "http_bearer"
    """A token in the `Authorization` header, obtained outside the connector (RFC 6750)."""
    HTTP_DIGEST = "http_digest"
    """A digest of user name, password and the server's challenge (RFC 7616)."""
    OAUTH2_AUTHORIZATION_CODE = "oauth2_authorization_code"
    """A user logs in to the provider and grants access (RFC 6749 section 4.1)."""
    OAUTH2_CLIENT_CREDENTIALS = "oauth2_client_credentials"
    """The client obtains tokens with its own credentials (RFC 6749 section 4.4)."""
    OAUTH2_PASSWORD = "oauth2_password"  # noqa: S105 - the name of a grant
    """The user's name and password are exchanged for a token (RFC 6749 section 4.3)."""
    OAUTH2_REFRESH = "oauth2_refresh"
    """A refresh token supplied by the owner is exchanged for access tokens (RFC 6749 section 6)."""
    OAUTH2_DEVICE = "oauth2_device"
    """The user grants access on another device (RFC 8628)."""
    OAUTH2_JWT_BEARER = "oauth2_jwt_bearer"
    """A signed JWT assertion is exchanged for a token (RFC 7523)."""
    OAUTH2_TOKEN_EXCHANGE = "oauth2_token_exchange"  # noqa: S105 - the name of a grant
    """One token is exchanged for another (RFC 8693)."""
    OAUTH1 = "oauth1"
    """Requests are signed with a token and its secret (RFC 5849)."""
    JWT = "jwt"
    """A JSON Web Token in every request (RFC 7519)."""
    TWO_STEP = "two_step"
    """A login request exchanges credentials for a session token, which later requests carry."""
    SIGNATURE_HMAC = "signature_hmac"
    """Requests carry a keyed hash of their content, in the form that the provider defines."""
    SIGNATURE_HTTP = "signature_http"
    """Requests are signed as HTTP message signatures (RFC 9421)."""
    AWS_SIGV4 = "aws_sigv4"
    """Requests are signed with AWS Signature Version 4."""
    MTLS = "mtls"
    """The client presents a certificate during the TLS handshake (RFC 8705)."""
    OPENID_CONNECT = "openid_connect"
    """OAuth 2.0 with an ID token and a discovery document (OpenID Connect Core 1.0)."""
    APP_INSTALL = "app_install"
    """An installation of the provider's app identifies the account."""
    CUSTOM = "custom"
    """None of the other kinds; the placements describe it completely."""


class ValueType(StrEnum):
    """Type of a value on the wire, in the terms of JSON Schema."""

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
    """Secrecy of a value. `unknown` is treated as secret everywhere, and reported."""

    YES = "yes"
    """Never shown."""
    NO = "no"
    """May be shown."""
    UNKNOWN = "unknown"
    """Not stated; treated as secret."""


class Stage(StrEnum):
    """Maturity of a definition."""

    STABLE = "stable"
    """Ready for use."""
    EXPERIMENTAL = "experimental"
    """May still change."""
    DEPRECATED = "deprecated"
    """To be replaced; `successor` names the replacement."""


class Source(StrEnum):
    """Source of the value of an injected secret."""

    COPIED = "copied"
    """Copied from a required secret, under the same name or another."""
    ONBOARDING = "onboarding"
    """Obtained from the provider during onboarding."""
    DERIVED = "derived"
    """Computed from other values."""
    PLATFORM = "platform"
    """Created or fetched by the platform."""
    CONSTANT = "constant"
    """The same for everybody."""
    ENVIRONMENT = "environment"
    """Read from the environment in which the system runs."""
    UNKNOWN = "unknown"
    """Not stated."""


class Lifetime(StrEnum):
    """Period for which an injected secret is valid."""

    STATIC = "static"
    """Until somebody replaces it."""
    EXPIRES = "expires"
    """For a limited time, after which another secret renews it."""
    ROTATES = "rotates"
    """Until it is used; each use returns the next one."""
    SLIDING = "sliding"
    """For as long as it is used regularly."""
    UNKNOWN = "unknown"
    """Not stated."""


class Location(StrEnum):
    """Part of a request, or of the platform's authentication block, that carries a value."""

    HEADER = "header"
    """A request header."""
    QUERY = "query"
    """A query parameter."""
    PATH = "path"
    """A segment of the path."""
    COOKIE = "cookie"
    """A cookie."""
    BODY = "body"
    """A key of the request body."""
    BASIC_USERNAME = "basic_username"
    """The user name of HTTP basic authentication."""
    BASIC_PASSWORD = "basic_password"  # noqa: S105 - a slot, not a value
    """The password of HTTP basic authentication."""
    BLOCK = "block"
    """A key of the platform's authentication block."""


class BodyFormat(StrEnum):
    """Format of a request body."""

    FORM = "form"
    """URL-encoded parameters, as OAuth requires (RFC 6749 appendix B)."""
    JSON = "json"
    """A JSON document."""
    XML = "xml"
    """An XML document; a key that begins with `$` is an attribute of the element that contains it."""


class Choice(Model):
    """Allowed value, with its label."""

    value: str | int | float | bool = Field(description="value on the wire")
    label: Text = Field(default="", description="display name")


class Names(Model):
    """Names of a secret or parameter that replace the derived ones, without the name of the connector before them."""

    python: str | None = Field(default=None, description="attribute in generated Python classes")
    env: str | None = Field(default=None, description="environment variable")
    file: str | None = Field(default=None, description="file of a mounted secret (default: that of `env`)")
    kubernetes: str | None = Field(default=None, description="key of a Kubernetes Secret (default: that of `env`)")
    compose: str | None = Field(default=None, description="Compose secret (default: that of `env`)")
    hcl: str | None = Field(default=None, description="Terraform variable (default: that of `env`, lower case)")
    github: str | None = Field(default=None, description="GitHub secret or variable (default: that of `env`)")
    mcp: str | None = Field(
        default=None, description="variable in the URL or a header of an MCP server (default: that of `python`)"
    )


class DefinitionNames(Model):
    """Names of a scheme or connector that replace those derived from its id.

    Except for `python` and `kubernetes`, the names of its secrets and parameters begin with them, followed by an
    underscore; after an empty one, they begin with nothing.
    """

    python: str | None = Field(default=None, description="Python module, and beginning of the names of its classes")
    env: str | None = Field(default=None, description="beginning of environment variables, files and Kubernetes keys")
    kubernetes: str | None = Field(default=None, description="Kubernetes object that holds the secrets")
    compose: str | None = Field(default=None, description="beginning of Compose secrets (default: that of `env`)")
    hcl: str | None = Field(
        default=None, description="beginning of Terraform variables (default: that of `env`, lower case)"
    )
    github: str | None = Field(
        default=None, description="beginning of GitHub secrets and variables (default: that of `env`)"
    )


class Setting(Model):
    """Named value; the keys that secrets and parameters share."""

    name: WireName = Field(description="name on the wire, verbatim")
    names: Names = Field(default=Names(), description="names that replace the derived ones")
    type: ValueType = Field(default=ValueType.STRING, description="type on the wire")
    type_label: Text | None = Field(default=None, description="type as the documentation words it, if different")
    title: Text | None = Field(default=None, description="display name")
    description: Text = Field(default="", description="explanation for people")
    example: JsonValue = Field(default=None, description="sample value")
    default: JsonValue = Field(default=None, description="value used when none is given")
    pattern: Text | None = Field(default=None, description="regular expression that the value matches")
    format: Text | None = Field(
        default=None, description="format of a string, in the terms of JSON Schema, such as uri"
    )
    enum: tuple[Choice, ...] = Field(default=(), description="allowed values (default: any value)")
    optional: bool = Field(default=False, description="whether it may be omitted")
    hidden: bool = Field(default=False, description="whether forms omit it")
    automated: bool = Field(default=False, description="whether a program supplies it instead of a person")
    order: int | None = Field(default=None, description="position in a form")
    group: Text | None = Field(default=None, description="group of a form that contains it")
    prefix: Text | None = Field(default=None, description="text shown before the value in a form")
    suffix: Text | None = Field(default=None, description="text shown after the value in a form")
    visible_when: dict[str, JsonValue] | None = Field(
        default=None,
        description="values of other settings, or lists of alternatives, that make a form ask for it; it may be "
        "omitted otherwise",
    )
    deprecated: bool = Field(default=False, description="whether it is deprecated")
    extras: dict[str, JsonValue] = Field(default_factory=dict, description="facts from other systems, kept verbatim")

    @property
    def attribute(self) -> str:
        """Return the attribute in generated Python classes: the chosen one, or else the one derived from the name."""
        return to_attribute(self.name) if self.names.python is None else self.names.python

    @property
    def value_type(self) -> ValueType:
        """Return the type of the value in generated code."""
        return self.type

    @property
    def is_public(self) -> bool:
        """Return whether its default and its example may be shown."""
        return True

    @property
    def shown_choices(self) -> tuple[Choice, ...]:
        """Return the allowed values that may be shown."""
        return self.enum if self.is_public else ()

    @property
    def shown_pattern(self) -> str | None:
        """Return the pattern, unless it spells out a value that may not be shown."""
        return self.pattern if self.is_public or not may_be_value("pattern", self.pattern) else None

    @property
    def may_be_omitted(self) -> bool:
        """Return whether there may be no value: also of a setting that is asked for only in some cases."""
        return self.optional or bool(self.visible_when)

    @property
    def is_needed_if_visible(self) -> bool:
        """Return whether there must be a value wherever a form asks for it, also if its default may not be shown."""
        return not self.optional and self.default is None

    @property
    def conditions(self) -> dict[str, tuple[JsonValue, ...]]:
        """Return the values of other settings, by their names, with one of which each makes a form ask for it."""
        stated = (self.visible_when or {}).items()
        return {name: tuple(value) if isinstance(value, list) else (value,) for name, value in stated}


class Secret(Setting):
    """Credential that the owner of a connector supplies."""

    secret: Secrecy = Field(default=Secrecy.YES, description="whether the value is secret")

    @property
    def is_masked(self) -> bool:
        """Return whether outputs treat the value as secret; they do if that is unknown."""
        return self.secret is not Secrecy.NO

    @property
    def value_type(self) -> ValueType:
        """Return the type of the value in generated code: that of a masked secret is a text whatever its type."""
        return ValueType.STRING if self.is_masked else self.type

    @property
    def is_public(self) -> bool:
        """Return whether its default and its example may be shown.

        The definition decides, by `secret`; if it does not state that, the name of the secret does.
        """
        return is_value_public(self.secret if "secret" in self.model_fields_set else None, self.name)


class Parameter(Setting):
    """Setting that is not secret."""


class Origin(Model):
    """Origin of an injected secret."""

    source: Source = Field(default=Source.UNKNOWN, description="source of the value")
    required: WireName | None = Field(default=None, description="required secret that is copied")
    expression: Text | None = Field(default=None, description="how the value is computed, in the author's words")


class InjectedSecret(Secret):
    """Credential that the platform puts into the system."""

    origin: Origin = Field(default=Origin(), description="origin of the value")
    lifetime: Lifetime = Field(default=Lifetime.UNKNOWN, description="how long the value is valid")


class Placement(Model):
    """Place in a request, or in the platform's authentication block, and the template of the value there."""

    location: Location = Field(alias="in", description="part of the request or block that carries the value")
    name: Text = Field(default="", description="header, parameter or key; a dotted path in a block")
    value: Text = Field(description="template; {name} inserts a secret or parameter, {{ and }} are literal braces")
    fallback: Text | None = Field(
        default=None, description="template used when a secret or parameter in `value` is absent"
    )

    @property
    def templates(self) -> tuple[str, ...]:
        """Return the templates of the value, in the order in which they are tried."""
        return (self.value,) if self.fallback is None else (self.value, self.fallback)


class Endpoint(Model):
    """URL whose variables are spelled `${name}`, with a fallback for absent variables."""

    url: Text = Field(description="URL; ${name} is a variable")
    fallback: Text | None = Field(default=None, description="URL used when a variable is absent")
    query: dict[str, str] = Field(default_factory=dict, description="query parameters that are always sent")

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return the URLs with the query parameters, in the order in which they are tried."""
        urls = (self.url,) if self.fallback is None else (self.url, self.fallback)
        return tuple(append_query(url, self.query) for url in urls)


class BasicCredentials(Model):
    """User name and password of HTTP basic authentication (RFC 7617)."""

    username: Text = Field(default="", description="user name; ${name} inserts a secret or parameter")
    password: Text = Field(default="", description="password; ${name} inserts a secret or parameter")


class RequestContent(Model):
    """Content of a request; its values refer to secrets and parameters as URLs do: `${name}`."""

    method: Text = Field(default="POST", description="HTTP method")
    headers: dict[str, str] = Field(default_factory=dict, description="request headers")
    query: dict[str, str] = Field(default_factory=dict, description="query parameters")
    basic: BasicCredentials | None = Field(default=None, description="HTTP basic authentication of the request")
    body_format: BodyFormat = Field(default=BodyFormat.FORM, description="format of the body")
    body: JsonValue = Field(default=None, description="request body")
    fallbacks: dict[str, str] = Field(
        default_factory=dict,
        description="values used when a secret or parameter is absent, each under the value it replaces",
    )


class VerificationEndpoint(RequestContent, Endpoint):
    """Request that succeeds only with valid credentials, which it carries in the places of every request."""

    method: Text = Field(default="GET", description="HTTP method")


class Endpoints(Model):
    """URLs that a scheme uses, by role."""

    request_token: Endpoint | None = Field(
        default=None, description="where temporary credentials are issued (RFC 5849 section 2.1)"
    )
    authorize: Endpoint | None = Field(default=None, description="where the user logs in and grants access")
    token: Endpoint | None = Field(default=None, description="where tokens are issued")
    refresh: Endpoint | None = Field(default=None, description="where tokens are renewed, if not at the token URL")
    registration: Endpoint | None = Field(default=None, description="where clients register themselves (RFC 7591)")
    login: Endpoint | None = Field(default=None, description="where credentials are exchanged for a session")
    identity: Endpoint | None = Field(default=None, description="where the logged-in account is looked up")
    jwks: Endpoint | None = Field(default=None, description="where the keys for ID tokens are published")
    discovery: Endpoint | None = Field(
        default=None, description="where the provider publishes its metadata (OpenID Connect Discovery 1.0, RFC 8414)"
    )
    base: Endpoint | None = Field(default=None, description="base URL of the provider's API")
    verification: VerificationEndpoint | None = Field(
        default=None, description="where a request succeeds only with valid credentials, and that request"
    )


EndpointRole = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(Endpoints.model_fields)})$")]


class OAuth(Model):
    """OAuth details that each provider chooses (RFC 6749, RFC 7636)."""

    scopes: tuple[str, ...] = Field(default=(), description="scopes that are requested")
    scope_separator: str = Field(default=" ", description="separator between scopes")
    optional_scopes: tuple[str, ...] = Field(default=(), description="scopes that the user may refuse")
    pkce: bool | None = Field(default=None, description="whether PKCE is used (RFC 7636)")
    client_authentication: Text | None = Field(
        default=None, description="client authentication method, such as client_secret_post (RFC 7591)"
    )
    response: dict[str, str] = Field(default_factory=dict, description="key of the token response, by injected secret")
    rotates_refresh_token: bool | None = Field(
        default=None, description="whether each use of the refresh token returns a new one"
    )


class RequestStep(RequestContent):
    """Request after the login request; `${stepN.path}` inserts a value at a dotted path of the N-th response."""

    url: Text = Field(description="URL; ${name} is a variable")


class TokenRequest(RequestContent):
    """Request for a token at the login or token URL, and the location of the token in the last response.

    Client authentication, and the parameters that the grant of an OAuth scheme requires, need not be repeated.
    """

    refresh: RequestContent | None = Field(
        default=None, description="request that renews the token at the refresh or token URL, if it is another one"
    )
    steps: tuple[RequestStep, ...] = Field(default=(), description="requests that follow, in their order")
    token_path: Text | None = Field(default=None, description="dotted path of the token in the response")
    refresh_token_path: Text | None = Field(
        default=None, description="dotted path of the refresh token in the response"
    )
    expires_in_path: Text | None = Field(
        default=None, description="dotted path of the lifetime in the response, in seconds"
    )
    expires_at_path: Text | None = Field(
        default=None, description="dotted path of the time at which the token expires in the response"
    )


class Definition(Model):
    """Keys that all definitions share."""

    id: Id = Field(description="name by which other definitions, connectors and commands refer to it")
    aliases: tuple[Id, ...] = Field(default=(), description="other names that refer to it")
    former_names: tuple[Id, ...] = Field(default=(), description="ids that it had before; they still refer to it")
    title: Text | None = Field(default=None, description="display name")
    summary: Text = Field(default="", description="explanation in a sentence or two")
    notes: tuple[Text, ...] = Field(default=(), description="remarks, one per item")
    docs: Text | None = Field(default=None, description="URL of the provider's or platform's documentation")
    status: Stage = Field(default=Stage.STABLE, description="maturity of the definition")
    successor: str | None = Field(default=None, description="replacement of a deprecated definition")
    extras: dict[str, JsonValue] = Field(default_factory=dict, description="facts from other systems, kept verbatim")

    @property
    def all_ids(self) -> tuple[str, ...]:
        """Return every name that refers to the definition, its id first."""
        return (self.id, *self.aliases, *self.former_names)


class Scheme(Definition):
    """Way to authenticate to a kind of system: its secrets, parameters and placements."""

    names: DefinitionNames = Field(default=DefinitionNames(), description="names that replace the derived ones")
    kind: Kind = Field(default=Kind.CUSTOM, description="kind of authentication")
    extends: str | None = Field(default=None, description="scheme whose facts this one inherits")
    selector: dict[str, str] = Field(
        default_factory=dict, description="manifest keys and values that select the scheme"
    )
    required: tuple[Secret, ...] = Field(default=(), description="secrets that the owner of a connector supplies")
    injected: tuple[InjectedSecret, ...] = Field(
        default=(), description="secrets that the platform puts into the system"
    )
    parameters: tuple[Parameter, ...] = Field(default=(), description="settings that are not secret")
    placements: tuple[Placement, ...] = Field(
        default=(), description="where the values go (default: the platform's placements for the kind)"
    )
    endpoints: Endpoints = Field(default=Endpoints(), description="URLs that the scheme uses")
    oauth: OAuth | None = Field(default=None, description="OAuth details")
    token_request: TokenRequest | None = Field(default=None, description="request for the token")


class Method(Model):
    """Schemes that are used together. The methods of a connector are alternatives."""

    id: Id = Field(description="name of the method")
    title: Text | None = Field(default=None, description="display name")
    schemes: tuple[str, ...] = Field(min_length=1, description="schemes that are used together")


class Connector(Definition):
    """Integration that uses one scheme, or a choice of methods."""

    names: DefinitionNames = Field(default=DefinitionNames(), description="names that replace the derived ones")
    scheme: str | None = Field(default=None, description="scheme that it uses; alternative to `methods`")
    methods: tuple[Method, ...] = Field(
        default=(), description="ways to authenticate, of which one is chosen; alternative to `scheme`"
    )
    parameters: tuple[Parameter, ...] = Field(default=(), description="parameters in addition to those of the scheme")
    placements: tuple[Placement, ...] = Field(
        default=(), description="where the values go (default: the placements of the scheme)"
    )
    flags: tuple[Text, ...] = Field(default=(), description="platform flags that are set")
    endpoints: Endpoints = Field(default=Endpoints(), description="URLs of the provider")
    oauth: OAuth | None = Field(default=None, description="OAuth details of the provider")
    suppressions: tuple[Suppression, ...] = Field(
        default=(), description="findings about this connector that are hidden"
    )

    @property
    def scheme_ids(self) -> tuple[str, ...]:
        """Return the ids of the schemes that it uses, each once, in their order."""
        if self.scheme is not None:
            return (self.scheme,)
        return tuple(dict.fromkeys(name for method in self.methods for name in method.schemes))
