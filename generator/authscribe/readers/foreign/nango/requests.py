"""Read what a Nango provider states about addresses and OAuth."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.model.nango import ACCESS, ADDRESS_KEYS, FRAGMENT, PRIVATE_KEY, AuthMode
from authscribe.readers.foreign.nango.literals import is_credential
from authscribe.readers.foreign.nango.scope import ProviderScope
from authscribe.readers.foreign.nango.verification import read_verification
from authscribe.readers.foreign.tracking import TrackedMapping, make_map, make_plain_map, withhold_address

_CLIENT_AUTHENTICATION: Final = (
    ("token_request_auth_method", "basic", "client_secret_basic"),
    ("token_request_auth_method", PRIVATE_KEY, PRIVATE_KEY),
    ("authorization_method", "header", "client_secret_basic"),
    ("authorization_method", "body", "client_secret_post"),
)
"""Keys and values of Nango, each with the value of RFC 7591's `token_endpoint_auth_method`."""

_REPLACEMENTS: Final = "authorization_url_replacements"
_REPLACEMENT_LIMIT: Final = 100
"""More would take the square of their number for as many parameters."""
_SITE: Final = re.compile(r"[a-z]+://[^/]+")
_EXPIRY_KEYS: Final = (
    "expires_in_unit",
    "refresh_params",
    "refresh_url",
    "token_expiration_buffer",
    "token_expires_in_ms",
)


def read_endpoints(provider: TrackedMapping, name: str, mode: AuthMode, scope: ProviderScope) -> MapNode | None:
    """Return the addresses of a provider that are no more than text and references; the others are left.

    So are those that its mode, which has this `name`, does not use, as an alias with a mode of its own gets them.
    """
    endpoints: dict[str, MapNode] = {}
    for role, key in ADDRESS_KEYS:
        holder, inner = _select_by_mode(provider, key, name)
        endpoint = _take_endpoint(holder, inner, scope) if mode.uses_address(role) else None
        if endpoint is not None:
            endpoints[role] = endpoint
    proxy = provider.child("proxy")
    base, verification = _take_endpoint(proxy, "base_url", scope), read_verification(proxy, scope)
    endpoints |= {"base": base} if base is not None else {}
    endpoints |= {"verification": verification} if verification is not None else {}
    if "authorize" in endpoints:
        endpoint = _add_fragment(endpoints["authorize"], provider)
        endpoints["authorize"] = _add_query(endpoint, provider, scope)
    return make_plain_map(endpoints, provider.place)


def read_oauth(provider: TrackedMapping, mode: AuthMode, place: Place) -> MapNode | None:
    """Return what OAuth leaves to each provider, or else to the mode; None if it is not a mode of OAuth."""
    if not mode.is_oauth:
        return None
    is_disabled = provider.take_boolean("disable_pkce")
    path = provider.take_text("alternate_access_token_response_path")
    oauth = make_map(
        place,
        scopes=_take_texts(provider, "default_scopes"),
        scope_separator=provider.take_string("scope_separator"),
        pkce=mode.pkce if is_disabled is None else not is_disabled,
        client_authentication=_take_client_authentication(provider) or mode.client_authentication,
        response=make_plain_map({ACCESS: path}, path.place) if path is not None else None,
    )
    return oauth if oauth.entries else None


def find_expiry(provider: MapNode) -> Node | None:
    """Return a value that shows that the access token expires or is renewed; None if there is none.

    A lifetime of 0 is none: the token does not expire.
    """
    response = provider.find("token_response")
    nodes = [provider.find(key) for key in _EXPIRY_KEYS]
    nodes.append(response.find("token_expiration") if isinstance(response, MapNode) else None)
    return next((node for node in nodes if node is not None and not _is_zero(node)), None)


