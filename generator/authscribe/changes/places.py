"""Find the places of changes in the sources, and of values that no excerpt may show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from authscribe.changes.change import OPEN_KEYS, is_confidential
from authscribe.changes.renames import ROLES
from authscribe.findings.finding import Place
from authscribe.model.catalogue import Catalogue
from authscribe.model.draft import Entry, ListNode, MapNode, Node, get_text
from authscribe.resolve.merge import list_maps
from authscribe.resolve.resolver import Resolution
from authscribe.resolve.secret_values import list_keyed_values, list_stated_values

_SettingKey: TypeAlias = tuple[str, str, str | None]
"""Definition, list and name of a setting."""


class ChangeLocator:
    """Finder of the places of many changes in the sources of one side."""

    def __init__(self, resolution: Resolution) -> None:
        self._definitions = {
            "schemes": resolution.schemes, "connectors": resolution.connectors, "platforms": resolution.platforms,
        }  # fmt: skip
        self._entries: dict[int, dict[str, Entry]] = {}

    def find_place(self, keys: Sequence[str]) -> Place | None:
        """Return the place of the deepest of the keys that exists; None where the definition does not."""
        noun, identifier, *rest = keys
        node = self._definitions[noun].get(identifier)
        return self._find_inner_place(node, rest) if node is not None else None

    def _find_inner_place(self, node: Node, keys: Sequence[str]) -> Place:
        place = _locate_name(node)
        for key in keys:
            # By identity: the resolution keeps all nodes.
            if id(node) not in self._entries:
                self._entries[id(node)] = _index_entries(node)
            entry = self._entries[id(node)].get(key)
            if entry is None:
                break
            place, node = entry.place, entry.node
        return place


def _index_entries(node: Node) -> dict[str, Entry]:
    """Return the entries of a mapping by key, or the items of a list by name, text and index, the first of each."""
    if isinstance(node, MapNode):
        return {entry.key: entry for entry in node.entries}
    items = node.items if isinstance(node, ListNode) else ()
    indexed = {str(index): item for index, item in enumerate(items)}
    named = {name: item for item in reversed(items) for name in _list_names(item) if name is not None}
    return {key: Entry(key, _locate_name(item), item) for key, item in {**indexed, **named}.items()}


def _list_names(node: Node) -> tuple[str | None, ...]:
    return (get_text(node.find("name")), get_text(node.find("id"))) if isinstance(node, MapNode) else (get_text(node),)


def _locate_name(node: Node) -> Place:
    names = (node.find("name"), node.find("id")) if isinstance(node, MapNode) else ()
    return next((name.place for name in names if name is not None), node.place)


def list_withheld_places(resolutions: Iterable[Resolution]) -> Iterator[Place]:
    """Yield the places of values that are secret, or may be, in any of the resolutions."""
    sides = tuple(resolutions)
    names = {name for side in sides for name in _list_confidential(side.catalogue)}
    for side in sides:
        for node in (*side.schemes.values(), *side.connectors.values()):
            yield from list_keyed_values(node, ("extras",))
        for flag in (flag for node in side.platforms.values() for flag in list_maps(node.find("flags"))):
            for item in list_maps(flag.find("injected")):
                yield from _list_values(item)
        for key, item in _list_settings(side):
            yield from _list_values(item) if key in names else list_keyed_values(item, ("extras",))


def _list_values(setting: MapNode) -> Iterator[Place]:
    yield from list_stated_values(setting)
    yield from list_keyed_values(setting, OPEN_KEYS)


def _list_confidential(catalogue: Catalogue) -> Iterator[_SettingKey]:
    for definition in catalogue.definitions:
        for role in ROLES:
            confidential = (setting for setting in getattr(definition, role, ()) if is_confidential(setting))
            yield from ((definition.id, role, setting.name) for setting in confidential)


def _list_settings(side: Resolution) -> Iterator[tuple[_SettingKey, MapNode]]:
    for identifier, node in (*side.schemes.items(), *side.connectors.items()):
        for role in ROLES:
            yield from (((identifier, role, get_text(item.find("name"))), item) for item in list_maps(node.find(role)))
