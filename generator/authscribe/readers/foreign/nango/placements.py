"""Read where the requests of a Nango provider carry values: in headers, query and body of its proxy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import Entry, ListNode, MapNode, Node, get_text
from authscribe.model.nango import ACCESS, COOKIES, AuthMode
from authscribe.readers.foreign.nango.literals import has_reference, is_credential
from authscribe.readers.foreign.nango.scope import ProviderScope
from authscribe.readers.foreign.nango.templates import find_innermost, parse_basic
from authscribe.readers.foreign.tracking import TrackedMapping, make_map

_AUTHORIZATION: Final = "proxy_header_authorization"


def read_placements(provider: TrackedMapping, mode: AuthMode, scope: ProviderScope, place: Place) -> ListNode:
    """Return the placements of a provider, after those that its mode brings along.

    `place` is the place of the mode. A header that calls a function cannot be a placement and is left. The list is
    stated even if it is empty, so that a platform does not add its own placements instead of such a header.
    """
    proxy = provider.child("proxy")
    headers, query = proxy.child("headers"), proxy.child("query")
    of_mode = _read_authorization(provider, headers, mode, scope, place)
    own = [*_take_placements(headers, lambda key, node: _read_header(key, node, scope))]
    own += _take_placements(query, lambda key, node: _make_placement("query", key, get_text(node), node.place, scope))
    return ListNode((*of_mode, *own, *_read_body(proxy.child("body"), scope)), place)


def _read_authorization(
    provider: TrackedMapping, headers: TrackedMapping, mode: AuthMode, scope: ProviderScope, place: Place
) -> tuple[MapNode, ...]:
    """Return what requests carry besides the headers: as the provider states, else as its mode does."""
    stated = provider.peek(_AUTHORIZATION)
    if stated is not None and not _has_authorization(headers):
        placements = _read_header("Authorization", stated, scope)
        return placements if placements and provider.take(_AUTHORIZATION) is not None else ()
    of_mode = () if _replace_mode(headers, mode) else mode.placements
    return tuple(
        placement
        for location, name, value in of_mode
        for placement in _make_placement(location, name, value, place, scope)
    )


def _replace_mode(headers: TrackedMapping, mode: AuthMode) -> bool:
    """Return whether the headers of a provider replace the placements of its mode.

    A header that carries the token of a login, or a cookie with those that the login has set, needs no other.
    """
    carry_session = mode.kind == "two_step" and any(map(_carries_session, headers.node.entries))
    return carry_session or _has_authorization(headers)


def _carries_session(header: Entry) -> bool:
    names = find_innermost(get_text(header.node) or "")
    return ACCESS in names or (header.key.lower() == "cookie" and COOKIES in names)


def _has_authorization(headers: TrackedMapping) -> bool:
    return any(entry.key.lower() == "authorization" for entry in headers.node.entries)


def _take_placements(mapping: TrackedMapping, read: Callable[[str, Node], tuple[MapNode, ...]]) -> Iterator[MapNode]:
    """Yield the placements of the keys; a key that differs from an earlier one in case only is left.

    A value without references is withheld if it has the name of a credential.
    """
    # Names of headers are case-insensitive (RFC 9110 section 5.1), and a slot has one placement.
    seen: set[str] = set()
    for key in mapping.keys:
        node = mapping.peek(key)
        if node is not None and is_credential(node, (key,)):
            mapping.withhold(key)
            continue
        is_usable = "${" not in key and key.casefold() not in seen
        placements = read(key, node) if node is not None and is_usable else ()
        if placements:
            mapping.take(key)
            seen.add(key.casefold())
            yield from placements


def _read_body(body: TrackedMapping, scope: ProviderScope) -> Iterator[MapNode]:
    """Yield the placements in a body, named by the path to them.

    A value without references is left; it is withheld if it, or something around it, has the name of a credential.
    """
    seen: set[str] = set()
    for mapping, key, path in list_values(body, ()):
        node = mapping.peek(key)
        name = ".".join(path)
        if node is None:
            continue
        if is_credential(node, path):
            mapping.withhold(key)
        elif has_reference(node) and "${" not in name and name not in seen:
            placements = _make_placement("body", name, get_text(node), node.place, scope)
            if placements:
                mapping.take(key)
                seen.add(name)
                yield from placements


def list_values(
    mapping: TrackedMapping, path: tuple[str, ...]
) -> Iterator[tuple[TrackedMapping, str, tuple[str, ...]]]:
    """Yield each value in a mapping that is not a mapping with entries itself: its mapping, key and path."""
    for key in mapping.keys:
        node, inner = mapping.peek(key), (*path, key)
        if isinstance(node, MapNode) and node.entries:
            yield from list_values(mapping.child(key), inner)
        else:
            yield mapping, key, inner


def _read_header(key: str, node: Node, scope: ProviderScope) -> tuple[MapNode, ...]:
    sides = parse_basic(get_text(node) or "") if key.lower() == "authorization" else None
    if sides is None:
        return _make_placement("header", key, get_text(node), node.place, scope)
    values = (("basic_username", sides[0]), ("basic_password", sides[1]))
    placements = [p for location, value in values for p in _make_placement(location, "", value, node.place, scope)]
    return tuple(placements) if len(placements) == len(values) else ()


def _make_placement(
    location: str, name: str, template: str | None, place: Place, scope: ProviderScope
) -> tuple[MapNode, ...]:
    """Return the placement of a template, or nothing if it is more than text, references and one alternative."""
    match scope.to_placements(template) if template is not None else None:
        case (value,):
            return (make_map(place, in_=location, name=name or None, value=value),)
        case (value, fallback):
            return (make_map(place, in_=location, name=name or None, value=value, fallback=fallback),)
    return ()
