"""Read how a Nango provider requests tokens: logins, the steps after them, and what OAuth requests carry besides.

Values that are computed for a request are left, and literals that may be secrets are withheld; all others are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text, to_node
from authscribe.model.nango import IN_QUERY, AuthMode
from authscribe.readers.foreign.nango.literals import is_credential
from authscribe.readers.foreign.nango.scope import ProviderScope
from authscribe.readers.foreign.nango.templates import parse_basic
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map, make_plain_map, withhold_address

_FORMATS: Final = ("form", "json", "xml")
_EXPIRY_PATHS: Final[Mapping[str, str]] = {"expireIn": "expires_in_path", "expireAt": "expires_at_path"}
"""Keys of a request for a token by Nango's strategy for its expiry."""


def read_token_request(provider: TrackedMapping, mode: AuthMode, scope: ProviderScope, place: Place) -> MapNode | None:
    """Return the request for a token; None if the mode makes none, or nothing is known about it.

    `place` is the place of the mode.
    """
    if not mode.requests_tokens:
        return None
    body_format = _take_format(provider) or _make_scalar(mode.body_format, place)
    request = make_map(
        place,
        **RequestReader(scope).read(provider, body_format, to_node(mode.body, place)),
        refresh=_read_refresh(provider, mode, scope, body_format),
        steps=_read_steps(provider, scope, body_format),
        **_read_response(provider, mode),
    )
    return request if request.entries else None


def _make_scalar(value: str | None, place: Place) -> ScalarNode | None:
    return ScalarNode(value, place) if value is not None else None


def _take_format(source: TrackedMapping) -> ScalarNode | None:
    return source.take_text("body_format") if get_text(source.peek("body_format")) in _FORMATS else None


def _read_refresh(
    provider: TrackedMapping, mode: AuthMode, scope: ProviderScope, body_format: ScalarNode | None
) -> MapNode | None:
    """Return the request that renews a token; None if nothing is stated about it."""
    reader = RequestReader(scope)
    parts = {
        part: reader.take_values(provider.child(key), is_text=part == "headers")
        for part, key in mode.refresh_keys.items()
    }
    stated = next((part for part in parts.values() if part is not None), None)
    if stated is None:
        return None
    fallbacks = make_plain_map(reader.fallbacks, provider.place)
    return make_map(stated.place, body_format=body_format, **parts, fallbacks=fallbacks)


def _read_steps(provider: TrackedMapping, scope: ProviderScope, body_format: ScalarNode | None) -> ListNode | None:
    """Return the requests after the first one; none if an address is missing, computed or withheld."""
    steps = provider.children("additional_steps")
    if any(withhold_address(step, "token_url") for step in steps):
        return None
    urls = [scope.to_urls(get_text(step.peek("token_url")) or "", number) for number, step in enumerate(steps, 1)]
    if not all(url is not None and len(url) == 1 and url[0] for url in urls):
        return None
    return make_list(
        tuple(_read_step(step, scope, number, body_format) for number, step in enumerate(steps, 1)), provider.place
    )


def _read_step(step: TrackedMapping, scope: ProviderScope, number: int, body_format: ScalarNode | None) -> MapNode:
    """Return a request, which is sent after `number` others; only the first request can be XML."""
    url = step.take("token_url")
    (address,) = scope.to_urls(get_text(url) or "", number) or ("",)
    is_form = body_format is not None and body_format.value == "form"
    own_format = _take_format(step) or ScalarNode("form" if is_form else "json", step.place)
    return make_map(step.place, url=address, **RequestReader(scope, number).read(step, own_format, None))


def _read_response(provider: TrackedMapping, mode: AuthMode) -> dict[str, ScalarNode | str | None]:
    response = provider.child("token_response")
    expiry = _EXPIRY_PATHS.get(get_text(response.peek("token_expiration_strategy")) or "")
    paths = {
        "token_path": response.take_string("token") or mode.token_path,
        "refresh_token_path": response.take_string("refresh_token"),
    }
    if expiry is not None:
        paths[expiry] = response.take_string("token_expiration")
    return paths


