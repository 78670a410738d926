"""Logins of a Power Platform connector: a parameter of the type `oauthSetting`, with all that OAuth needs.

https://learn.microsoft.com/connectors/custom-connectors/connection-parameters. Parameters that belong to a login are
named `token:clientId`, after the parameter of the login itself; what the format leaves to OAuth is named alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from authscribe.findings.finding import Finding
from authscribe.findings.rules.undeclared_name import report_undeclared_name
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, text_of
from authscribe.readers.foreign.scheme_lists import ObtainedSecret, SchemeSetting
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map

_SETTINGS: Final = ("oauthsettings", "oauthsetting")
_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")
_OWN: Final = frozenset(
    {"clientid", "clientsecret", "code", "redirecturl", "refreshtoken", "resourceuri", "scope", "scopes", "state"}
)
"""Variables of a template that the platform fills, in lower case."""

_SECRETS: Final = frozenset({"clientsecret"})
_CREDENTIALS: Final = (("clientId", False), ("clientSecret", True))
_FIXED: Final = frozenset({"response_type"})
"""What every authorization request has (RFC 6749 section 4.1.1), and is no choice of the provider."""


@dataclass(frozen=True, slots=True)
class Login:
    """What the owner supplies for a login and what it obtains, beside the declared parameters."""

    supplied: tuple[SchemeSetting, ...]
    obtained: tuple[ObtainedSecret, ...]
    endpoints: MapNode | None
    oauth: MapNode | None
    findings: tuple[Finding, ...]

    @property
    def token(self) -> str:
        """The name of the access token."""
        return str(self.obtained[0].name.value)


def read_login(name: ScalarNode, reading: TrackedMapping, shown: MapNode, declared: Iterable[str]) -> Login:
    """The login of a parameter; `shown` are its title and the like, `declared` the names of those beside it."""
    key = next((key for key in reading.keys if key.lower() in _SETTINGS), "")
    settings = reading.child(key)
    _withhold_secrets(settings)
    custom = settings.child("customParameters")
    _withhold_secrets(custom)
    _withhold_secrets(settings.child("properties"))
    names = _Names(str(name.value), {declared.lower(): declared for declared in declared}, {})
    endpoints = _endpoints(custom, names)
    supplied = (*_credentials(name, custom, names), *names.settings(name))
    refresh = _refresh_token(name) if endpoints is not None and endpoints.find("refresh") is not None else ()
    oauth = _oauth(settings)
    kept = make_map(name.place, extras=reading.leftovers())
    facts = MapNode((*shown.entries, *kept.entries), name.place)
    token = ObtainedSecret(name, make_map(name.place, source="onboarding"), facts, "expires")
    findings = tuple(
        report_undeclared_name("connection parameter", wire, node.place, declared)
        for wire, node in names.undeclared.items()
    )
    return Login(supplied, (token, *refresh), endpoints, oauth, findings)


@dataclass(frozen=True, slots=True)
class _Names:
    """What the variables of a template stand for; what nothing declares is noted in `undeclared`."""

    login: str
    declared: Mapping[str, str]
    undeclared: dict[str, Node]

    def find(self, variable: str) -> str | None:
        """The parameter that a variable stands for: one of the login's own, else one of that very name."""
        return self.declared.get(f"{self.login}:{variable}".lower()) or self.declared.get(variable.lower())

    def wire(self, variable: str, node: Node) -> str:
        """The same; a name in the style of the login's own where there is none."""
        found = self.find(variable)
        if found is None:
            found = f"{self.login}:{variable}"
            self.undeclared[found] = node
        return found

    def settings(self, login: ScalarNode) -> Iterator[SchemeSetting]:
        """A setting for each variable that nothing declares."""
        for wire, node in self.undeclared.items():
            facts = make_map(login.place, extras=make_map(login.place, undeclared=True))
            yield SchemeSetting(ScalarNode(wire, node.place), facts, is_secret=False)


def _withhold_secrets(reading: TrackedMapping) -> None:
    for key in reading.keys:
        node = reading.peek(key)
        if key.lower() in _SECRETS and not (isinstance(node, ScalarNode) and node.value is None):
            reading.withhold(key)


def _value(custom: TrackedMapping, *keys: str) -> tuple[TrackedMapping, ScalarNode] | None:
    """The value of the first of these custom parameters; their names are spelt in upper and in lower case."""
    for entry in custom.node.entries:
        if entry.key.lower() in keys and isinstance(entry.node, MapNode):
            value = entry.node.find("value")
            if isinstance(value, ScalarNode) and isinstance(value.value, str) and value.value.strip():
                return custom.child(entry.key), value
    return None


