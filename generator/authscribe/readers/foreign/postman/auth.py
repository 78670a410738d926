"""Read one auth of a Postman document: what the owner supplies, and what requests carry.

What is read is plain and comparable, since many requests of a collection have an auth of their own that is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.unknown_mode import report_unknown_mode
from authscribe.findings.rules.wrong_value import report_not_a_mapping, report_wrong_value
from authscribe.model.credential_names import is_secret_name, names_credential
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.model.placement_template import Hole, parse_template
from authscribe.readers.foreign.filled_templates import FilledTemplate
from authscribe.readers.foreign.postman.auth_types import (
    AUTH_TYPES,
    DEFAULT_GRANT,
    GRANTS,
    NO_AUTH,
    OPTIONAL_SECRETS,
    SECRET_OPTIONS,
    AuthType,
    Grant,
)
from authscribe.readers.foreign.postman.fields import list_items, split_query, split_scopes
from authscribe.readers.foreign.postman.variables import fill_credential, fill_variables, find_reference
from authscribe.readers.foreign.request_slots import FilledSlot

_FIELD_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~\[\]-]{1,64}")
"""Names of headers (RFC 9110 section 5.1) and of parameters; anything else may be a value at the wrong place."""
_TYPE: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,20}")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z-]{0,30}")
_ADDRESS: Final = re.compile(r"((?:https?://|\{\{)[^?#@\s]+)(?:[?#].*)?", re.DOTALL)
"""An address without user information; its query and fragment may hold values."""
_ADDRESSES: Final = {"authorize": "authUrl", "token": "accessTokenUrl", "refresh": "refreshTokenUrl"}
_LOGIN_WORDS: Final = frozenset(
    {"access_type", "approval_prompt", "display", "grant_type", "include_granted_scopes", "prompt", "response_mode"}
)
"""Parameters of OAuth (RFC 6749), OpenID Connect (Core 1.0, section 3.1.2.1) and Google whose values are words."""
_LOGIN_VALUE: Final = re.compile(r"[a-z_]{1,20}(?: [a-z_]{1,20}){0,3}|urn:ietf:params:oauth:grant-type:[a-z0-9-]{1,30}")
TARGETS: Final = ("audience", "resource")
"""Parameters of OAuth requests that name the API for which a token is (RFC 8693 section 2.1, RFC 8707)."""
_TARGET: Final = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^?#@\s{}]|\{\{[^{}]+\}\})+", re.IGNORECASE)
"""Matches the URI of an API, without user information and query."""
_OAUTH1_TOKEN: Final = ("token", "tokenSecret")
_SCOPES: Final = re.compile(r"[^{}]*")
_STRUCTURAL: Final[Mapping[str, re.Pattern[str]]] = {
    **dict.fromkeys(("key", "queryParamKey"), _FIELD_NAME),
    **dict.fromkeys(("in", "addTokenTo", "headerPrefix", "tokenType", "client_authentication"), _WORD),
    **dict.fromkeys(_ADDRESSES.values(), _ADDRESS),
    **dict.fromkeys(TARGETS, _TARGET),
    "grant_type": re.compile("|".join(GRANTS)),
    "algorithm": re.compile(r"[A-Z]{2}[0-9]{3}"),
    "signatureMethod": re.compile(r"[A-Z]+(?:-[A-Z0-9]+)?"),
    "scope": _SCOPES,
}
"""Forms of the parameters that say how to authenticate, and are no credentials."""


def is_read(name: str, node: Node | None) -> bool:
    """Return whether all of a parameter's value is read: it is a variable, or says how to authenticate."""
    text = (get_text(node) or "").strip()
    pattern = _STRUCTURAL.get(name)
    match = pattern.fullmatch(text) if pattern is not None else None
    is_structural = match is not None and (match.lastindex is None or match[1] == text)
    return is_structural or find_reference(node) is not None or (name == "value" and fill_credential(text) is not None)