@dataclass(frozen=True, slots=True)
class RequestReader:
    """Reader of the values of a request, which is sent after so many others that have `responses`.

    `fallbacks` collects the alternatives of the values that it takes, each under the value that it replaces.
    """

    scope: ProviderScope
    responses: int = 0
    fallbacks: dict[str, ScalarNode] = field(default_factory=dict)

    def read(
        self, source: TrackedMapping, body_format: ScalarNode | None, fixed: Node | None
    ) -> dict[str, Node | None]:
        """Return what a request carries under the keys of the model; the values in `fixed` precede its body."""
        headers = source.child("token_headers")
        basic = self._take_basic(headers)
        texts = self.take_values(headers, is_text=True)
        is_query = get_text(source.peek("body_format")) == IN_QUERY
        if is_query:
            source.take("body_format")
        before = self._fill(fixed) if fixed is not None else None
        after = self.take_values(source.child("token_params"), is_text=is_query)
        entries = (*(before.entries if isinstance(before, MapNode) else ()), *(after.entries if after else ()))
        return {
            "method": source.take_text("token_request_method"),
            "headers": texts,
            "basic": basic,
            "body_format": body_format,
            IN_QUERY if is_query else "body": MapNode(entries, entries[0].place) if entries else None,
            "fallbacks": make_plain_map(self.fallbacks, source.place),
        }

    def take_values(
        self, mapping: TrackedMapping, path: tuple[str, ...] = (), *, is_text: bool = False
    ) -> MapNode | None:
        """Take the values in a mapping, at every depth, that are no more than text and references.

        With `is_text`, take only texts.
        """
        taken: dict[str, Node] = {}
        for key in mapping.keys:
            node, inner = mapping.peek(key), (*path, key)
            if node is None or "${" in key or (is_text and get_text(node) is None):
                continue
            if isinstance(node, MapNode) and node.entries:
                value: Node | None = self.take_values(mapping.child(key), inner)
            else:
                value = self._take_value(mapping, key, node, inner)
            if value is not None:
                taken[key] = value
        return make_plain_map(taken, mapping.place)

    def _take_value(self, mapping: TrackedMapping, key: str, node: Node, path: tuple[str, ...]) -> Node | None:
        if is_credential(node, path):
            mapping.withhold(key)
            return None
        value = self._fill(node)
        return value if value is not None and mapping.take(key) is not None else None

    def _take_basic(self, headers: TrackedMapping) -> MapNode | None:
        """Take a header with basic authentication."""
        for key in headers.keys:
            node = headers.peek(key)
            sides = parse_basic(get_text(node) or "") if key.lower() == "authorization" else None
            if sides is None or node is None:
                continue
            username, password = (self._fill(ScalarNode(side, node.place)) for side in sides)
            if username is not None and password is not None:
                headers.take(key)
                return make_map(node.place, username=username, password=password)
        return None

    def _fill(self, node: Node) -> Node | None:
        """Return a node with references as in endpoints; None if something in it is computed."""
        match node:
            case ScalarNode(value=str() as value):
                return self._fill_text(value, node.place)
            case ListNode(items=items):
                filled_items = tuple(filled for item in items if (filled := self._fill(item)) is not None)
                return ListNode(filled_items, node.place) if len(filled_items) == len(items) else None
            case MapNode(entries=entries):
                pairs = [(entry, self._fill(entry.node)) for entry in entries if "${" not in entry.key]
                filled_entries = tuple(entry._replace(node=filled) for entry, filled in pairs if filled is not None)
                return MapNode(filled_entries, node.place) if len(filled_entries) == len(entries) else None
        return node

    def _fill_text(self, text: str, place: Place) -> ScalarNode | None:
        """Return the first alternative of a text; None if one of its alternatives already has another fallback."""
        sides = self.scope.to_urls(text, self.responses) or ()
        pairs = {side: ScalarNode(other, place) for side, other in pairwise(sides)}
        known = self.fallbacks.items()
        if not sides or any(side in pairs and pairs[side].value != other.value for side, other in known):
            return None
        self.fallbacks.update(pairs)
        return ScalarNode(sides[0], place)
