"""Read the logins of a Power Platform connector: parameters of the type `oauthSetting`.

https://learn.microsoft.com/connectors/custom-connectors/connection-parameters. Parameters that belong to a login are
named after it, as in `token:clientId`; values that the format leaves to OAuth get names of the same form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from authscribe.findings.finding import Finding
from authscribe.findings.rules.undeclared_name import report_undeclared_name
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.scheme_lists import ObtainedSecret, SchemeSetting
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map

_SETTINGS_KEYS: Final = ("oauthsettings", "oauthsetting")
_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")
_PLATFORM_VARIABLES: Final = frozenset(
    {"clientid", "clientsecret", "code", "redirecturl", "refreshtoken", "resourceuri", "scope", "scopes", "state"}
)
"""Variables of a template that the platform fills in, in lower case."""

_SECRET_KEYS: Final = frozenset({"clientsecret"})
_CREDENTIALS: Final = (("clientId", False), ("clientSecret", True))
_ENDPOINT_KEYS: Final[Mapping[str, str]] = {
    "authorize": "authorizationurl",
    "token": "tokenurl",
    "refresh": "refreshurl",
}
_STANDARD_QUERY: Final = frozenset({"response_type"})
"""Parameters of every authorization request (RFC 6749 section 4.1.1), which are not a choice of the provider."""


@dataclass(frozen=True, slots=True)
class Login:
    """Login: what the owner supplies and what it obtains, apart from the declared parameters."""

    supplied: tuple[SchemeSetting, ...]
    obtained: tuple[ObtainedSecret, ...]
    endpoints: MapNode | None
    oauth: MapNode | None
    findings: tuple[Finding, ...]

    @property
    def token(self) -> str:
        """Name of the access token."""
        return self.obtained[0].wire


def read_login(name: ScalarNode, parameter: TrackedMapping, ui_facts: MapNode, declared: Iterable[str]) -> Login:
    """Return the login of a parameter.

    `ui_facts` are its title and the like, and `declared` the names of all parameters of the connection.
    """
    key = next((key for key in parameter.keys if key.lower() in _SETTINGS_KEYS), "")
    settings = parameter.child(key)
    _withhold_secrets(settings)
    custom = settings.child("customParameters")
    _withhold_secrets(custom)
    _withhold_secrets(settings.child("properties"))
    variables = _Variables(str(name.value), {wire.lower(): wire for wire in declared})
    undeclared = _find_undeclared(custom, variables)
    endpoints = _take_endpoints(custom, variables)
    supplied = (*_list_credentials(name, custom, variables), *_make_undeclared_settings(name, undeclared))
    refresh = _make_refresh_token(name) if endpoints is not None and endpoints.find("refresh") is not None else ()
    oauth = _take_oauth(settings)
    extras = make_map(name.place, extras=parameter.leftovers())
    facts = MapNode((*ui_facts.entries, *extras.entries), name.place)
    token = ObtainedSecret(name, make_map(name.place, source="onboarding"), facts, "expires")
    findings = tuple(
        report_undeclared_name("connection parameter", wire, node.place, declared) for wire, node in undeclared.items()
    )
    return Login(supplied, (token, *refresh), endpoints, oauth, findings)


@dataclass(frozen=True, slots=True)
class _Variables:
    """Variables of a login's templates; `declared` holds the names of parameters by their names in lower case."""

    login: str
    declared: Mapping[str, str]

    def find_wire(self, variable: str) -> str | None:
        """Return the parameter of a variable: one of the login's own, else one of exactly this name."""
        return self.declared.get(f"{self.login}:{variable}".lower()) or self.declared.get(variable.lower())

    def make_wire(self, variable: str) -> str:
        """Return the parameter of a variable; if none is declared, a name of the form that logins use."""
        return self.find_wire(variable) or f"{self.login}:{variable}"


def _withhold_secrets(mapping: TrackedMapping) -> None:
    for key in mapping.keys:
        node = mapping.peek(key)
        if key.lower() in _SECRET_KEYS and not (isinstance(node, ScalarNode) and node.value is None):
            mapping.withhold(key)


@dataclass(frozen=True, slots=True)
class _CustomParameter:
    """Custom parameter of a login that has text for a value."""

    mapping: TrackedMapping
    value: ScalarNode

    @property
    def text(self) -> str:
        """Text of the value."""
        return str(self.value.value)

    @property
    def variables(self) -> list[str]:
        """Variables in the text."""
        return _VARIABLE.findall(self.text)


def _find_custom(custom: TrackedMapping, *keys: str) -> _CustomParameter | None:
    """Return the first custom parameter with one of these keys, which are in lower case."""
    for entry in custom.node.entries:
        if entry.key.lower() in keys and isinstance(entry.node, MapNode):
            value = entry.node.find("value")
            if isinstance(value, ScalarNode) and isinstance(value.value, str) and value.value.strip():
                return _CustomParameter(custom.child(entry.key), value)
    return None


def _find_undeclared(custom: TrackedMapping, variables: _Variables) -> dict[str, Node]:
    """Return a name for each variable of the addresses for which no parameter is declared, with its place."""
    addresses = (_find_address(custom, variables, key) for key in _ENDPOINT_KEYS.values())
    return {
        variables.make_wire(variable): address.value
        for address in addresses
        if address is not None
        for variable in address.variables
        if variables.find_wire(variable) is None
    }


