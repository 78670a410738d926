"""Read the Security Requirement Objects of an OpenAPI document and of its operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.undeclared_name import report_unfollowed_reference
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode
from authscribe.readers.foreign.openapi.references import Document

_OPERATION_KEYS: Final = (
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query", "x-amazon-apigateway-any-method",
)  # fmt: skip
"""Keys of a path that hold an operation; the last one is an extension of Amazon's API Gateway."""


@dataclass(frozen=True, slots=True)
class SecurityRequirement:
    """Security schemes that are used together: the scopes of each, and the place at which it is named."""

    scopes: Mapping[str, tuple[ScalarNode, ...]]
    places: Mapping[str, Place]
    place: Place

    @property
    def names(self) -> frozenset[str]:
        """Names of the schemes."""
        return frozenset(self.scopes)

    def select(self, names: Sequence[str]) -> SecurityRequirement:
        """Return the requirement with only these of its schemes."""
        return SecurityRequirement({n: self.scopes[n] for n in names}, {n: self.places[n] for n in names}, self.place)


@dataclass(frozen=True, slots=True)
class Operation:
    """Operation with requirements of its own; without any it is open to everybody."""

    name: str
    place: Place
    requirements: tuple[SecurityRequirement, ...]


def read_requirements(node: Node | None) -> tuple[SecurityRequirement, ...] | None:
    """Return the alternatives in the value of `security`; None if it is not a list."""
    if not isinstance(node, ListNode):
        return None
    return tuple(_read_requirement(item) for item in node.items if isinstance(item, MapNode))


def list_operations(source: Document) -> Iterator[Operation]:
    """Yield the operations that have requirements of their own."""
    for path, node in list_paths(source.root):
        target = source.follow(node)
        if target is not None:
            yield from _read_operations(path, target[0])


def find_unfollowed_paths(source: Document) -> Iterator[Finding]:
    """Yield one finding for all paths whose operations are in documents that cannot be found."""
    unfollowed = [node for _, node in list_paths(source.root) if source.follow(node) is None]
    if unfollowed:
        first, *others = unfollowed
        yield report_unfollowed_reference(source.describe(first), first.place, [other.place for other in others])


def list_paths(document: MapNode) -> Iterator[tuple[str, MapNode]]:
    """Yield the paths of a document, with their addresses."""
    paths = document.find("paths")
    for path in paths.entries if isinstance(paths, MapNode) else ():
        if isinstance(path.node, MapNode):
            yield path.key, path.node


def list_operation_nodes(path: MapNode) -> Iterator[tuple[Entry, MapNode]]:
    """Yield the operations of a path, with their entries."""
    additional = path.find("additionalOperations")
    fixed = (entry for entry in path.entries if entry.key in _OPERATION_KEYS)
    for entry in (*fixed, *(additional.entries if isinstance(additional, MapNode) else ())):
        if isinstance(entry.node, MapNode):
            yield entry, entry.node


def _read_operations(path: str, node: MapNode) -> Iterator[Operation]:
    for entry, operation in list_operation_nodes(node):
        requirements = read_requirements(operation.find("security"))
        if requirements is not None:
            yield Operation(f"{entry.key.upper()} {path}", entry.place, requirements)


def _read_requirement(node: MapNode) -> SecurityRequirement:
    scopes = {_find_scheme_name(entry.key): _list_scopes(entry.node) for entry in node.entries}
    places = {_find_scheme_name(entry.key): entry.place for entry in node.entries}
    return SecurityRequirement(scopes, places, node.place)


def _find_scheme_name(key: str) -> str:
    """Return the name of a scheme, which version 3.2 may give as a reference."""
    return key.removeprefix("#/components/securitySchemes/")


def _list_scopes(node: Node | None) -> tuple[ScalarNode, ...]:
    items = node.items if isinstance(node, ListNode) else ()
    return tuple(item for item in items if isinstance(item, ScalarNode) and isinstance(item.value, str))
