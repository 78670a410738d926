"""Find the properties in the bodies of the requests that an OpenAPI document describes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from authscribe.model.draft import Entry, ListNode, MapNode, Node, get_text
from authscribe.readers.foreign.openapi.references import Document
from authscribe.readers.foreign.scheme_lists import list_texts

_DEEPEST: Final = 4
"""Levels of schemas that combine others, which may lead in a circle."""


def list_properties(source: Document, operation: MapNode) -> Iterator[tuple[Entry, bool]]:
    """Yield the properties of an operation's body, each with whether a schema requires it.

    Those of objects in the body are not among them.
    """
    for schema, document in _list_schemas(source, operation):
        parts = tuple(_list_parts(schema, document))
        required = {name for part in parts for name in list_texts(part.find("required"))}
        for properties in (part.find("properties") for part in parts):
            entries = properties.entries if isinstance(properties, MapNode) else ()
            yield from ((entry, entry.key in required) for entry in entries)


def _list_schemas(source: Document, operation: MapNode) -> Iterator[tuple[Node, Document]]:
    """Yield the schemas of a body: a parameter has one in version 2, and each media type from version 3 on."""
    parameters, body = operation.find("parameters"), operation.find("requestBody")
    for target in map(source.follow, parameters.items if isinstance(parameters, ListNode) else ()):
        if target is not None and get_text(target[0].find("in")) == "body":
            yield from _list_schema(*target)
    followed = source.follow(body) if body is not None else None
    content = followed[0].find("content") if followed is not None else None
    if followed is not None and isinstance(content, MapNode):
        for entry in content.entries:
            yield from _list_schema(entry.node, followed[1])


def _list_schema(holder: Node, document: Document) -> Iterator[tuple[Node, Document]]:
    schema = holder.find("schema") if isinstance(holder, MapNode) else None
    yield from ((schema, document),) if schema is not None else ()


def _list_parts(schema: Node, source: Document, depth: int = 0) -> Iterator[MapNode]:
    """Yield a schema, and those that it combines (`allOf`)."""
    target = source.follow(schema) if depth < _DEEPEST else None
    if target is not None:
        yield target[0]
        parts = target[0].find("allOf")
        for part in parts.items if isinstance(parts, ListNode) else ():
            yield from _list_parts(part, target[1], depth + 1)
