"""Models of definitions: schemes, connectors and platforms, once they are known to be right.

The docstrings and descriptions below are published as the JSON Schema of definition files and in the reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from authscribe.model.name_kinds import DEFAULT_CONVENTIONS, Conventions
from authscribe.model.naming import ID_PATTERN, is_value_public, split_words, to_attribute
from authscribe.model.placement_template import append_query
from authscribe.model.strict import CLOSED, TEXT_LIMIT, Suppression
from authscribe.model.target_options import DEFAULT_OPTIONS, AllOptions, TargetOptions

OptionsT = TypeVar("OptionsT")
Text = Annotated[str, StringConstraints(max_length=TEXT_LIMIT)]


class Model(BaseModel):
    """Frozen model without unknown keys, whose errors never repeat the refused value."""

    model_config = ConfigDict({**CLOSED, "frozen": True, "protected_namespaces": ()})


Id = Annotated[str, StringConstraints(pattern=rf"^{ID_PATTERN}$")]
WireName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_SEGMENT: Final = r"\.?[A-Za-z0-9_-][A-Za-z0-9_.-]*"
"""Pattern of the name of a file or folder, which is never `..`."""
IgnoredPath = Annotated[str, StringConstraints(pattern=rf"^{_SEGMENT}(/{_SEGMENT})*/?$", max_length=200)]
RelativePath = Annotated[str, StringConstraints(pattern=rf"^{_SEGMENT}(/{_SEGMENT})*$", max_length=200)]


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
        default=None, description="values of other settings that make a form ask for it"
    )
    deprecated: bool = Field(default=False, description="whether it is deprecated")
    extras: dict[str, JsonValue] = Field(default_factory=dict, description="facts from other systems, kept verbatim")

    @property
    def attribute(self) -> str:
        """Return the attribute in generated Python classes: the chosen one, or else the one derived from the name."""
        return to_attribute(self.name) if self.names.python is None else self.names.python

    @property
    def is_public(self) -> bool:
        """Return whether its default and its example may be shown."""
        return True


class Secret(Setting):
    """Credential that the owner of a connector supplies."""

    secret: Secrecy = Field(default=Secrecy.YES, description="whether the value is secret")

    @property
    def is_masked(self) -> bool:
        """Return whether outputs treat the value as secret; they do if that is unknown."""
        return self.secret is not Secrecy.NO

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


class BasicCredentials(Model):
    """User name and password of HTTP basic authentication (RFC 7617)."""

    username: Text = Field(default="", description="user name; ${name} inserts a secret or parameter")
    password: Text = Field(default="", description="password; ${name} inserts a secret or parameter")


class RequestContent(Model):
    """Content of a request for a token; its values refer to secrets and parameters as URLs do: `${name}`."""

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


class Flag(Model):
    """Manifest switch of the platform, and the secrets that it injects when set."""

    name: WireName = Field(description="key of the flag in a manifest")
    description: Text = Field(default="", description="purpose of the flag")
    injected: tuple[InjectedSecret, ...] = Field(default=(), description="secrets that it injects")
    variables: tuple[WireName, ...] = Field(default=(), description="variables that it fills")
    internal: bool = Field(default=False, description="whether its secrets are for the platform's own API only")
    open_receivers: Text | None = Field(
        default=None, description="ending of the pipes to which anybody may send data when it is set"
    )


class Variable(Model):
    """Variable that the platform fills without a declaration."""

    name: WireName = Field(description="name of the variable")
    description: Text = Field(default="", description="meaning of the value")
    always: bool = Field(
        default=False, description="whether the platform fills it for every connector, not only usually"
    )


class References(Model):
    """Spelling of references on the platform; `{name}` is replaced by the name referred to."""

    secret: Text = Field(description="reference to a secret")
    call: Text | None = Field(default=None, description="reference to a secret inside a runtime expression")
    variable: Text = Field(description="reference to a parameter or variable")
    block: Text | None = Field(
        default=None,
        description="statement around text, in the language of variables; without it, that language has names alone",
    )
    comment: Text | None = Field(default=None, description="comment, in the language of variables")
    environment: Text = Field(description="reference to a value of the environment")

    def can_name(self, name: str) -> bool:
        """Return whether a reference to a variable can have this name: an expression cannot, as `wix-site-id`."""
        return self.block is None or name.isidentifier()


class LetterCase(StrEnum):
    """Case of the letters of names."""

    LOWER = "lower"
    """All letters are small."""
    UPPER = "upper"
    """All letters are capitals."""


class NamingRule(Model):
    """Rule for the names of secrets and parameters in the files of a platform.

    A name that the rule refuses is spelled anew from its words.
    """

    pattern: Text = Field(description="regular expression that the whole of each name matches")
    characters: Text = Field(
        default="other characters", description="what names consist of, to complete the sentence `use ...`"
    )
    letters: LetterCase = Field(
        default=LetterCase.LOWER, description="case of the letters of a name that is spelled anew"
    )
    separator: Text = Field(default="_", description="text between the words of a name that is spelled anew")
    exceptions: dict[WireName, WireName] = Field(
        default_factory=dict, description="spelling of single names, by their names"
    )

    def accepts(self, name: str) -> bool:
        """Return whether a name may stand in the files of the platform."""
        return re.fullmatch(self.pattern, name) is not None

    def spell(self, name: str) -> str:
        """Return the spelling of a name; `resolve` refuses one that the rule does not accept either."""
        if name in self.exceptions or self.accepts(name):
            return self.exceptions.get(name, name)
        spelt = self.separator.join(split_words(name))
        return spelt.upper() if self.letters is LetterCase.UPPER else spelt


def is_yaml_path(path: str) -> bool:
    """Return whether the suffix of a path is that of YAML."""
    return path.endswith((".yaml", ".yml"))


class ConnectorFile(Model):
    """File of a connector on the platform."""

    path: RelativePath = Field(
        description="path in the folder of the connector; a file with the suffix `.yaml` or `.yml` is written in YAML, "
        "any other in JSON"
    )
    stub: RelativePath | None = Field(default=None, description="path in the output of the target (default: `path`)")
    description: Text = Field(default="", description="purpose, to complete a sentence that begins with the path")

    @property
    def stub_path(self) -> str:
        """Return the path in the output of the target."""
        return self.stub or self.path


_INITIAL: Final = "content in a new connector, to which the facts of the definitions are added"


class ManifestFile(ConnectorFile):
    """File in which a connector states how it authenticates; all keys are dotted paths in it."""

    initial: dict[str, JsonValue] = Field(default_factory=dict, description=_INITIAL)
    parameters: Text | None = Field(default=None, description="mapping that declares the parameters")
    declaration: JsonValue = Field(default_factory=dict, description="value of a parameter in that mapping")
    endpoints: dict[EndpointRole, Text] = Field(default_factory=dict, description="URL of each role")
    scopes: Text | None = Field(default=None, description="list of the scopes that are requested")
    optional_scopes: Text | None = Field(default=None, description="list of the scopes that the user may refuse")
    system: tuple[Text, ...] = Field(
        default=(), description="path of the system template; the first of these keys that is there counts"
    )
    datatypes: Text | None = Field(
        default=None, description="mapping of the datatypes, each with `template`, `parameters` and `parent`"
    )

    @property
    def scope_lists(self) -> dict[str, str]:
        """Return the path of the list of each type of scopes, by its key in `OAuth`."""
        paths = {"scopes": self.scopes, "optional_scopes": self.optional_scopes}
        return {key: path for key, path in paths.items() if path is not None}


class Slots(Model):
    """Dotted path in the system template of the value at each location.

    `{name}` is replaced by the name of the placement, and `{operation}` by that of the operation.
    """

    header: Text = Field(default="headers.{name}", description="a request header")
    query: Text = Field(default="query.{name}", description="a query parameter")
    path: Text = Field(default="path", description="the path of the URL")
    cookie: Text = Field(default="cookies.{name}", description="a cookie; without `{name}`, all of them")
    body: Text = Field(default="body.{name}", description="a field of the request body")
    basic_username: Text = Field(default="username", description="the user name of HTTP basic authentication")
    basic_password: Text = Field(default="password", description="the password of HTTP basic authentication")
    block: Text = Field(default="{name}", description="a key of the platform's authentication block")

    def split(self, location: Location) -> tuple[str, ...]:
        """Return the keys of the path of a location."""
        path: str = getattr(self, location)
        return tuple(path.split("."))

    def find_holder(self, location: Location) -> str | None:
        """Return the key whose values belong to a location by their names, such as `headers`; None if none does."""
        keys = self.split(location)
        return keys[keys.index("{name}") - 1] if "{name}" in keys[1:] else None


class SystemFile(ConnectorFile):
    """Template with the requests of a connector, which authenticates them."""

    initial: dict[str, JsonValue] = Field(default_factory=dict, description=_INITIAL)
    slots: Slots = Field(default=Slots(), description="where values go")
    basic: dict[str, Text] = Field(
        default_factory=dict, description="settings that announce HTTP basic authentication (RFC 7617), by dotted path"
    )
    operation: Text = Field(default="list", description="name of the operation in stubs")
    initial_operation: Text | None = Field(
        default=None, description="name of the operation in a new connector (default: `operation`)"
    )


class SettingRole(StrEnum):
    """Settings that a file holds."""

    REQUIRED = "required"
    """Secrets that the owner of a connector supplies."""
    INJECTED = "injected"
    """Secrets that the platform puts into the system."""
    PARAMETERS = "parameters"
    """Settings that are not secret."""


class SettingsFile(ConnectorFile):
    """File with a value for each setting; without `holds`, a file that only new connectors have."""

    initial: JsonValue = Field(default=None, description="content in a new connector of a file that holds no settings")
    holds: SettingRole | None = Field(default=None, description="settings that it has values for")
    placeholder: JsonValue = Field(default="REPLACE_ME", description="value of a setting without a default")
    constants: dict[str, JsonValue] = Field(
        default_factory=dict, description="other values in a file that holds settings"
    )


class LoginOption(Model):
    """Manifest key that the login of some schemes needs."""

    key: Text = Field(description="dotted path in the manifest")
    schemes: tuple[Id, ...] = Field(description="schemes whose login needs it")
    scope: Text | None = Field(
        default=None, description="needed only if this scope is requested (RFC 6749 section 3.3)"
    )
    reason: Text = Field(description="what the login needs it for")
    example: Text = Field(description="initial value in a new connector")


class Mechanism(Model):
    """System setting that reveals how the system authenticates, and the matching kinds."""

    slot: Text = Field(description="dotted path in the system")
    value: Text | None = Field(default=None, description="applies only if the setting has this value")
    kinds: tuple[Kind, ...] = Field(description="kinds that authenticate this way")


class Platform(Definition):
    """Profile of a platform: its spelling of schemes, flags and references."""

    selector_keys: tuple[str, ...] = Field(default=(), description="manifest keys that select the scheme")
    selectors: dict[Id, dict[str, str]] = Field(default_factory=dict, description="values of these keys, by scheme")
    injects: dict[Id, tuple[WireName, ...]] = Field(
        default_factory=dict, description="secrets that the platform injects for a scheme, whether documented or not"
    )
    login_options: tuple[LoginOption, ...] = Field(default=(), description="manifest keys that logins need")
    mechanisms: tuple[Mechanism, ...] = Field(
        default=(), description="system settings that reveal how a system authenticates"
    )
    credential_slots: tuple[Text, ...] = Field(default=(), description="dotted paths that may hold only a secret")
    references: References = Field(description="spelling of references")
    flags: tuple[Flag, ...] = Field(default=(), description="manifest switches")
    variables: tuple[Variable, ...] = Field(default=(), description="variables that the platform fills")
    names: NamingRule | None = Field(
        default=None, description="rule for the names of secrets and parameters (default: any name is used as it is)"
    )
    folder: RelativePath | None = Field(
        default=None, description="folder of the stubs in the output folder (default: the id)"
    )
    manifest: ManifestFile | None = Field(default=None, description="manifest of a connector")
    system: SystemFile | None = Field(default=None, description="requests of a connector")
    files: tuple[SettingsFile, ...] = Field(default=(), description="other files of a connector")
    ignored: tuple[IgnoredPath, ...] = Field(
        default=(), description="files that Git is to ignore in a connector, besides those with secrets"
    )
    placements: dict[Kind, tuple[Placement, ...]] = Field(
        default_factory=dict, description="default placements, by kind"
    )
    targets: tuple[Text, ...] = Field(
        default=(), description="targets of a run that names none (default: `python`, `docs` and `catalogue`)"
    )

    def spell_name(self, name: str) -> str:
        """Return the name of a secret or parameter in the files of the platform."""
        return name if self.names is None else self.names.spell(name)

    @property
    def all_files(self) -> tuple[ConnectorFile, ...]:
        """Return the files of a connector, its manifest and its system first."""
        return tuple(file for file in (self.manifest, self.system, *self.files) if file is not None)


NO_AUTHENTICATION: Final = Scheme(id="none", title="No authentication", kind=Kind.NONE)
"""Scheme of connectors that authenticate nowhere; it needs no definition."""


@dataclass(frozen=True)
class Catalogue:
    """Resolved definitions, sorted by id; every reference exists and every name is usable.

    The scheme `none` is known without a definition, and listed only if a source defines it or a connector uses it.
    """

    schemes: tuple[Scheme, ...]
    connectors: tuple[Connector, ...]
    platform: Platform
    conventions: Conventions = DEFAULT_CONVENTIONS
    options: TargetOptions = DEFAULT_OPTIONS

    @cached_property
    def _schemes_by_name(self) -> dict[str, Scheme]:
        defined = {name: scheme for scheme in self.schemes for name in scheme.all_ids}
        return {NO_AUTHENTICATION.id: NO_AUTHENTICATION, **defined}

    @cached_property
    def _connectors_by_name(self) -> dict[str, Connector]:
        return {name: connector for connector in self.connectors for name in connector.all_ids}

    def get_options(self, target: str, kind: type[OptionsT]) -> OptionsT:
        """Return the options that the configuration sets for a plugin's target, a `kind`, or else the defaults."""
        given = self.options.plugins if isinstance(self.options, AllOptions) else {}
        options = given.get(target.replace("-", "_"))
        return options if isinstance(options, kind) else kind()

    def get_scheme(self, identifier: str) -> Scheme:
        """Return the scheme with this id.

        Raises KeyError if there is none, which is a bug in authscribe: `resolve` checks every reference.
        """
        return self._schemes_by_name[identifier]

    def find_scheme(self, name: str) -> Scheme | None:
        """Return the scheme with this id, alias or former name, or None."""
        return self._schemes_by_name.get(name)

    def find_connector(self, name: str) -> Connector | None:
        """Return the connector with this id, alias or former name, or None."""
        return self._connectors_by_name.get(name)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return every name of a scheme or connector, for suggestions."""
        return (*(name for scheme in self.schemes for name in scheme.all_ids), *self._connectors_by_name)
