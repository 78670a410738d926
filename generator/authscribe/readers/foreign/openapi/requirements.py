"""What an OpenAPI document asks for: its Security Requirement Objects, and those of its operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode

_OPERATIONS: Final = (
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query", "x-amazon-apigateway-any-method",
)  # fmt: skip
"""The keys of a path that hold an operation, and the one by which Amazon's API Gateway says all that are not listed."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """Schemes that are used together, with the scopes of each; `place` is where that is stated."""

    scopes: Mapping[str, tuple[ScalarNode, ...]]
    places: Mapping[str, Place]
    place: Place

    @property
    def names(self) -> frozenset[str]:
        """The schemes, in whatever order."""
        return frozenset(self.scopes)

    def of(self, names: Sequence[str]) -> Requirement:
        """The same for some of the schemes."""
        return Requirement({n: self.scopes[n] for n in names}, {n: self.places[n] for n in names}, self.place)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation with requirements of its own; with none of them it is open to everybody."""

    name: str
    place: Place
    asks: tuple[Requirement, ...]


def read_alternatives(node: Node | None) -> tuple[Requirement, ...] | None:
    """The alternatives in a `security`; None where there is none."""
    if not isinstance(node, ListNode):
        return None
    return tuple(_requirement(item) for item in node.items if isinstance(item, MapNode))


def list_operations(document: MapNode) -> Iterator[Operation]:
    """The operations that have requirements of their own."""
    paths = document.find("paths")
    for path in paths.entries if isinstance(paths, MapNode) else ():
        if not isinstance(path.node, MapNode):
            continue
        more = path.node.find("additionalOperations")
        usual = (entry for entry in path.node.entries if entry.key in _OPERATIONS)
        for entry in (*usual, *(more.entries if isinstance(more, MapNode) else ())):
            found = read_alternatives(entry.node.find("security")) if isinstance(entry.node, MapNode) else None
            if found is not None:
                yield Operation(f"{entry.key.upper()} {path.key}", entry.place, found)


def _requirement(node: MapNode) -> Requirement:
    scopes = {_component_name(entry.key): _scalars(entry.node) for entry in node.entries}
    return Requirement(scopes, {_component_name(entry.key): entry.place for entry in node.entries}, node.place)


def _component_name(key: str) -> str:
    """Version 3.2 also knows a scheme by a reference to it."""
    return key.removeprefix("#/components/securitySchemes/")


def _scalars(node: Node | None) -> tuple[ScalarNode, ...]:
    items = node.items if isinstance(node, ListNode) else ()
    return tuple(item for item in items if isinstance(item, ScalarNode) and isinstance(item.value, str))
