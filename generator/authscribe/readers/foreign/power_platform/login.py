"""Read the logins of a Power Platform connector: parameters of the type `oauthSetting`.

https://learn.microsoft.com/connectors/custom-connectors/connection-parameters, and for the identity providers
https://github.com/microsoft/PowerPlatformConnectors/blob/dev/schemas/paconn-apiProperties.schema.json. Parameters that
belong to a login are named after it, as in `token:clientId`; values that the format leaves to OAuth get names of the
same form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.undeclared_name import report_undeclared_name
from authscribe.findings.suggestions import Vocabulary
from authscribe.model.credential_names import ends_as_credential, names_credential
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.model.stand_ins import is_dummy
from authscribe.readers.foreign.power_platform.custom_parameters import (
    CLIENT_SECRET,
    REQUEST_TEMPLATES,
    CustomParameter,
    TokenRequest,
    find_custom,
    list_constants,
    list_variables,
    parse_template,
)
from authscribe.readers.foreign.power_platform.login_variables import PLATFORM_FIELDS, LoginVariables
from authscribe.readers.foreign.scheme_lists import ObtainedSecret, SchemeSetting, make_undeclared_setting
from authscribe.readers.foreign.scopes import find_separator
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map, make_plain_map, withhold_address

_CUSTOM: Final = "customParameters"
_SETTINGS_KEYS: Final = ("oauthsettings", "oauthsetting")
_SECRET_KEYS: Final = frozenset({"clientsecret"})
_CREDENTIALS: Final = (("clientId", False), (CLIENT_SECRET, True))
_TEMPLATE_PROVIDER: Final = "oauth2generic"
"""Identity provider whose requests are made from templates."""

_CHALLENGE_PROVIDER: Final = "oauth2pkce"
"""Beginning of the names of identity providers that add a challenge; the longer ones are for public clients."""

_CERTIFICATE_PROVIDER: Final = "aadcertificate"
_MICROSOFT_PROVIDERS: Final = ("aad", _CERTIFICATE_PROVIDER)
"""Identity providers whose addresses the platform makes from `loginUri`; no custom parameter replaces them."""

_CERTIFICATE: Final = "clientCertificateSecret"
"""Name of the parameter of a login for a certificate that takes the place of the client secret."""

_TENANT: Final = "tenantId"

CERTIFICATE_TYPE: Final = "clientcertificate"
"""Type, in lower case, of a parameter for a certificate with its private key and the password of both."""

SECRET_TYPES: Final = ("securestring", "secureobject", CERTIFICATE_TYPE)
"""Types of secret parameters, in lower case."""

_GRANT_KINDS: Final[Mapping[str, str]] = {
    "client_credentials": "oauth2_client_credentials",
    "password": "oauth2_password",
}
_ENDPOINT_KEYS: Final[Mapping[str, str]] = {
    "authorize": "authorizationurl",
    "token": "tokenurl",
    "refresh": "refreshurl",
}


@dataclass(frozen=True, slots=True)
class Login:
    """Login: what the owner supplies and what it obtains, apart from the declared parameters."""

    kind: str
    supplied: tuple[SchemeSetting, ...]
    obtained: tuple[ObtainedSecret, ...]
    endpoints: MapNode | None
    oauth: MapNode | None
    token_request: MapNode | None
    findings: tuple[Finding, ...]

    @property
    def token(self) -> str:
        """Name of the access token."""
        return self.obtained[0].wire


class DeclaredParameters:
    """Parameters of a connection, and what each of its logins asks about them."""

    def __init__(self, nodes: Mapping[str, MapNode]) -> None:
        self.nodes = nodes
        self.names = Vocabulary(nodes)
        self.wires = {wire.lower(): wire for wire in nodes}
        self.has_certificate = any(find_type(node) == CERTIFICATE_TYPE for node in nodes.values())


def find_type(parameter: MapNode) -> str:
    """Return the type of a connection parameter, in lower case; empty if it has none."""
    return (get_text(parameter.find("type")) or "").lower()


def read_login(name: ScalarNode, parameter: TrackedMapping, ui_facts: MapNode, declared: DeclaredParameters) -> Login:
    """Return the login of a parameter.

    `ui_facts` are its title and the like, and `declared` are all parameters of the connection.
    """
    key = next((key for key in parameter.keys if key.lower() in _SETTINGS_KEYS), "")
    settings = parameter.child(key)
    # Some connectors have the custom parameters beside the settings of the login.
    custom = (settings if settings.peek(_CUSTOM) is not None else parameter).child(_CUSTOM)
    for mapping in (settings, custom, settings.child("properties")):
        _withhold_secrets(mapping)
    variables = LoginVariables(str(name.value), declared.wires, list_constants(custom))
    provider = (get_text(settings.peek("identityProvider")) or "").lower()
    has_certificate = provider == _CERTIFICATE_PROVIDER or _has_certificate(variables, declared)
    request = _read_request(custom, provider)
    grant = request.grant or _find_grant(custom, variables, declared.nodes)
    templates = REQUEST_TEMPLATES if provider == _TEMPLATE_PROVIDER else ()
    is_microsoft = provider in _MICROSOFT_PROVIDERS
    undeclared = (
        _find_undeclared_tenant(custom, variables) if is_microsoft else _find_undeclared(custom, variables, templates)
    )
    endpoints = _take_endpoints(custom, variables, provider, grant)
    supplied = (
        *_list_credentials(name, variables, request, has_certificate=has_certificate),
        *_list_additional(name, settings.child("additionalParameters"), variables),
        *_make_undeclared_settings(undeclared),
    )
    refresh = _make_refresh_token(name) if endpoints is not None and endpoints.find("refresh") is not None else ()
    oauth = _take_oauth(settings, custom, request)
    extras = make_map(name.place, extras=parameter.leftovers())
    facts = MapNode((*ui_facts.entries, *extras.entries), name.place)
    token = ObtainedSecret(name, make_map(name.place, source="onboarding"), facts, "expires")
    findings = tuple(
        report_undeclared_name("connection parameter", wire, place, declared.names)
        for wire, place in undeclared.items()
    )
    kind = _GRANT_KINDS.get(grant, "oauth2_authorization_code")
    body = make_plain_map(variables.select_fields(request.body), custom.place)
    token_request = make_map(name.place, body=body) if body is not None else None
    return Login(kind, supplied, (token, *refresh), endpoints, oauth, token_request, findings)


def _read_request(custom: TrackedMapping, provider: str) -> TokenRequest:
    """Return the requests for tokens of an identity provider, which custom parameters describe for some of them."""
    if provider == _TEMPLATE_PROVIDER:
        return TokenRequest.from_custom(custom)
    has_challenge = provider.startswith(_CHALLENGE_PROVIDER)
    return TokenRequest(has_challenge=has_challenge, is_public=has_challenge and provider != _CHALLENGE_PROVIDER)


def _withhold_secrets(mapping: TrackedMapping) -> None:
    for key in mapping.keys:
        node = mapping.peek(key)
        if key.lower() in _SECRET_KEYS and not (isinstance(node, ScalarNode) and node.value is None):
            mapping.withhold(key)


def _find_grant(custom: TrackedMapping, variables: LoginVariables, declared: Mapping[str, MapNode]) -> str:
    """Return the grant that a custom parameter states, or that the only value of a declared parameter is."""
    grant = find_custom(custom, "granttype")
    if grant is not None:
        return grant.text
    values = declared[wire].find("allowedValues") if (wire := variables.find_wire("grantType")) is not None else None
    items = values.items if isinstance(values, ListNode) else ()
    grants = {get_text(item.find("value")) for item in items if isinstance(item, MapNode)}
    return next(iter(grants)) or "" if len(grants) == 1 else ""


def _has_certificate(variables: LoginVariables, declared: DeclaredParameters) -> bool:
    """Return whether a certificate takes the place of the client secret of a login."""
    return variables.find_wire(_CERTIFICATE) is not None or declared.has_certificate


def _find_undeclared(custom: TrackedMapping, variables: LoginVariables, templates: Iterable[str]) -> dict[str, Place]:
    """Return a name for each variable of the requests for which no parameter is declared, with its place."""
    undeclared: dict[str, Place] = {}
    for text, place in _list_filled_texts(custom, variables, templates):
        for variable in list_variables(text):
            if variables.find_wire(variable) is None and not variables.is_filled_in(variable):
                undeclared.setdefault(variables.make_wire(variable), place)
    return undeclared


def _find_undeclared_tenant(custom: TrackedMapping, variables: LoginVariables) -> dict[str, Place]:
    """Return a name for the tenant if what is stated only stands for one, and no parameter is declared for it."""
    tenant = _find_tenant(custom)
    if variables.find_wire(_TENANT) is not None or _is_tenant(get_text(tenant) or ""):
        return {}
    return {variables.make_wire(_TENANT): tenant.place}


def _find_tenant(custom: TrackedMapping) -> Node:
    """Return the tenant that is stated, or else `common`.

    One that is stated without a value stands for a tenant that whoever deploys the connector supplies.
    """
    stated = find_custom(custom, _TENANT.lower())
    blank = (entry.node for entry in custom.node.entries if entry.key.lower() == _TENANT.lower())
    return stated.value if stated is not None else next(blank, ScalarNode("common", custom.place))


def _is_tenant(text: str) -> bool:
    """Return whether a text may be an identifier or a domain of a tenant, or a word such as `common`."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", text) is not None and not is_dummy(text)


