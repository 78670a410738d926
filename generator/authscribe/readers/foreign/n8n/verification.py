"""Read the request with which n8n tests a credential: the `test` of its type."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text, to_node
from authscribe.model.placement_template import append_path, list_variable_names
from authscribe.readers.foreign.n8n.authentication import is_literal
from authscribe.readers.foreign.n8n.scope import PropertyScope, spell
from authscribe.readers.foreign.tracking import TrackedMapping, make_map, make_plain_map

_SITE: Final = re.compile(r"https?://|=\s*\{\{|=https?://")
"""Matches the beginning of an address that is complete, rather than a path."""
_FORM: Final = "application/x-www-form-urlencoded"


def read_test(request: TrackedMapping, scope: PropertyScope, known: set[str], *, has_base: bool) -> MapNode | None:
    """Return the request that tests a credential, and the address of its API, if `has_base` does not hold already.

    They refer to nothing but `known` settings. Without a path, the address of the API is no more than that of the test.
    """
    reader = _TestReader(request, scope, known)
    path = request.peek("url")
    has_path = (get_text(path) or "").strip("/ ") != ""
    if get_text(request.peek("baseURL")) is None:
        address = reader.take_address("url") if _SITE.match(get_text(path) or "") else None
        return make_map(address.place, verification=reader.add_content(address)) if address is not None else None
    base = reader.take_address("baseURL")
    if base is None:
        return None
    address = reader.append_path(base, path) if isinstance(path, ScalarNode) and has_path else base
    if has_path and address is not None:
        request.take("url")
    return make_map(
        base.place,
        base=base if has_path and not has_base else None,
        verification=reader.add_content(address) if address is not None else None,
    )


@dataclass(frozen=True, slots=True)
class _TestReader:
    request: TrackedMapping
    scope: PropertyScope
    known: set[str]

    def take_address(self, key: str) -> MapNode | None:
        """Take an address that refers to nothing but known settings."""
        address = self.scope.fill_address(self.request, key, key)
        texts = (get_text(entry.node) or "" for entry in address.entries) if address is not None else ()
        if address is None or not self.known.issuperset(list_variable_names(*texts)):
            return None
        self.request.take(key)
        return address

    def append_path(self, base: MapNode, path: ScalarNode) -> MapNode | None:
        """Return an endpoint below the base; None if its path cannot be evaluated, or may hold a credential."""
        text = None if is_literal("", path) else self._fill(path, "url")
        if text is None:
            return None
        addresses = ((entry.key, append_path(get_text(entry.node) or "", text)) for entry in base.entries)
        return make_plain_map(dict(addresses), path.place)

    def add_content(self, address: MapNode) -> MapNode:
        """Return the request to an address: its client sends JSON unless a header states a form."""
        headers = self._take_texts(self.request.child("headers"))
        body = self._take_body()
        texts = [get_text(entry.node) or "" for entry in headers.entries] if headers is not None else []
        is_form = any(text.lower().startswith(_FORM) for text in texts)
        content = make_map(
            address.place,
            method=self.request.take_text("method"),
            query=self._take_texts(self.request.child("qs")),
            headers=headers,
            body_format=ScalarNode("form" if is_form else "json", body.place) if body is not None else None,
            body=body,
        )
        return MapNode((*address.entries, *content.entries), address.place)

    def _take_body(self) -> MapNode | None:
        """Take the values of the body, which may be a JSON text."""
        node = self.request.peek("body")
        if not isinstance(node, ScalarNode):
            return self._take_values(self.request.child("body"))
        parsed = _parse_object(node)
        body = TrackedMapping(parsed) if parsed is not None else None
        values = self._take_values(body) if body is not None else None
        if body is None or body.leftovers() is not None:
            return None
        self.request.take("body")
        return values

    def _take_values(self, values: TrackedMapping) -> MapNode | None:
        """Take the values in a mapping, at every depth, apart from those that may be credentials."""
        return make_plain_map(dict(self._list_values(values)), values.place)

    def _list_values(self, values: TrackedMapping) -> Iterator[tuple[str, Node]]:
        for key, _, node in values.node.entries:
            if isinstance(node, MapNode) and node.entries:
                inner = self._take_values(values.child(key))
                if inner is not None:
                    yield key, inner
                continue
            value = self._fill_node(node, key) if not is_literal(key, node) else None
            if value is not None:
                values.take(key)
                yield key, value

    def _fill_node(self, node: Node, key: str) -> Node | None:
        """Return a node with references as in endpoints; None if something in it cannot be evaluated."""
        match node:
            case ScalarNode(value=str()):
                text = self._fill(node, key)
                return ScalarNode(text, node.place) if text is not None else None
            case ListNode(items=items):
                filled = tuple(value for item in items if (value := self._fill_node(item, key)) is not None)
                return ListNode(filled, node.place) if len(filled) == len(items) else None
            case MapNode(entries=entries):
                values = [(entry, self._fill_node(entry.node, entry.key)) for entry in entries]
                kept = tuple(Entry(entry.key, entry.place, value) for entry, value in values if value is not None)
                return MapNode(kept, node.place) if len(kept) == len(entries) else None
        return node

    def _take_texts(self, values: TrackedMapping) -> MapNode | None:
        """Take the values in a mapping as texts, apart from those that may be credentials."""
        texts: dict[str, Node] = {}
        for key, _, node in values.node.entries:
            is_text = isinstance(node, ScalarNode) and node.value is not None and not is_literal(key, node)
            text = self._fill(node, key) if is_text and isinstance(node, ScalarNode) else None
            if text is not None:
                values.take(key)
                texts[key] = ScalarNode(text, node.place)
        return make_plain_map(texts, values.place)

    def _fill(self, node: ScalarNode, key: str) -> str | None:
        """Return a value as a text with references; None if it cannot be evaluated, or refers to unknown settings."""
        if "${" in spell(node):
            return None
        template = self.scope.fill(node, key)
        if template is None or not self.known.issuperset(template.names):
            return None
        return template.to_url()


def _parse_object(node: ScalarNode) -> MapNode | None:
    """Return the object in a JSON text; None for anything else."""
    try:
        parsed = to_node(json.loads(str(node.value)), node.place)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, MapNode) else None
