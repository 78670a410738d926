"""Find keys among the properties in the bodies of the requests that an OpenAPI document describes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

from authscribe.model.credential_names import is_clear_key
from authscribe.model.draft import Entry, ListNode, MapNode, Node, get_text
from authscribe.readers.foreign.openapi.references import Document
from authscribe.readers.foreign.scheme_lists import list_texts
from authscribe.readers.foreign.tracking import parse_boolean

_Key: TypeAlias = tuple[Entry, bool]
"""Property that is called like a key for requests, and whether a schema requires it."""

_LIMIT: Final = 32
"""Media types and schemas of a body that count, and keys that it may have: one with more has settings as properties.

Many operations may have a body in common, so that without a limit the time would be the product of both.
"""


class _Part(NamedTuple):
    """Keys in a schema by itself, and the names that it requires; it is kept, so that no other gets its identity."""

    schema: MapNode
    keys: tuple[Entry, ...]
    required: frozenset[str]


class RequestBodies:
    """Bodies of requests; a schema that many of them have in common is read once."""

    def __init__(self) -> None:
        self._known: dict[int, _Part] = {}

    def list_keys(self, source: Document, operation: MapNode) -> Iterator[_Key]:
        """Yield the keys in the body of an operation; those of objects in it are not among them."""
        for target in _list_schemas(source, operation):
            parts = tuple(self._read(*part) for part in islice(_list_parts(*target), _LIMIT))
            keys = tuple(entry for part in parts for entry in part.keys)
            if len(keys) <= _LIMIT:
                yield from ((entry, any(entry.key in part.required for part in parts)) for entry in keys)

    def _read(self, schema: MapNode, document: Document) -> _Part:
        if id(schema) not in self._known:
            keys = tuple(islice(_list_own_keys(schema, document), _LIMIT + 1))
            self._known[id(schema)] = _Part(schema, keys, frozenset(list_texts(schema.find("required"))))
        return self._known[id(schema)]


def _list_schemas(source: Document, operation: MapNode) -> Iterator[tuple[MapNode, Document]]:
    """Yield the schemas of a body: a parameter has one in version 2, and each media type from version 3 on."""
    parameters, body = operation.find("parameters"), operation.find("requestBody")
    for target in map(source.follow, parameters.items if isinstance(parameters, ListNode) else ()):
        if target is not None and get_text(target[0].find("in")) == "body":
            yield from _follow_schema(*target)
    followed = source.follow(body) if body is not None else None
    content = followed[0].find("content") if followed is not None else None
    if followed is not None and isinstance(content, MapNode):
        for entry in content.entries[:_LIMIT]:
            yield from _follow_schema(entry.node, followed[1])


def _follow_schema(holder: Node, document: Document) -> Iterator[tuple[MapNode, Document]]:
    schema = holder.find("schema") if isinstance(holder, MapNode) else None
    target = document.follow(schema) if schema is not None else None
    yield from (target,) if target is not None else ()


def _list_own_keys(schema: MapNode, document: Document) -> Iterator[Entry]:
    properties = schema.find("properties")
    for entry in properties.entries if isinstance(properties, MapNode) else ():
        if is_clear_key(entry.key) and _is_sent_text(entry.node, document):
            yield entry


def _is_sent_text(node: Node, document: Document) -> bool:
    """Return whether a property may be a text in a request: its schema may say that only responses have it."""
    target = document.follow(node)
    if target is None or parse_boolean(target[0].find("readOnly")) is True:
        return False
    types = target[0].find("type")
    return types is None or "string" in (get_text(types), *list_texts(types))


def _list_parts(schema: MapNode, source: Document) -> Iterator[tuple[MapNode, Document]]:
    """Yield a schema, and those that it combines (`allOf`), which may lead in a circle."""
    waiting: list[tuple[Node, Document]] = [(schema, source)]
    seen: set[int] = set()
    while waiting:
        node, document = waiting.pop()
        target = document.follow(node)
        if target is not None and id(target[0]) not in seen:
            seen.add(id(target[0]))
            yield target
            parts = target[0].find("allOf")
            waiting += [(part, target[1]) for part in (parts.items[:_LIMIT] if isinstance(parts, ListNode) else ())]