def _list_filled_texts(
    custom: TrackedMapping, variables: LoginVariables, templates: Iterable[str]
) -> Iterator[tuple[str, Place]]:
    """Yield the addresses, and the fields in templates that the platform does not fill in, with their places."""
    for key in _ENDPOINT_KEYS.values():
        address = _find_address(custom, variables, key)
        if address is not None:
            yield address.text, address.value.place
    for key in templates:
        template = find_custom(custom, key)
        if template is not None:
            fields = parse_template(custom, key)
            yield from (
                (variables.fill(value), template.value.place) for name, value in fields if name not in PLATFORM_FIELDS
            )


def _make_undeclared_settings(undeclared: Mapping[str, Place]) -> Iterator[SchemeSetting]:
    for wire, place in undeclared.items():
        is_secret = names_credential(wire) and ends_as_credential(wire)
        yield make_undeclared_setting(ScalarNode(wire, place), is_secret=is_secret)


def _take_endpoints(custom: TrackedMapping, variables: LoginVariables, provider: str, grant: str) -> MapNode | None:
    """Return the addresses of the identity provider, each of which has parameters of its own for them."""
    if provider in _MICROSOFT_PROVIDERS:
        endpoints = _make_tenant_endpoints(custom, variables)
        if grant == "client_credentials":
            endpoints.pop("authorize", None)
    else:
        endpoints = {role: _take_endpoint(custom, variables, key) for role, key in _ENDPOINT_KEYS.items()}
    nodes = make_map(custom.place, **endpoints)
    return nodes if nodes.entries else None


