"""Find keys among the properties in the bodies of the requests that an OpenAPI document describes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from authscribe.model.credential_names import is_clear_key
from authscribe.model.draft import Entry, ListNode, MapNode, Node, get_text
from authscribe.readers.foreign.openapi.references import Document
from authscribe.readers.foreign.scheme_lists import list_texts

_Key: TypeAlias = tuple[Entry, bool]
"""Property that is called like a key for requests, and whether a schema requires it."""


class RequestBodies:
    """Bodies of requests; a schema that many of them have in common is read once."""

    def __init__(self) -> None:
        # Each schema is kept beside its keys, so that no other one gets its identity.
        self._known: dict[int, tuple[MapNode, tuple[_Key, ...]]] = {}

    def list_keys(self, source: Document, operation: MapNode) -> Iterator[_Key]:
        """Yield the keys in the body of an operation; those of objects in it are not among them."""
        for schema, document in _list_schemas(source, operation):
            if id(schema) not in self._known:
                self._known[id(schema)] = schema, tuple(_list_keys(schema, document))
            yield from self._known[id(schema)][1]


def _list_schemas(source: Document, operation: MapNode) -> Iterator[tuple[MapNode, Document]]:
    """Yield the schemas of a body: a parameter has one in version 2, and each media type from version 3 on."""
    parameters, body = operation.find("parameters"), operation.find("requestBody")
    for target in map(source.follow, parameters.items if isinstance(parameters, ListNode) else ()):
        if target is not None and get_text(target[0].find("in")) == "body":
            yield from _follow_schema(*target)
    followed = source.follow(body) if body is not None else None
    content = followed[0].find("content") if followed is not None else None
    if followed is not None and isinstance(content, MapNode):
        for entry in content.entries:
            yield from _follow_schema(entry.node, followed[1])


def _follow_schema(holder: Node, document: Document) -> Iterator[tuple[MapNode, Document]]:
    schema = holder.find("schema") if isinstance(holder, MapNode) else None
    target = document.follow(schema) if schema is not None else None
    yield from (target,) if target is not None else ()


def _list_keys(schema: MapNode, document: Document) -> Iterator[_Key]:
    parts = tuple(_list_parts(schema, document))
    required = {name for part in parts for name in list_texts(part.find("required"))}
    for properties in (part.find("properties") for part in parts):
        for entry in properties.entries if isinstance(properties, MapNode) else ():
            if is_clear_key(entry.key):
                yield entry, entry.key in required


def _list_parts(schema: MapNode, source: Document) -> Iterator[MapNode]:
    """Yield a schema, and those that it combines (`allOf`), which may lead in a circle."""
    waiting: list[tuple[Node, Document]] = [(schema, source)]
    seen: set[int] = set()
    while waiting:
        node, document = waiting.pop()
        target = document.follow(node)
        if target is not None and id(target[0]) not in seen:
            seen.add(id(target[0]))
            yield target[0]
            parts = target[0].find("allOf")
            waiting += [(part, target[1]) for part in (parts.items if isinstance(parts, ListNode) else ())]
