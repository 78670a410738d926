"""Look definitions up by any of their names: id, alias or former name.

References are replaced by ids before anything is checked or built, so that later stages need to know only ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from authscribe.findings.finding import Finding
from authscribe.findings.rules.duplicate_name import report_duplicate_name
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text

NameIndex: TypeAlias = Mapping[str, str]
"""Id of a definition by each of its names."""

_OTHER_NAMES: Final = ("aliases", "former_names")
_EACH: Final = "*"
_TO_SCHEMES: Final = (("extends",), ("scheme",), ("methods", _EACH, "schemes", _EACH))
_TO_ITS_KIND: Final = ("successor",)


def index_names(definitions: Mapping[str, MapNode]) -> tuple[NameIndex, tuple[Finding, ...]]:
    """Return the id behind each name, and a finding for each name that two definitions share."""
    names = {identifier: identifier for identifier in definitions}
    places = {identifier: node.place for identifier, node in definitions.items()}
    findings = []
    for identifier, node in definitions.items():
        for item in (item for key in _OTHER_NAMES for item in getattr(node.find(key), "items", ())):
            name = get_text(item)
            if name is not None and names.setdefault(name, identifier) != identifier:
                findings.append(report_duplicate_name(name, item.place, places[name]))
            elif name is not None:
                places.setdefault(name, item.place)
    return names, tuple(findings)


def spell_references(node: MapNode, *, schemes: NameIndex, own: NameIndex) -> MapNode:
    """Return a scheme or connector whose references are ids; `own` are the names of its kind."""
    for path in _TO_SCHEMES:
        node = _spell_in_map(node, path, schemes)
    return _spell_in_map(node, _TO_ITS_KIND, own)


def list_scheme_references(connector: MapNode) -> Iterator[Node]:
    """Yield the nodes by which a connector refers to schemes."""
    scheme = connector.find("scheme")
    if scheme is not None:
        yield scheme
    for method in getattr(connector.find("methods"), "items", ()):
        if isinstance(method, MapNode):
            yield from getattr(method.find("schemes"), "items", ())


def spell_id(refinement: MapNode, names: NameIndex) -> MapNode:
    """Return a refinement that names its scheme by id."""
    return _spell_in_map(refinement, ("id",), names)


def _spell_in_map(node: MapNode, path: tuple[str, ...], names: NameIndex) -> MapNode:
    stated = node.find(path[0])
    spelt = _spell(stated, path[1:], names) if stated is not None else None
    if spelt is None or spelt is stated:
        return node
    entries = (entry._replace(node=spelt) if entry.key == path[0] else entry for entry in node.entries)
    return node._replace(entries=tuple(entries))


def _spell(node: Node, path: tuple[str, ...], names: NameIndex) -> Node:
    """Return the node with the reference at the end of the path replaced by an id; ids and unknown names are kept."""
    if not path:
        name = get_text(node)
        identifier = names.get(name, name) if name is not None else None
        return node if identifier == name else ScalarNode(identifier, node.place)
    if isinstance(node, MapNode):
        return _spell_in_map(node, path, names)
    if isinstance(node, ListNode) and path[0] == _EACH:
        return node._replace(items=tuple(_spell(item, path[1:], names) for item in node.items))
    return node