def _take_endpoint(custom: TrackedMapping, variables: LoginVariables, key: str) -> MapNode | None:
    """Return an address; a parameter of the login that is declared for it replaces the custom parameter."""
    address, query = _find_address(custom, variables, key), _find_query(custom, variables, key)
    url = _take_url(address, variables) if address is not None else None
    own = variables.find_own(key)
    if own is None and url is None:
        return None
    place = address.value.place if address is not None else custom.place
    if own is None:
        return make_map(place, url=url, query=query)
    return make_map(place, url=f"${{{own}}}", fallback=url, query=query)


def _take_url(address: CustomParameter, variables: LoginVariables) -> str | None:
    """Take an address with references; None if it is withheld, since it holds a credential."""
    if withhold_address(address.mapping, "value"):
        return None
    address.mapping.take("value")
    return variables.spell(address.text)


def _find_address(custom: TrackedMapping, variables: LoginVariables, key: str) -> CustomParameter | None:
    """Return the parameter with an address; None if the platform fills in a part of it."""
    stated = find_custom(custom, key, f"{key}template")
    text = variables.fill(stated.text) if stated is not None else ""
    if stated is None or "://" not in text or variables.spell(text) is None:
        return None
    return CustomParameter(stated.mapping, ScalarNode(text, stated.value.place))


def _find_query(custom: TrackedMapping, variables: LoginVariables, key: str) -> MapNode | None:
    """Return the parts of a query template that are a choice of the provider; the template is left.

    One with a credential is withheld.
    """
    template_key = f"{key}querystringtemplate"
    template = find_custom(custom, template_key)
    if template is not None and withhold_address(template.mapping, "value"):
        return None
    return make_plain_map(variables.select_fields(parse_template(custom, template_key)), custom.place)


