"""Read the Security Requirement Objects of an OpenAPI document and of its operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode

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


def list_operations(document: MapNode) -> Iterator[Operation]:
    """Yield the operations that have requirements of their own."""
    paths = document.find("paths")
    for path in paths.entries if isinstance(paths, MapNode) else ():
        if not isinstance(path.node, MapNode):
            continue
        additional = path.node.find("additionalOperations")
        fixed = (entry for entry in path.node.entries if entry.key in _OPERATION_KEYS)
        for entry in (*fixed, *(additional.entries if isinstance(additional, MapNode) else ())):
            requirements = read_requirements(entry.node.find("security")) if isinstance(entry.node, MapNode) else None
            if requirements is not None:
                yield Operation(f"{entry.key.upper()} {path.key}", entry.place, requirements)


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
