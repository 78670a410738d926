"""Read Postman's collections of version 2.0 and 2.1, environments and globals.

Facts are those of the schema (https://schema.postman.com/collection/json/v2.1.0/) and of Postman's runtime, which
states the defaults (`postman-runtime`, `lib/authorizer`). Any literal may be a live credential: of values, only those
that say how to authenticate are read, and all others are withheld.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from authscribe.findings.finding import Finding
from authscribe.model.draft import DefinitionDraft, Draft, ListNode, MapNode, Node, get_text
from authscribe.readers.foreign.connector_names import choose_names, rename_connector, report_names
from authscribe.readers.foreign.postman.collection import read_collection
from authscribe.readers.foreign.postman.environment import read_environment
from authscribe.readers.foreign.postman.variables import withhold_rest
from authscribe.readers.foreign.tracking import TrackedMapping, collect_draft

_SCHEMA_HOSTS = ("schema.getpostman.com/", "schema.postman.com/")
_WRAPPERS = ("collection", "environment")
"""Keys under which Postman's API puts a document."""


def recognises(path: str, node: MapNode) -> bool:  # noqa: ARG001 - the signature of every data format
    """Return whether the document is a collection, an environment, or an answer of Postman's API with one."""
    inner = _unwrap(node)
    return _is_collection(inner) or _is_environment(inner)


def draft(path: str, node: MapNode) -> Draft:
    """Return one connector: for a collection, with a scheme for each way in which its requests authenticate."""
    document = TrackedMapping(node)
    return collect_draft(path, _read(path, document), document)._replace(is_titled=True)


def together(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """Return the drafts, with other names for the Postman documents that share a name with other documents.

    A collection and its environment often do.
    """
    nodes = {draft.path: tuple(definition.node for definition in draft.definitions) for draft in drafts}
    titled = {draft.path for draft in drafts if draft.is_titled}
    chosen = choose_names(drafts, nodes, _locate)
    names = {path: name for path, name in chosen.items() if path in titled}
    renamed = (rename_connector(draft, names[draft.path]) if draft.path in names else draft for draft in drafts)
    return report_names(drafts, tuple(renamed), names)


def _locate(path: str) -> PurePath:
    """Return a path without the endings that Postman gives to its files."""
    file = PurePath(path)
    return file.with_name(file.name.removesuffix(".json").replace(".postman_", "-"))


def _read(path: str, document: TrackedMapping) -> Iterator[DefinitionDraft | Finding]:
    wrapper = next((key for key in _WRAPPERS if _unwrap(document.node) is document.peek(key)), None)
    inner = document.child(wrapper) if wrapper is not None else document
    if wrapper is not None:
        withhold_rest(document)
    yield from (read_environment if _is_environment(inner.node) else read_collection)(path, inner)


def _unwrap(node: MapNode) -> MapNode:
    """Return the mapping in an answer of Postman's API, else the document itself."""
    inner = (node.find(key) for key in _WRAPPERS)
    return next((each for each in inner if isinstance(each, MapNode)), node) if _has_only_wrapper(node) else node


def _has_only_wrapper(node: MapNode) -> bool:
    return len(node.entries) == 1 and node.entries[0].key in _WRAPPERS


def _is_collection(node: MapNode) -> bool:
    info = node.find("info")
    if not isinstance(info, MapNode):
        return False
    schema = get_text(info.find("schema")) or ""
    return any(host in schema for host in _SCHEMA_HOSTS) or (
        info.find("_postman_id") is not None and isinstance(node.find("item"), ListNode)
    )


def _is_environment(node: MapNode) -> bool:
    values = node.find("values")
    has_variables = isinstance(values, ListNode) and bool(values.items) and all(map(_is_variable, values.items))
    return has_variables or get_text(node.find("_postman_variable_scope")) is not None


def _is_variable(node: Node) -> bool:
    return isinstance(node, MapNode) and all(node.find(key) is not None for key in ("key", "value", "enabled"))
