"""Read the request with which n8n tests a credential: the `test` of its type."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text, to_node
from authscribe.model.placement_template import append_path, list_variable_names
from authscribe.readers.foreign.body_formats import find_body_format
from authscribe.readers.foreign.n8n.authentication import is_literal
from authscribe.readers.foreign.n8n.scope import PropertyScope, spell
from authscribe.readers.foreign.tracking import TrackedMapping, make_map, make_plain_map
from authscribe.readers.syntax.json import parse_json

_SITE: Final = re.compile(r"https?://|=\s*\{\{|=https?://")
"""Matches the beginning of an address that is complete, rather than a path."""


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
        """Return the request to an address."""
        headers = self._take_texts(self.request.child("headers"))
        body = self._take_body()
        is_stated = _is_plain(get_text(self.request.peek("method")) or "")
        content = make_map(
            address.place,
            method=self.request.take_text("method") if is_stated else None,
            query=self._take_texts(self.request.child("qs")),
            headers=headers,
            body_format=find_body_format(headers, body),
            body=body,
        )
        return MapNode((*address.entries, *content.entries), address.place)

    def _take_body(self) -> MapNode | None:
        """Take the values of the body, which may be a JSON text."""
        node = self.request.peek("body")
        if not isinstance(node, ScalarNode):
            return self._take_values(self.request.child("body"))
        parsed = _parse_object(node)
        if parsed is None:
            return None
        if is_literal("", parsed):
            self.request.withhold("body")
            return None
        values = self._fill_node(parsed, "body")
        if not isinstance(values, MapNode):
            return None
        self.request.take("body")
        return values if values.entries else None

    def _take_values(self, values: TrackedMapping) -> MapNode | None:
        """Take the values in a mapping, at every depth, apart from those that may be credentials."""
        return make_plain_map(dict(self._list_values(values)), values.place)

    def _list_values(self, values: TrackedMapping) -> Iterator[tuple[str, Node]]:
        for key, _, node in values.node.entries:
            if not _is_plain(key):
                continue
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
                values = [(entry, self._fill_node(entry.node, entry.key)) for entry in entries if _is_plain(entry.key)]
                kept = tuple(Entry(entry.key, entry.place, value) for entry, value in values if value is not None)
                return MapNode(kept, node.place) if len(kept) == len(entries) else None
        return node

    def _take_texts(self, values: TrackedMapping) -> MapNode | None:
        """Take the values in a mapping as texts, apart from those that may be credentials."""
        texts: dict[str, Node] = {}
        for key, _, node in values.node.entries:
            if not isinstance(node, ScalarNode) or node.value is None or not _is_plain(key) or is_literal(key, node):
                continue
            text = self._fill(node, key)
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


def _is_plain(text: str) -> bool:
    """Return whether a text means itself to n8n, which evaluates expressions, and to the model."""
    return not text.startswith("=") and "${" not in text


def _parse_object(node: ScalarNode) -> MapNode | None:
    """Return the object in a JSON text, all of it at the place of the text; None for anything else."""
    text = str(node.value)
    parsed, findings = parse_json(node.place.path, text)
    if not isinstance(parsed, MapNode) or findings:
        return None
    copy = to_node(json.loads(text), node.place)
    return copy if isinstance(copy, MapNode) else None