def _make_tenant_endpoints(custom: TrackedMapping, variables: LoginVariables) -> dict[str, MapNode | None]:
    """Return the addresses of Microsoft's login, which the platform makes from `loginUri` and the tenant.

    They are those of the endpoint that knows a `resourceUri`: https://learn.microsoft.com/previous-versions/azure/active-directory/azuread-dev/v1-protocols-oauth-code
    """  # fmt: skip
    login_uri, tenant = find_custom(custom, "loginuri", "loginuriaad"), get_text(_find_tenant(custom)) or ""
    if login_uri is None or "://" not in login_uri.text:
        return {}
    base = login_uri.text.rstrip("/")
    tenants = [
        f"${{{wire}}}" for wire in (variables.find_wire(_TENANT), *_find_undeclared_tenant(custom, variables)) if wire
    ]
    if _is_tenant(tenant):
        tenants.append(tenant)
    place = login_uri.value.place

    def make_endpoint(path: str) -> MapNode:
        url, *others = (f"{base}/{each}/oauth2/{path}" for each in tenants)
        return make_map(place, url=url, fallback=others[0] if others else None)

    return {"authorize": make_endpoint("authorize"), "token": make_endpoint("token")}


def _list_credentials(
    login: ScalarNode, variables: LoginVariables, request: TokenRequest, *, has_certificate: bool
) -> Iterator[SchemeSetting]:
    """Yield the client's credentials, unless parameters are declared for them or no request has them."""
    for role, is_secret in _CREDENTIALS:
        is_used = request.uses(role) and not (is_secret and has_certificate)
        if is_used and variables.find_wire(role) is None:
            is_optional = is_secret and request.has_challenge
            yield SchemeSetting(_name_part(login, role), MapNode((), login.place), is_secret, is_optional)


def _list_additional(
    login: ScalarNode, additional: TrackedMapping, variables: LoginVariables
) -> Iterator[SchemeSetting]:
    """Yield the parameters that a login asks for under a condition, unless they are declared as well."""
    for entry in additional.node.entries:
        if not isinstance(entry.node, MapNode) or variables.find_wire(entry.key) is not None:
            continue
        parameter = additional.child(entry.key)
        is_secret = find_type(parameter.node) in SECRET_TYPES
        parameter.take("type")
        is_conditional = parameter.peek("applicableWhen") is not None
        facts = make_map(entry.place, extras=parameter.leftovers())
        name = ScalarNode(f"{login.value}:{entry.key}", entry.place)
        yield SchemeSetting(name, facts, is_secret, is_optional=is_conditional)


def _name_part(login: ScalarNode, role: str) -> ScalarNode:
    return ScalarNode(f"{login.value}:{role}", login.place)


def _make_refresh_token(login: ScalarNode) -> tuple[ObtainedSecret, ...]:
    """Return the refresh token, which a server may omit (RFC 6749 section 5.1)."""
    place = login.place
    facts = make_map(place, optional=True)
    return (ObtainedSecret(_name_part(login, "refreshToken"), make_map(place, source="onboarding"), facts),)


def _take_oauth(settings: TrackedMapping, custom: TrackedMapping, request: TokenRequest) -> MapNode | None:
    scopes, separator = _take_scopes(settings)
    stated = find_custom(custom, "scopelistdelimiter")
    if stated is not None:
        stated.mapping.take("value")
    oauth = make_map(
        settings.place,
        scopes=scopes,
        scope_separator=stated.text if stated is not None else separator,
        **request.to_facts(),
    )
    return oauth if oauth.entries else None


def _take_scopes(settings: TrackedMapping) -> tuple[Node | None, str | None]:
    """Take the scopes, in a list or in one text, and return them with the separator in a text if it is not a space.

    In a text, spaces separate them (RFC 6749 section 3.3); some providers use commas.
    """
    node = settings.peek("scopes")
    items = node.items if isinstance(node, ListNode) else (node,)
    if node is None or any(get_text(item) is None for item in items):
        return None, None
    separator = find_separator(get_text(items[0]) or "") if len(items) == 1 else None
    words = [
        (scope.strip(","), item.place) for item in items if item for scope in (get_text(item) or "").split(separator)
    ]
    places = {scope: place for scope, place in reversed(words) if scope}
    scopes = tuple(ScalarNode(scope, places[scope]) for scope in dict.fromkeys(scope for scope, _ in words if scope))
    if scopes:
        settings.take("scopes")
    return make_list(scopes, node.place), separator
