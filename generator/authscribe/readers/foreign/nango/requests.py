"""Read what a Nango provider states about addresses, OAuth and the login before its requests."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.nango.modes import ACCESS
from authscribe.readers.foreign.nango.scope import ProviderScope
from authscribe.readers.foreign.nango.templates import split_alternatives
from authscribe.readers.foreign.tracking import TrackedMapping, make_map, make_plain_map

_ADDRESS_KEYS: Final = (
    ("authorize", "authorization_url"),
    ("token", "token_url"),
    ("refresh", "refresh_url"),
    ("registration", "registration_url"),
)
_CLIENT_AUTHENTICATION: Final = (
    ("token_request_auth_method", "basic", "client_secret_basic"),
    ("authorization_method", "header", "client_secret_basic"),
    ("authorization_method", "body", "client_secret_post"),
)
"""Keys and values of Nango, each with the value of RFC 7591's `token_endpoint_auth_method`."""

_EXPIRY_KEYS: Final = (
    "expires_in_unit",
    "refresh_params",
    "refresh_url",
    "token_expiration_buffer",
    "token_expires_in_ms",
)


def read_endpoints(provider: TrackedMapping, mode: str, scope: ProviderScope) -> MapNode | None:
    """Return the addresses of a provider that are no more than text and references; the others are left."""
    endpoints: dict[str, Node] = {}
    for role, key in _ADDRESS_KEYS:
        endpoint = _take_endpoint(*_select_by_mode(provider, key, mode), scope)
        if endpoint is not None:
            endpoints[role] = endpoint
    base = _take_endpoint(provider.child("proxy"), "base_url", scope)
    if base is not None:
        endpoints["base"] = base
    if "authorize" in endpoints:
        endpoints["authorize"] = _add_query(endpoints["authorize"], provider.child("authorization_params"), scope)
    return make_plain_map(endpoints, provider.place)


def read_oauth(provider: TrackedMapping, place: Place) -> MapNode | None:
    """Return what OAuth leaves to each provider; Nango uses PKCE unless a provider disables it."""
    is_disabled = provider.take_boolean("disable_pkce")
    path = provider.take_text("alternate_access_token_response_path")
    oauth = make_map(
        place,
        scopes=_take_texts(provider, "default_scopes"),
        scope_separator=provider.take_string("scope_separator"),
        pkce=None if is_disabled is None else not is_disabled,
        client_authentication=_take_client_authentication(provider),
        response=make_plain_map({ACCESS: path}, path.place) if path is not None else None,
    )
    return oauth if oauth.entries else None


def read_token_request(provider: TrackedMapping, scope: ProviderScope, place: Place) -> MapNode | None:
    """Return the login of a two-step mode; values that are computed for it are left."""
    response = provider.child("token_response")
    headers = _take_map(provider, "token_headers", scope)
    body = _take_map(provider, "token_params", scope)
    # Other strategies give a point in time.
    is_duration = get_text(response.peek("token_expiration_strategy")) == "expireIn"
    request = make_map(
        place,
        method=provider.take_text("token_request_method"),
        headers=headers,
        body=body,
        token_path=response.take_string("token"),
        expires_in_path=response.take_string("token_expiration") if is_duration else None,
    )
    return request if request.entries else None


def find_expiry(provider: MapNode) -> Node | None:
    """Return a value that shows that the access token expires or is renewed; None if there is none."""
    response = provider.find("token_response")
    nodes = [provider.find(key) for key in _EXPIRY_KEYS]
    nodes.append(response.find("token_expiration") if isinstance(response, MapNode) else None)
    return next((node for node in nodes if node is not None), None)


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
    sides = split_alternatives(get_text(node) or "")
    urls = [url for url in map(scope.to_url, sides) if url]
    # An endpoint has one fallback at most.
    if node is None or len(urls) < len(sides) or len(sides) > 2:
        return None
    mapping.take(key)
    fallback = ScalarNode(urls[1], node.place) if len(urls) > 1 else None
    return make_map(node.place, url=urls[0], fallback=fallback)


def _add_query(endpoint: Node, params: TrackedMapping, scope: ProviderScope) -> Node:
    """Return an endpoint with the parameters that are text without alternatives; the others are left."""
    fixed: dict[str, Node] = {}
    for key in params.keys:
        node = params.peek(key)
        # Anything but text gets two empty alternatives here, and is left.
        value = scope.to_url(get_text(node) or "||") if "${" not in key else None
        if node is not None and value is not None and len(split_alternatives(value)) == 1:
            params.take(key)
            fixed[key] = ScalarNode(value, node.place)
    query = make_plain_map(fixed, params.place)
    if query is None or not isinstance(endpoint, MapNode):
        return endpoint
    return MapNode((*endpoint.entries, Entry("query", query.place, query)), endpoint.place)


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


def _take_map(provider: TrackedMapping, key: str, scope: ProviderScope) -> Node | None:
    """Take the mapping under `key`, with references as in endpoints, unless something in it is computed."""
    node = provider.peek(key)
    filled = _fill(node, scope) if isinstance(node, MapNode) else None
    return filled if filled is not None and provider.take(key) is not None else None


def _fill(node: Node, scope: ProviderScope) -> Node | None:
    """Return a node with references as in endpoints; None if something in it is computed."""
    match node:
        case ScalarNode(value=str() as value):
            url = scope.to_url(value)
            return None if url is None else ScalarNode(url, node.place)
        case ListNode(items=items):
            filled_items = tuple(filled for item in items if (filled := _fill(item, scope)) is not None)
            return ListNode(filled_items, node.place) if len(filled_items) == len(items) else None
        case MapNode(entries=entries):
            pairs = [(entry, _fill(entry.node, scope)) for entry in entries if "${" not in entry.key]
            filled_entries = tuple(entry._replace(node=filled) for entry, filled in pairs if filled is not None)
            return MapNode(filled_entries, node.place) if len(filled_entries) == len(entries) else None
    return node