def _is_zero(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value == 0


def _select_by_mode(provider: TrackedMapping, key: str, mode: str) -> tuple[TrackedMapping, str]:
    """Return the mapping and the key that hold the address for a mode.

    An address may be a mapping with one for each mode; a mode that combines several begins with OAuth.
    """
    node = provider.peek(key)
    if not isinstance(node, MapNode):
        return provider, key
    candidates = (mode, mode.replace("_", ""), "OAUTH2", *(entry.key for entry in node.entries))
    return provider.child(key), next((name for name in candidates if node.find(name) is not None), "")


def _take_endpoint(mapping: TrackedMapping, key: str, scope: ProviderScope) -> MapNode | None:
    node = mapping.peek(key)
    if node is None or withhold_address(mapping, key):
        return None
    match scope.to_urls(get_text(node) or ""):
        case (url, *others) if url and len(others) < 2 and all(others):
            # An endpoint has one fallback at most.
            mapping.take(key)
            return make_map(node.place, url=url, fallback=ScalarNode(others[0], node.place) if others else None)
    return None


def _add_fragment(endpoint: MapNode, provider: TrackedMapping) -> MapNode:
    """Return an endpoint with the fragment that precedes its query; one with a query of its own is returned as it is.

    As in Nango, a site without a path gets one.
    """
    fragment = get_text(provider.peek(FRAGMENT)) or ""
    texts = {entry.key: get_text(entry.node) or "" for entry in endpoint.entries}
    has_query = any({"?", "#"} & set(text) for text in texts.values())
    if withhold_address(provider, FRAGMENT) or not fragment or "${" in fragment or has_query:
        return endpoint
    provider.take(FRAGMENT)
    sites = {key: f"{text}/" if _SITE.fullmatch(text) else text for key, text in texts.items()}
    return make_map(endpoint.place, **{key: f"{text}#{fragment}" for key, text in sites.items()})


def _add_query(endpoint: MapNode, provider: TrackedMapping, scope: ProviderScope) -> MapNode:
    """Return the endpoint for authorization with the parameters that have one value without alternatives.

    Literal credentials are withheld, and the others are left.
    """
    params = provider.child("authorization_params")
    fixed: dict[str, Node] = {}
    for key in params.keys:
        node = params.peek(key)
        text = _spell(node) if node is not None and "${" not in key else None
        values = scope.to_urls(text) if text is not None else None
        name = _replace_name(key, provider)
        if node is not None and is_credential(node, (key,)):
            params.withhold(key)
        elif node is not None and values is not None and len(values) == 1 and name is not None and name not in fixed:
            params.take(key)
            fixed[name] = ScalarNode(values[0], node.place)
    query = make_plain_map(fixed, params.place)
    if query is None:
        return endpoint
    return MapNode((*endpoint.entries, Entry("query", query.place, query)), endpoint.place)


def _replace_name(name: str, provider: TrackedMapping) -> str | None:
    """Return the name under which a parameter is sent; None if it would lose its name, or change again and again.

    Nango replaces texts in the authorization URL, most of which are names of parameters with or without `=`.
    """
    replacements = provider.child(_REPLACEMENTS).node.entries
    if len(replacements) > _REPLACEMENT_LIMIT:
        return None
    field = f"{name}="
    replaced = _replace_texts(field, replacements)
    is_stable = _replace_texts(replaced, replacements) == replaced
    return replaced[:-1] or None if is_stable and replaced.endswith("=") else None


def _replace_texts(text: str, replacements: Iterable[Entry]) -> str:
    for entry in replacements:
        text = text.replace(entry.key, get_text(entry.node) or "", 1)
    return text


def _spell(node: Node) -> str | None:
    """Return a text, number or boolean as it is sent in a URL; None for anything else."""
    match node:
        case ScalarNode(value=bool() as value):
            return str(value).lower()
        case ScalarNode(value=str() | int() | float() as value):
            return str(value)
    return None


def _take_client_authentication(provider: TrackedMapping) -> ScalarNode | None:
    for key, value, method in _CLIENT_AUTHENTICATION:
        node = provider.peek(key)
        if node is not None and get_text(node) == value:
            provider.take(key)
            return ScalarNode(method, node.place)
    return None


def _take_texts(mapping: TrackedMapping, key: str) -> Node | None:
    """Take the list under `key` if all of its items are text."""
    node = mapping.peek(key)
    is_text = isinstance(node, ListNode) and all(get_text(item) is not None for item in node.items)
    return mapping.take(key) if is_text else None
