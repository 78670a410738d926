"""Find the place of a fact in the sources, for findings about resolved definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from authscribe.findings.finding import Place
from authscribe.model.definitions import Connector, Scheme
from authscribe.model.draft import ListNode, MapNode, Node, get_text


class Places(NamedTuple):
    """Trees of the resolved schemes and connectors by id, with the place of every fact."""

    schemes: Mapping[str, MapNode]
    connectors: Mapping[str, MapNode]

    def locate(self, definition: Scheme | Connector, *path: str | int) -> Place:
        """Return the place of the value at a path of keys in a definition.

        An item of a list is named by its `name` or `id`, or by its position. If the definition does not state the
        value, the place is that of the innermost value on the path that it states; for an empty path, that of its id.
        `locate(scheme, "required", "client_id", "description")`, for example, is the place of a description.
        """
        nodes = self.schemes if isinstance(definition, Scheme) else self.connectors
        node: Node = nodes[definition.id]
        for part in path or ("id",):
            inner = _find_inner(node, part)
            if inner is None:
                break
            node = inner
        return node.place


def _find_inner(node: Node, part: str | int) -> Node | None:
    match node, part:
        case MapNode(), str():
            return node.find(part)
        case ListNode(items=items), int():
            return items[part] if 0 <= part < len(items) else None
        case ListNode(items=items), str():
            return next((item for item in items if isinstance(item, MapNode) and _is_called(item, part)), None)
    return None


def _is_called(item: MapNode, name: str) -> bool:
    return name in (get_text(item.find("name")), get_text(item.find("id")))