@dataclass(frozen=True, slots=True)
class AuthSetting:
    """Value that the owner supplies; `secret` is `yes`, `no` or `unknown`."""

    wire: str
    is_secret: bool
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class AuthToken:
    """Token that is obtained or computed with what the owner supplies."""

    wire: str
    source: str
    lifetime: str | None = None
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class AuthEndpoint:
    """Address with the fixed parts of its query, and its role."""

    role: str
    url: str
    query: tuple[tuple[str, str], ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Texts that may refer to variables."""
        return (self.url, *(value for _, value in self.query))


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """Request that exchanges credentials for a token, and the token's path; `${name}` in a value is a setting.

    `form` is the format of the body. The parameters that a grant of OAuth requires are left out.
    """

    method: str
    form: str
    body: tuple[tuple[str, str], ...]
    query: tuple[tuple[str, str], ...] = ()
    token_path: str = ""
    refresh_token_path: str = ""


@dataclass(frozen=True, slots=True)
class PostmanAuth:
    """Way in which requests authenticate; two with the same facts are equal wherever they are."""

    label: str
    kind: str
    settings: tuple[AuthSetting, ...] = ()
    tokens: tuple[AuthToken, ...] = ()
    slots: tuple[FilledSlot, ...] = ()
    endpoints: tuple[AuthEndpoint, ...] = ()
    scopes: tuple[str, ...] = ()
    pkce: bool | None = None
    client_authentication: str | None = None
    login: LoginRequest | None = None
    place: Place = field(default=Place(""), compare=False)
    scope_separator: str | None = None


NO_AUTHENTICATION: Final = PostmanAuth("none", "none")


def read_auth(node: Node | None) -> tuple[PostmanAuth | None, Finding | None]:
    """Return the auth that a node states, and a finding about it.

    The auth is None if the node states nothing, so that the one around it counts, or if it cannot be read.
    """
    if node is None or (isinstance(node, ScalarNode) and node.value is None):
        return None, None
    if not isinstance(node, MapNode):
        return None, report_not_a_mapping(node.place, "'auth'")
    type_node = node.find("type")
    label = get_text(type_node)
    if type_node is None:
        return None, report_missing_key("type", node.place)
    if label is None or not _TYPE.fullmatch(label):
        return None, report_wrong_value("type", type_node.place, "input should be the name of a type")
    if label == NO_AUTH:
        return NO_AUTHENTICATION, None
    if label not in AUTH_TYPES:
        finding = report_unknown_mode(label, type_node.place, (*AUTH_TYPES, NO_AUTH))
        return PostmanAuth("custom", "custom", place=node.place), finding
    return _AuthReader(label, _read_params(node.find(label)), node.place).read(), None


def _read_params(node: Node | None) -> dict[str, Node]:
    """Return the parameters: a list of keys and values, or a mapping in version 2.0."""
    if isinstance(node, MapNode):
        return {entry.key: entry.node for entry in node.entries}
    items = node.items if isinstance(node, ListNode) else ()
    pairs = ((get_text(item.find("key")), item.find("value")) for item in items if isinstance(item, MapNode))
    return {key: value for key, value in pairs if key is not None and value is not None}


@dataclass(frozen=True, slots=True)
class _AuthReader:
    """Reader of the parameters of one type."""

    label: str
    params: Mapping[str, Node]
    place: Place

    def read(self) -> PostmanAuth:
        match self.label:
            case "apikey":
                return self._read_key()
            case "basic" if (half := self._find_half_of_basic()) is not None:
                return self._read_half_of_basic(half)
            case "oauth2":
                return self._read_oauth2()
            case "jwt":
                return self._read_jwt()
        auth_type = self._find_oauth1_type() if self.label == "oauth1" else AUTH_TYPES[self.label]
        slots = tuple(self._fill_slot(*slot) for slot in auth_type.slots)
        return PostmanAuth(self.label, auth_type.kind, self._list_settings(auth_type), slots=slots, place=self.place)

    def _find_oauth1_type(self) -> AuthType:
        """Return what OAuth 1.0 needs: methods with RSA sign with a key.

        A consumer that is stated alone signs for itself, without a token of a user (RFC 5849 section 3.1).
        """
        auth_type = AUTH_TYPES["oauth1"]
        secret = "privateKey" if (self._get("signatureMethod") or "").startswith("RSA") else "consumerSecret"
        has_consumer, has_token = (any(map(self._get, names)) for names in (("consumerKey", secret), _OAUTH1_TOKEN))
        if has_consumer and not has_token:
            return replace(auth_type, secrets=(secret,), identifiers=("consumerKey",))
        return replace(auth_type, secrets=(secret, "tokenSecret"))

    def _get(self, name: str) -> str | None:
        text = get_text(self.params.get(name))
        return text.strip() if text is not None and text.strip() else None

    def _name(self, param: str) -> str:
        """Return the name of a setting: that of the variable that holds it, else that of the parameter."""
        return find_reference(self.params.get(param)) or param

    def _list_settings(self, auth_type: AuthType) -> tuple[AuthSetting, ...]:
        required = [AuthSetting(self._name(param), is_secret=True) for param in auth_type.secrets]
        required += [AuthSetting(self._name(param), is_secret=False) for param in auth_type.identifiers]
        optional = [
            AuthSetting(self._name(param), is_secret=param in SECRET_OPTIONS, is_optional=True)
            for param in auth_type.optional
            if find_reference(self.params.get(param)) is not None
        ]
        return merge_settings((*required, *optional))

    def _fill_slot(self, location: str, name: str, template: str) -> FilledSlot:
        parts = parse_template(template)
        filled = tuple(Hole(self._name(part.name)) if isinstance(part, Hole) else part for part in parts)
        is_variable = any(find_reference(self.params.get(part.name)) for part in parts if isinstance(part, Hole))
        return FilledSlot(location, name, FilledTemplate(filled), is_literal=not is_variable)

    def _read_key(self) -> PostmanAuth:
        """Read an API key, which is in a header unless `in` is `query`."""
        key = self._get("key") or ""
        name = key if _FIELD_NAME.fullmatch(key) else ""
        stated = fill_credential(self._get("value") or "")
        value = stated or FilledTemplate((Hole(name or "value"),))
        location = "query" if self._get("in") == "query" else "header"
        slots = (FilledSlot(location, name, value, is_literal=stated is None),) if name else ()
        settings = tuple(AuthSetting(wire, is_secret=True) for wire in value.names)
        return PostmanAuth("apikey", "api_key", settings, slots=slots, place=self.place)

    def _read_half_of_basic(self, param: str) -> PostmanAuth:
        """Read basic authentication with one part only, which is the credential: the other one is sent empty."""
        slots = tuple(self._fill_slot(*slot) for slot in AUTH_TYPES["basic"].slots if slot[0] == f"basic_{param}")
        settings = (AuthSetting(self._name(param), is_secret=True),)
        return PostmanAuth("basic", "http_basic", settings, slots=slots, place=self.place)

    def _find_half_of_basic(self) -> str | None:
        """Return the only part of basic authentication that is stated.

        A user name counts if its variable is named like a credential: the password may be a value that was removed.
        """
        stated = [param for param in ("username", "password") if self._get(param) is not None]
        is_user = stated == ["username"] and not is_secret_name(self._name("username"))
        return stated[0] if len(stated) == 1 and not is_user else None

    def _read_jwt(self) -> PostmanAuth:
        """Read a token that is signed for each request: with a secret, or with a key for asymmetric algorithms."""
        is_symmetric = (self._get("algorithm") or "HS256").startswith("HS")
        secret = self._name("secret" if is_symmetric else "privateKey")
        token = AuthToken("jwt", "derived", "expires")
        is_query = self._get("addTokenTo") == "queryParam"
        key = self._get("queryParamKey") or "token"
        slots = (self._carry_token(token.wire, key if is_query and _FIELD_NAME.fullmatch(key) else None),)
        settings = (AuthSetting(secret, is_secret=True),)
        return PostmanAuth("jwt", "jwt", settings, (token,), slots, place=self.place)

    def _carry_token(self, wire: str, query_key: str | None) -> FilledSlot:
        """Return the slot of a token: a parameter of the query, or the header after a prefix, `Bearer` by default."""
        if query_key is not None:
            return FilledSlot("query", query_key, FilledTemplate((Hole(wire),)))
        stated = get_text(self.params.get("headerPrefix"))
        prefix = "Bearer" if stated is None else stated.strip()
        parts = (f"{prefix} ", Hole(wire)) if _WORD.fullmatch(prefix) else (Hole(wire),)
        return FilledSlot("header", "Authorization", FilledTemplate(parts))

    def _read_oauth2(self) -> PostmanAuth:
        """Read OAuth 2.0; a token alone was obtained elsewhere."""
        token = self._name("accessToken")
        is_query = self._get("addTokenTo") == "queryParams"
        # A MAC token signs requests, instead of being sent.
        is_signed = (self._get("tokenType") or "").lower() == "mac"
        slots = () if is_signed else (self._carry_token(token, "access_token" if is_query else None),)
        if not any(self._get(name) for name in ("grant_type", "authUrl", "accessTokenUrl")):
            settings = (AuthSetting(token, is_secret=True),)
            return PostmanAuth("oauth2", "http_bearer", settings, slots=slots, place=self.place)
        name = self._get("grant_type") or DEFAULT_GRANT
        grant = GRANTS.get(name, Grant("custom"))
        method = {"header": "client_secret_basic", "body": "client_secret_post"}.get(
            self._get("client_authentication") or ""
        )
        body = tuple((name, value.to_url()) for name, value in self._list_token_params())
        scope = self._get("scope") or ""
        scopes, separator = split_scopes(scope if _SCOPES.fullmatch(scope) else "")
        return PostmanAuth(
            f"oauth2-{name}" if name in GRANTS else "oauth2",
            grant.kind,
            self._list_client(grant, is_optional=name in OPTIONAL_SECRETS),
            self._list_tokens(token, grant),
            slots,
            tuple(self._list_endpoints(grant)),
            scopes,
            grant.pkce,
            method,
            LoginRequest("POST", "form", body) if body else None,
            self.place,
            separator,
        )

    def _list_client(self, grant: Grant, *, is_optional: bool) -> tuple[AuthSetting, ...]:
        secrets = [
            AuthSetting(self._name(param), is_secret=True, is_optional=is_optional and param == "clientSecret")
            for param in grant.secrets
        ]
        identifiers = [AuthSetting(self._name(param), is_secret=False) for param in grant.identifiers]
        addresses = (self._fill_address(param) for param in _ADDRESSES.values())
        plain = (*filter(None, addresses), fill_variables(self._get("scope") or ""))
        fixed = chain.from_iterable(list_fixed(self._list_query(param)) for param in _ADDRESSES.values())
        params = (value for _, value in (*fixed, *self._list_token_params()))
        others = [AuthSetting(name, is_secret=False) for value in plain for name in value.names]
        others += [AuthSetting(name, is_secret=names_credential(name)) for value in params for name in value.names]
        return merge_settings((*secrets, *identifiers, *others))

    def _list_token_params(self) -> Iterator[tuple[str, FilledTemplate]]:
        """Yield what the body of a token request holds besides the parameters of the grant."""
        node = self.params.get("tokenRequestParams")
        items = [item for item in node.items if _is_in_body(item)] if isinstance(node, ListNode) else []
        stated = [(name, self.params.get(name)) for name in TARGETS]
        for name, value in (*stated, *list_items(ListNode(tuple(items), self.place))):
            filled = _fill_param(name, (get_text(value) or "").strip())
            if filled is not None:
                yield name, filled

    def _list_tokens(self, token: str, grant: Grant) -> tuple[AuthToken, ...]:
        access = AuthToken(token, "onboarding", "expires")
        refresh = AuthToken(self._name("refreshToken"), "onboarding", is_optional=True)
        return (access, refresh) if grant.has_refresh else (access,)

    def _list_endpoints(self, grant: Grant) -> Iterator[AuthEndpoint]:
        for role, param in _ADDRESSES.items():
            endpoint = make_endpoint(role, self._get(param) or "", self._list_query(param))
            if endpoint is not None and (grant.has_user or role != "authorize"):
                yield endpoint

    def _list_query(self, param: str) -> Iterator[tuple[str, str]]:
        """Yield the query of an address, and for a login of a user the parameters that are stated apart."""
        yield from split_query(self._get(param) or "")
        if param == _ADDRESSES["authorize"]:
            stated = list_items(self.params.get("authRequestParams"))
            yield from ((name, get_text(value) or "") for name, value in stated)

    def _fill_address(self, param: str) -> FilledTemplate | None:
        return fill_address(self._get(param) or "")


def list_fixed(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, FilledTemplate]]:
    """Yield the parameters of a query that say what is requested; any other value may be a credential."""
    for name, value in pairs:
        filled = _fill_param(name, value) if name in _LOGIN_WORDS or name in TARGETS else None
        if filled is not None:
            yield name, filled


def _is_in_body(item: Node) -> bool:
    return isinstance(item, MapNode) and get_text(item.find("send_as")) in (None, "request_body")


def _fill_param(name: str, value: str) -> FilledTemplate | None:
    """Return the value of a parameter of an OAuth request, if it is a variable, a word or the address of an API."""
    filled = fill_variables(value)
    form = _TARGET if name in TARGETS else _LOGIN_VALUE if name in _LOGIN_WORDS else None
    is_stated = form is not None and form.fullmatch(value) is not None
    return filled if is_stated or len(filled.parts) == len(filled.names) == 1 else None


def make_endpoint(role: str, text: str, query: Iterable[tuple[str, str]]) -> AuthEndpoint | None:
    """Return the endpoint at an address, with the fixed parts of its query; None if it cannot be one."""
    address = fill_address(text)
    fixed = tuple((name, value.to_url()) for name, value in list_fixed(query))
    return AuthEndpoint(role, address.to_url(), fixed) if address is not None else None


def fill_address(text: str) -> FilledTemplate | None:
    """Return an address without the values in it: None for one with user information."""
    match = _ADDRESS.fullmatch(text)
    return fill_variables(match[1]) if match is not None else None


def merge_settings(settings: tuple[AuthSetting, ...]) -> tuple[AuthSetting, ...]:
    """Return the settings, one of each name; it is secret if any of that name is."""
    merged: dict[str, AuthSetting] = {}
    for setting in settings:
        other = merged.get(setting.wire, setting)
        is_secret = setting.is_secret or other.is_secret
        merged[setting.wire] = AuthSetting(setting.wire, is_secret, setting.is_optional and other.is_optional)
    return tuple(merged.values())
