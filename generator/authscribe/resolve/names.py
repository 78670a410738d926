"""Look definitions up by any of their names: id, alias or former name.

References are spelt as ids before anything is checked or built, so that later stages know ids alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from authscribe.findings.finding import Finding
from authscribe.findings.rules.duplicate_name import report_duplicate_name
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text

Names: TypeAlias = Mapping[str, str]
"""Id of the definition that each of its names stands for."""

_OTHER_NAMES: Final = ("aliases", "former_names")
_EACH: Final = "*"
_TO_SCHEMES: Final = (("extends",), ("scheme",), ("methods", _EACH, "schemes", _EACH))
_TO_ITS_KIND: Final = ("successor",)


def index_names(definitions: Mapping[str, MapNode]) -> tuple[Names, tuple[Finding, ...]]:
    """Return what each name stands for, and a finding for each name that stands for two definitions."""
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


def spell_references(node: MapNode, *, schemes: Names, own: Names) -> MapNode:
    """Return a scheme or connector with its references spelt as ids; `own` are the names of its kind."""
    for path in _TO_SCHEMES:
        node = _spell_in_map(node, path, schemes)
    return _spell_in_map(node, _TO_ITS_KIND, own)


def spell_id(refinement: MapNode, names: Names) -> MapNode:
    """Return a refinement that names its scheme by id."""
    return _spell_in_map(refinement, ("id",), names)


def _spell_in_map(node: MapNode, path: tuple[str, ...], names: Names) -> MapNode:
    if node.find(path[0]) is None:
        return node
    entries = (
        entry._replace(node=_spell(entry.node, path[1:], names)) if entry.key == path[0] else entry
        for entry in node.entries
    )
    return node._replace(entries=tuple(entries))


def _spell(node: Node, path: tuple[str, ...], names: Names) -> Node:
    """Return the node with the reference at the end of the path spelt as an id; unknown names stay as they are."""
    if not path:
        name = get_text(node)
        return ScalarNode(names.get(name, name), node.place) if name is not None else node
    if isinstance(node, MapNode):
        return _spell_in_map(node, path, names)
    if isinstance(node, ListNode) and path[0] == _EACH:
        return node._replace(items=tuple(_spell(item, path[1:], names) for item in node.items))
    return node