def _make_undeclared_settings(login: ScalarNode, undeclared: Mapping[str, Node]) -> Iterator[SchemeSetting]:
    for wire, node in undeclared.items():
        facts = make_map(login.place, extras=make_map(login.place, undeclared=True))
        yield SchemeSetting(ScalarNode(wire, node.place), facts, is_secret=False)


def _take_endpoints(custom: TrackedMapping, variables: _Variables) -> MapNode | None:
    endpoints = {role: _take_endpoint(custom, variables, key) for role, key in _ENDPOINT_KEYS.items()}
    if endpoints["authorize"] is None and endpoints["token"] is None:
        endpoints |= _make_tenant_endpoints(custom, variables)
    nodes = make_map(custom.place, **endpoints)
    return nodes if nodes.entries else None


def _take_endpoint(custom: TrackedMapping, variables: _Variables, key: str) -> MapNode | None:
    address = _find_address(custom, variables, key)
    if address is None:
        return None
    address.mapping.take("value")
    url = address.text
    for variable in address.variables:
        url = url.replace(f"{{{variable}}}", f"${{{variables.make_wire(variable)}}}")
    return make_map(address.value.place, url=url, query=_find_fixed_query(custom, key))


def _find_address(custom: TrackedMapping, variables: _Variables, key: str) -> _CustomParameter | None:
    """Return the parameter with an address; None if the platform fills in a part of it."""
    address = _find_custom(custom, key, f"{key}template")
    if address is None or "://" not in address.text:
        return None
    is_filled_in = any(
        variable.lower() in _PLATFORM_VARIABLES and variables.find_wire(variable) is None
        for variable in address.variables
    )
    return None if is_filled_in else address


def _find_fixed_query(custom: TrackedMapping, key: str) -> MapNode | None:
    """Return the parts of a query template that are the same in every request; the template is left."""
    template = _find_custom(custom, f"{key}querystringtemplate")
    if template is None:
        return None
    parts = parse_qsl(template.text.lstrip("?"))
    fixed = {name: value for name, value in parts if "{" not in value and name not in _STANDARD_QUERY}
    place = template.value.place
    entries = tuple(Entry(name, place, ScalarNode(value, place)) for name, value in fixed.items())
    return MapNode(entries, place) if entries else None


def _make_tenant_endpoints(custom: TrackedMapping, variables: _Variables) -> dict[str, MapNode | None]:
    """Return the addresses of Microsoft's login, which the platform makes from `loginUri` and the tenant.

    They are those of the endpoint that knows a `resourceUri`: https://learn.microsoft.com/previous-versions/azure/active-directory/azuread-dev/v1-protocols-oauth-code
    """  # fmt: skip
    login_uri, tenant = _find_custom(custom, "loginuri"), _find_custom(custom, "tenantid")
    if login_uri is None or "://" not in login_uri.text:
        return {}
    base = login_uri.text.rstrip("/")
    default_tenant = tenant.text if tenant is not None else "common"
    wire = variables.find_wire("tenantId")
    place = login_uri.value.place

    def make_endpoint(path: str) -> MapNode:
        default = f"{base}/{default_tenant}/oauth2/{path}"
        if wire is None:
            return make_map(place, url=default)
        return make_map(place, url=f"{base}/${{{wire}}}/oauth2/{path}", fallback=default)

    return {"authorize": make_endpoint("authorize"), "token": make_endpoint("token")}


def _list_credentials(login: ScalarNode, custom: TrackedMapping, variables: _Variables) -> Iterator[SchemeSetting]:
    """Yield the client's credentials, unless parameters are declared for them or no template uses them."""
    templates = " ".join(
        template.text.lower()
        for key in ("tokenbodytemplate", "authorizationurlquerystringtemplate", "refreshbodytemplate")
        if (template := _find_custom(custom, key)) is not None
    )
    for role, is_secret in _CREDENTIALS:
        is_used = not templates or f"{{{role.lower()}}}" in templates
        if is_used and variables.find_wire(role) is None:
            name = ScalarNode(f"{login.value}:{role}", login.place)
            yield SchemeSetting(name, MapNode((), login.place), is_secret)


def _make_refresh_token(login: ScalarNode) -> tuple[ObtainedSecret, ...]:
    """Return the refresh token, which a server may omit (RFC 6749 section 5.1)."""
    place = login.place
    name = ScalarNode(f"{login.value}:refreshToken", place)
    return (ObtainedSecret(name, make_map(place, source="onboarding"), make_map(place, optional=True)),)


def _take_oauth(settings: TrackedMapping) -> MapNode | None:
    """Take the scopes, in a list or in one text.

    In a text, spaces separate them (RFC 6749 section 3.3); some providers use commas.
    """
    node = settings.peek("scopes")
    items = node.items if isinstance(node, ListNode) else (node,)
    if node is None or any(get_text(item) is None for item in items):
        return None
    words = [(scope.strip(","), item.place) for item in items if item for scope in (get_text(item) or "").split()]
    scopes = tuple(ScalarNode(scope, place) for scope, place in words if scope)
    if not scopes:
        return None
    settings.take("scopes")
    return make_map(node.place, scopes=make_list(scopes, node.place))
