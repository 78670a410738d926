"""Follow references, which may lead into other documents (OpenAPI Specification, "Reference Object")."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from urllib.parse import unquote

from authscribe.model.draft import ListNode, MapNode, Node, get_text
from authscribe.readers.foreign.tracking import MappingIndex

FindDocument: TypeAlias = Callable[[str, str], MapNode | None]
"""Function that returns the document at a path, to which another one refers; None if there is none."""

_REFERENCE: Final = "$ref"
_REFERENCE_LIMIT: Final = 16
"""References that may lead from one to the next."""


@dataclass(frozen=True, slots=True)
class Document:
    """Document at a path, and the way to the documents that it refers to."""

    path: str
    root: MapNode
    find: FindDocument
    index: MappingIndex = field(default_factory=MappingIndex, compare=False)

    def follow(self, node: Node) -> tuple[MapNode, Document] | None:
        """Return the mapping to which a chain of references leads, and its document.

        None if the chain leads to nothing, to a document that cannot be found, or in a circle.
        """
        document: Document | None = self
        for _ in range(_REFERENCE_LIMIT):
            if document is None or not isinstance(node, MapNode):
                return None
            reference = get_text(node.find(_REFERENCE))
            if reference is None:
                return node, document
            path, _, pointer = reference.partition("#")
            document = document.open(path)
            target = document.find_node(pointer, is_whole=bool(path)) if document is not None else None
            if target is None:
                return None
            node = target
        return None

    def describe(self, node: Node) -> str:
        """Return the reference that a mapping consists of; only its path if there is no document at this path."""
        reference = (get_text(node.find(_REFERENCE)) if isinstance(node, MapNode) else None) or ""
        path = reference.partition("#")[0]
        return path if path and self.open(path) is None else reference

    def open(self, reference: str) -> Document | None:
        """Return the document with a relative path; this one for an empty path."""
        if not reference:
            return self
        path = resolve_path(self.path, reference)
        root = self.find(self.path, path) if path is not None else None
        return Document(path, root, self.find, self.index) if path is not None and root is not None else None

    def find_node(self, pointer: str, *, is_whole: bool) -> Node | None:
        """Return the node at a JSON pointer in a URI fragment (RFC 6901); the whole document only if `is_whole`."""
        if not pointer.strip("/"):
            return self.root if is_whole else None
        if not pointer.startswith("/"):
            return None
        node: Node | None = self.root
        for part in pointer.removeprefix("/").split("/"):
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            node = self.index.find(node, key) if isinstance(node, MapNode) else None
        return node


def is_reference(node: Node) -> bool:
    """Return whether a node stands for another one."""
    return isinstance(node, MapNode) and get_text(node.find(_REFERENCE)) is not None


def find_nothing(_origin: str, _path: str) -> None:
    """Find no other document."""


def resolve_path(origin: str, reference: str) -> str | None:
    """Return the path to which a document refers; None for another host, and for an absolute path.

    The paths of documents in a revision begin with its name, as in `main:a.yaml`.
    """
    if ":" in reference or reference.startswith("/"):
        return None
    revision, colon, path = origin.rpartition(":")
    return revision + colon + posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(reference)))


def list_references(node: Node) -> Iterator[str]:
    """Yield the references in a node that lead out of its document, without the part of the document they mean."""
    match node:
        case MapNode(entries=entries):
            for entry in entries:
                path = (get_text(entry.node) or "").partition("#")[0] if entry.key == _REFERENCE else ""
                if path:
                    yield path
                yield from list_references(entry.node)
        case ListNode(items=items):
            for item in items:
                yield from list_references(item)