def _endpoints(custom: TrackedMapping, names: _Names) -> MapNode | None:
    found = {
        "authorize": _endpoint(custom, names, "authorizationurl"),
        "token": _endpoint(custom, names, "tokenurl"),
        "refresh": _endpoint(custom, names, "refreshurl"),
    }
    if found["authorize"] is None and found["token"] is None:
        found |= _of_tenant(custom, names)
    nodes = make_map(custom.place, **found)
    return nodes if nodes.entries else None


def _endpoint(custom: TrackedMapping, names: _Names, key: str) -> MapNode | None:
    """An address with a variable of the platform's own is more than an address, and stays."""
    found = _value(custom, key, f"{key}template")
    if found is None or "://" not in str(found[1].value):
        return None
    reading, node = found
    url = str(node.value)
    variables = _VARIABLE.findall(url)
    if any(name.lower() in _OWN and names.find(name) is None for name in variables):
        return None
    reading.take("value")
    for name in variables:
        url = url.replace(f"{{{name}}}", f"${{{names.wire(name, node)}}}")
    return make_map(node.place, url=url, query=_fixed_query(custom, key))


def _fixed_query(custom: TrackedMapping, key: str) -> MapNode | None:
    """The parts of a query template that are the same in every request; the template itself stays."""
    found = _value(custom, f"{key}querystringtemplate")
    if found is None:
        return None
    parts = parse_qsl(str(found[1].value).lstrip("?"))
    fixed = {name: value for name, value in parts if "{" not in value and name not in _FIXED}
    place = found[1].place
    nodes = tuple(Entry(name, place, ScalarNode(value, place)) for name, value in fixed.items())
    return MapNode(nodes, place) if nodes else None


def _of_tenant(custom: TrackedMapping, names: _Names) -> dict[str, MapNode | None]:
    """The addresses of Microsoft's login, which the platform makes of `loginUri` and the tenant.

    Those of the endpoint that knows a `resourceUri`: https://learn.microsoft.com/previous-versions/azure/active-directory/azuread-dev/v1-protocols-oauth-code
    """  # fmt: skip
    login_uri, tenant = _value(custom, "loginuri"), _value(custom, "tenantid")
    if login_uri is None or "://" not in str(login_uri[1].value):
        return {}
    uri, stated = str(login_uri[1].value).rstrip("/"), str(tenant[1].value) if tenant is not None else "common"
    own = names.find("tenantId")
    place = login_uri[1].place

    def endpoint(path: str) -> MapNode:
        usual = f"{uri}/{stated}/oauth2/{path}"
        return make_map(place, url=f"{uri}/${{{own}}}/oauth2/{path}" if own else usual, fallback=usual if own else None)

    return {"authorize": endpoint("authorize"), "token": endpoint("token")}


def _credentials(login: ScalarNode, custom: TrackedMapping, names: _Names) -> Iterator[SchemeSetting]:
    """The client's own, where no parameter is declared for them and no template does without them."""
    templates = " ".join(
        str(found[1].value).lower()
        for key in ("tokenbodytemplate", "authorizationurlquerystringtemplate", "refreshbodytemplate")
        if (found := _value(custom, key)) is not None
    )
    for role, is_secret in _CREDENTIALS:
        is_used = not templates or f"{{{role.lower()}}}" in templates
        if is_used and names.find(role) is None:
            name = ScalarNode(f"{login.value}:{role}", login.place)
            yield SchemeSetting(name, MapNode((), login.place), is_secret)


def _refresh_token(login: ScalarNode) -> tuple[ObtainedSecret, ...]:
    """RFC 6749 section 5.1: a server may leave it out."""
    place = login.place
    name = ScalarNode(f"{login.value}:refreshToken", place)
    return (ObtainedSecret(name, make_map(place, source="onboarding"), make_map(place, optional=True)),)


def _oauth(settings: TrackedMapping) -> MapNode | None:
    """The scopes, in a list or in one text; RFC 6749 section 3.3 separates them by blanks, some providers by commas."""
    node = settings.peek("scopes")
    items = node.items if isinstance(node, ListNode) else (node,)
    if node is None or any(text_of(item) is None for item in items):
        return None
    words = [(scope.strip(","), item.place) for item in items if item for scope in (text_of(item) or "").split()]
    scopes = tuple(ScalarNode(scope, place) for scope, place in words if scope)
    if not scopes:
        return None
    settings.take("scopes")
    return make_map(node.place, scopes=make_list(scopes, node.place))
