"""What a provider of Nango says of requests: where they go, what they carry, and the login that comes before them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, text_of
from authscribe.readers.foreign.nango.modes import ACCESS, Mode
from authscribe.readers.foreign.nango.scope import Scope
from authscribe.readers.foreign.nango.templates import find_innermost, parse_basic, split_alternatives
from authscribe.readers.foreign.tracking import TrackedMapping, make_map, make_plain_map

_ADDRESSES: Final = (
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
"""How the vendor says what RFC 7591 calls the authentication method of the token endpoint."""

_CREDENTIAL: Final = re.compile(
    r"(?i:passw(?:or)?d|passphrase|secret|token|assertion|credential|authorization|api-?key)s?$|(?:\b|_)(?i:key)s?$|Keys?$"
)
"""What the names of credentials end with: `client_secret`, `apiKey`; but not `token_type`."""

_AUTHORIZATION: Final = "proxy_header_authorization"
_EXPIRES: Final = ("expires_in_unit", "refresh_params", "refresh_url", "token_expiration_buffer", "token_expires_in_ms")


def read_endpoints(provider: TrackedMapping, mode: str, scope: Scope) -> MapNode | None:
    """The addresses; those that more than references make up stay."""
    found: dict[str, Node] = {}
    for role, key in _ADDRESSES:
        address = _address(*_by_mode(provider, key, mode), scope)
        if address is not None:
            found[role] = address
    base = _address(provider.child("proxy"), "base_url", scope)
    if base is not None:
        found["base"] = base
    if "authorize" in found:
        found["authorize"] = _with_query(found["authorize"], provider.child("authorization_params"), scope)
    return make_plain_map(found, provider.place)


def read_placements(provider: TrackedMapping, mode: Mode, scope: Scope, place: Place) -> ListNode:
    """Where values go: headers, query and body of the provider, before them what its mode sends by itself.

    `place` is where the mode is stated. A header that calls a function is none of our placements and stays; the list
    is stated even if it is empty, so that no platform puts its own in the place of such a header.
    """
    proxy = provider.child("proxy")
    headers, query = proxy.child("headers"), proxy.child("query")
    usual = _usual(provider, headers, mode, scope, place)
    own = [*_slots(headers, lambda key, node: _header(key, node, scope))]
    own += _slots(query, lambda key, node: _single("query", key, text_of(node), node.place, scope))
    return ListNode((*usual, *own, *_body(proxy.child("body"), scope, set())), place)


def read_oauth(provider: TrackedMapping, place: Place) -> MapNode | None:
    """What OAuth leaves to each provider; the vendor uses PKCE unless a provider disables it."""
    disabled = provider.take_boolean("disable_pkce")
    path = provider.take_text("alternate_access_token_response_path")
    found = make_map(
        place,
        scopes=_texts(provider, "default_scopes"),
        scope_separator=take_string(provider, "scope_separator"),
        pkce=None if disabled is None else not disabled,
        client_authentication=_client_authentication(provider),
        response=make_plain_map({ACCESS: path}, path.place) if path is not None else None,
    )
    return found if found.entries else None


def read_token_request(provider: TrackedMapping, scope: Scope, place: Place) -> MapNode | None:
    """The login of a two-step mode; what is computed for it stays where it is."""
    response = provider.child("token_response")
    headers = _map(provider, "token_headers", scope)
    body = _map(provider, "token_params", scope)
    is_duration = text_of(response.peek("token_expiration_strategy")) == "expireIn"
    found = make_map(
        place,
        method=provider.take_text("token_request_method"),
        headers=headers,
        body=body,
        token_path=take_string(response, "token"),
        expires_in_path=take_string(response, "token_expiration") if is_duration else None,
    )
    return found if found.entries else None


def read_expiry(provider: MapNode) -> Node | None:
    """What says that the access token ends, or is renewed; None where nothing does."""
    response = provider.find("token_response")
    stated = [provider.find(key) for key in _EXPIRES]
    stated.append(response.find("token_expiration") if isinstance(response, MapNode) else None)
    return next((node for node in stated if node is not None), None)


def take_string(reading: TrackedMapping, key: str) -> ScalarNode | None:
    """The text under `key`, also where it is empty; everything else stays."""
    node = reading.peek(key)
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        reading.take(key)
        return node
    return None


def _by_mode(provider: TrackedMapping, key: str, mode: str) -> tuple[TrackedMapping, str]:
    """An address may be a mapping with one for each mode; a mode of several begins with OAuth."""
    node = provider.peek(key)
    if not isinstance(node, MapNode):
        return provider, key
    wanted = (mode, mode.replace("_", ""), "OAUTH2", *(entry.key for entry in node.entries))
    return provider.child(key), next((name for name in wanted if node.find(name) is not None), "")


def _address(reading: TrackedMapping, key: str, scope: Scope) -> MapNode | None:
    node = reading.peek(key)
    sides = split_alternatives(text_of(node) or "")
    filled = [side for side in map(scope.address, sides) if side]
    if node is None or len(filled) < len(sides) or len(sides) > 2:
        return None
    reading.take(key)
    fallback = ScalarNode(filled[1], node.place) if len(filled) > 1 else None
    return make_map(node.place, url=filled[0], fallback=fallback)


def _with_query(address: Node, params: TrackedMapping, scope: Scope) -> Node:
    """The address with the parameters that are text without alternatives; the others stay."""
    fixed: dict[str, Node] = {}
    for key in params.keys:
        node = params.peek(key)
        value = scope.address(text_of(node) or "||") if "${" not in key else None
        if node is not None and value is not None and len(split_alternatives(value)) == 1:
            params.take(key)
            fixed[key] = ScalarNode(value, node.place)
    query = make_plain_map(fixed, params.place)
    if query is None or not isinstance(address, MapNode):
        return address
    return MapNode((*address.entries, Entry("query", query.place, query)), address.place)


def _usual(
    provider: TrackedMapping, headers: TrackedMapping, mode: Mode, scope: Scope, place: Place
) -> tuple[MapNode, ...]:
    """What requests carry besides the headers: as the provider says, else what its mode sends by itself."""
    stated = provider.peek(_AUTHORIZATION)
    if stated is not None and not _authorizes(headers):
        found = _single("header", "Authorization", text_of(stated), stated.place, scope)
        return found if found and provider.take(_AUTHORIZATION) is not None else ()
    sent = () if _overrides(headers, mode) else mode.sends
    return tuple(slot for location, name, value in sent for slot in _single(location, name, value, place, scope))


def _overrides(headers: TrackedMapping, mode: Mode) -> bool:
    """Whether the headers of the provider take the place of what its mode sends by itself."""
    values = [text_of(entry.node) or "" for entry in headers.node.entries]
    is_carried = mode.kind == "two_step" and any(ACCESS in find_innermost(value) for value in values)
    return is_carried or _authorizes(headers)


def _authorizes(headers: TrackedMapping) -> bool:
    return any(entry.key.lower() == "authorization" for entry in headers.node.entries)


def _slots(reading: TrackedMapping, read: Callable[[str, Node], tuple[MapNode, ...]]) -> Iterator[MapNode]:
    """The placements of the keys, of which each that differs in case alone from one before stays."""
    seen: set[str] = set()
    for key in reading.keys:
        node = reading.peek(key)
        found = read(key, node) if node is not None and "${" not in key and key.casefold() not in seen else ()
        if found:
            reading.take(key)
            seen.add(key.casefold())
            yield from found


def _body(reading: TrackedMapping, scope: Scope, seen: set[str], path: tuple[str, ...] = ()) -> Iterator[MapNode]:
    """The placements of what is in the body, at whatever depth, named by the path to it.

    What refers to nothing stays; it is withheld where its name, or that of what it is in, is one of a credential.
    """
    for key in reading.keys:
        node, inner = reading.peek(key), (*path, key)
        name = ".".join(inner)
        if isinstance(node, MapNode) and node.entries:
            yield from _body(reading.child(key), scope, seen, inner)
        elif node is not None and not _refers(node):
            if _says_something(node) and any(map(_CREDENTIAL.search, inner)):
                reading.withhold(key)
        elif node is not None and "${" not in name and name not in seen:
            found = _single("body", name, text_of(node), node.place, scope)
            if found:
                reading.take(key)
                seen.add(name)
                yield from found


def _refers(node: Node) -> bool:
    """Whether there is a template in a value."""
    match node:
        case ListNode(items=items):
            return any(map(_refers, items))
        case MapNode(entries=inner):
            return any(_refers(entry.node) for entry in inner)
    return bool(find_innermost(text_of(node) or ""))


def _says_something(node: Node) -> bool:
    """Whether a literal could be a secret, which a truth value and what is empty cannot."""
    match node:
        case ScalarNode(value=value):
            return bool(value) and not isinstance(value, bool)
        case ListNode(items=items):
            return any(map(_says_something, items))
        case MapNode(entries=inner):
            return any(_says_something(entry.node) for entry in inner)


def _header(key: str, node: Node, scope: Scope) -> tuple[MapNode, ...]:
    sides = parse_basic(text_of(node) or "") if key.lower() == "authorization" else None
    if sides is None:
        return _single("header", key, text_of(node), node.place, scope)
    slots = (("basic_username", sides[0]), ("basic_password", sides[1]))
    found = [item for slot, value in slots for item in _single(slot, "", value, node.place, scope)]
    return tuple(found) if len(found) == len(slots) else ()


def _single(location: str, name: str, template: str | None, place: Place, scope: Scope) -> tuple[MapNode, ...]:
    """The placement of a template, if it is one."""
    value = scope.value(template) if template is not None else None
    return () if value is None else (make_map(place, in_=location, name=name or None, value=value),)


def _client_authentication(provider: TrackedMapping) -> ScalarNode | None:
    for key, said, meant in _CLIENT_AUTHENTICATION:
        node = provider.peek(key)
        if node is not None and text_of(node) == said:
            provider.take(key)
            return ScalarNode(meant, node.place)
    return None


def _texts(reading: TrackedMapping, key: str) -> Node | None:
    """The list under `key` where all of it is text; everything else stays."""
    node = reading.peek(key)
    is_text = isinstance(node, ListNode) and all(text_of(item) is not None for item in node.items)
    return reading.take(key) if is_text else None


def _map(provider: TrackedMapping, key: str, scope: Scope) -> Node | None:
    """The mapping under `key` with each reference as in addresses; it stays where something in it is computed."""
    node = provider.peek(key)
    filled = _filled(node, scope) if isinstance(node, MapNode) else None
    return filled if filled is not None and provider.take(key) is not None else None


def _filled(node: Node, scope: Scope) -> Node | None:
    match node:
        case ScalarNode(value=str() as value):
            address = scope.address(value)
            return None if address is None else ScalarNode(address, node.place)
        case ListNode(items=items):
            found = [_filled(item, scope) for item in items]
            kept = tuple(item for item in found if item is not None)
            return ListNode(kept, node.place) if len(kept) == len(items) else None
        case MapNode(entries=inner):
            pairs = [(entry, _filled(entry.node, scope)) for entry in inner if "${" not in entry.key]
            made = tuple(Entry(entry.key, entry.place, item) for entry, item in pairs if item is not None)
            return MapNode(made, node.place) if len(made) == len(inner) else None
    return node
