"""Read the Security Requirement Objects of an OpenAPI document and of its operations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.undeclared_name import report_unfollowed_reference
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.login_addresses import is_login_address
from authscribe.readers.foreign.openapi.oauth_extensions import split_scopes
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


class RequirementIndex:
    """Index of requirements by the names of their schemes: a document may state thousands."""

    def __init__(self, requirements: Iterable[SecurityRequirement]) -> None:
        self._by_name: dict[str, list[frozenset[str]]] = {}
        for names in {required.names for required in requirements}:
            for name in names:
                self._by_name.setdefault(name, []).append(names)

    def has(self, names: AbstractSet[str]) -> bool:
        """Return whether one of the requirements has these names, alone or with others."""
        return any(names <= known for known in self._list_candidates(names))

    def has_stricter(self, names: AbstractSet[str]) -> bool:
        """Return whether one of the requirements has these names and others."""
        return any(names < known for known in self._list_candidates(names))

    def _list_candidates(self, names: AbstractSet[str]) -> Sequence[frozenset[str]]:
        """Return the requirements with the rarest one of some names."""
        return min((self._by_name.get(name, ()) for name in names), key=len, default=())


@dataclass(frozen=True, slots=True)
class Operation:
    """Operation with requirements of its own; without any it is open to everybody."""

    name: str
    place: Place
    requirements: tuple[SecurityRequirement, ...]
    is_login: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it can be used without authentication."""
        return not self.requirements or not all(required.names for required in self.requirements)


@dataclass(frozen=True, slots=True)
class RequiredSecurity:
    """Alternatives that a document requires for all operations, and the operations that state others instead.

    What a document requires is no more than the default of its operations (https://spec.openapis.org/oas/v3.1.1,
    4.8.1.1 and 4.8.10.1). `others` is the number of operations that state none.
    """

    common: tuple[SecurityRequirement, ...]
    operations: tuple[Operation, ...] = ()
    others: int = 0

    @classmethod
    def from_document(cls, source: Document) -> RequiredSecurity:
        """Return what a document requires."""
        operations = tuple(_list_operations(source))
        own = tuple(filter(None, operations))
        return cls(read_requirements(source.root.find("security")) or (), own, len(operations) - len(own))

    @property
    def is_common(self) -> bool:
        """Whether the operations require a scheme unless they state otherwise."""
        return any(required.names for required in self.common)

    @property
    def alternatives(self) -> tuple[SecurityRequirement, ...]:
        """Alternatives, each once; a request uses one of those that its operation accepts.

        No authentication is among them if the document states so, or if every operation does. What only a login
        requires is none, since it opens no other operation.
        """
        others = [operation for operation in self.operations if not operation.is_login]
        counted = others if self.is_common or any(not other.is_open for other in others) else self.operations
        own = tuple(chain.from_iterable(operation.requirements for operation in counted))
        is_open = not self.is_common and all(operation.is_open for operation in self.operations)
        first: dict[frozenset[str], SecurityRequirement] = {}
        for required in (*self.common, *(each for each in own if each.names or is_open)):
            first.setdefault(required.names, required)
        return tuple(first.values())

    def list_needed(self, declared: AbstractSet[str]) -> Iterator[SecurityRequirement]:
        """Yield the alternatives of declared schemes, without those that are no more than a part of another.

        A connector needs the credentials of each operation that it uses. A part of them is an alternative only if half
        of the operations accept it.
        """
        usable = [required for required in self.alternatives if required.names <= declared]
        index, accepting = RequirementIndex(usable), self._count_operations()
        closed = sum(not operation.is_open for operation in self.operations) + self.others
        for required in usable:
            if 2 * accepting[required.names] >= closed or not index.has_stricter(required.names):
                yield required

    def _count_operations(self) -> Counter[frozenset[str]]:
        """Count the operations that state the names of each requirement."""
        own = ({required.names for required in operation.requirements} for operation in self.operations)
        inherited = dict.fromkeys((required.names for required in self.common), self.others)
        return Counter(chain.from_iterable(own)) + Counter(inherited)

    @property
    def scopes(self) -> Mapping[str, Sequence[Sequence[ScalarNode]]]:
        """Scopes of each requirement that names a scheme, by its name; those of the document take precedence."""
        own = chain.from_iterable(operation.requirements for operation in self.operations)
        return {**_collect_scopes(own), **_collect_scopes(self.common)}


def read_requirements(node: Node | None) -> tuple[SecurityRequirement, ...] | None:
    """Return the alternatives in the value of `security`; None if it is not a list."""
    if not isinstance(node, ListNode):
        return None
    return tuple(_read_requirement(item) for item in node.items if isinstance(item, MapNode))


def _list_operations(source: Document) -> Iterator[Operation | None]:
    """Yield the operations that have requirements of their own, and None for each other one."""
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


def _read_operations(path: str, node: MapNode) -> Iterator[Operation | None]:
    for entry, operation in list_operation_nodes(node):
        requirements = read_requirements(operation.find("security"))
        if requirements is None:
            yield None
        else:
            yield Operation(f"{entry.key.upper()} {path}", entry.place, requirements, is_login_address(path))


def _read_requirement(node: MapNode) -> SecurityRequirement:
    scopes = {_find_scheme_name(entry.key): _list_scopes(entry.node) for entry in node.entries}
    places = {_find_scheme_name(entry.key): entry.place for entry in node.entries}
    return SecurityRequirement(scopes, places, node.place)


def _find_scheme_name(key: str) -> str:
    """Return the name of a scheme, which version 3.2 may give as a reference."""
    return key.removeprefix("#/components/securitySchemes/")


def _collect_scopes(requirements: Iterable[SecurityRequirement]) -> dict[str, list[tuple[ScalarNode, ...]]]:
    scopes: dict[str, list[tuple[ScalarNode, ...]]] = {}
    for name, listed in chain.from_iterable(required.scopes.items() for required in requirements):
        scopes.setdefault(name, []).append(listed)
    return scopes


def _list_scopes(node: Node | None) -> tuple[ScalarNode, ...]:
    items = node.items if isinstance(node, ListNode) else ()
    return tuple(chain.from_iterable(split_scopes(get_text(item) or "", item.place) for item in items))
