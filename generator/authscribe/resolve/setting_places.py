"""Find the places of settings in the nodes of the definitions that they come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.definitions import InjectedSecret, Secret, Setting
from authscribe.model.draft import MapNode, get_text
from authscribe.model.name_kinds import NameKind
from authscribe.resolve.merge import SETTING_LISTS, list_maps, locate_value


class SettingPlaces:
    """Places in the nodes of a definition and of the schemes that it uses, in this order; the first one counts."""

    def __init__(self, nodes: Sequence[MapNode]) -> None:
        self.nodes: Final = nodes

    def locate_name(self, setting: Setting) -> Place:
        """Return the place of the setting's name, in the list of its type in the first node that has it."""
        item = next(iter(self._find_items(setting)), None)
        return locate_value(item, "name") if item is not None else locate_value(self.nodes[0], "flags")

    def locate_stated_name(self, setting: Setting, kind: NameKind) -> Place:
        """Return the place of the name that the setting states for a kind, or else that of its name on the wire."""
        return next(self._locate_inner(setting, "names", kind.value), self.locate_name(setting))

    def locate_origin(self, secret: InjectedSecret) -> Place:
        """Return the place of the secret that a copy is made of, or else that of the name of the copy."""
        return next(self._locate_inner(secret, "origin", "required"), self.locate_name(secret))

    def locate_source(self, secret: InjectedSecret) -> Place:
        """Return the place of the source of the secret's value, or else that of its name."""
        return next(self._locate_inner(secret, "origin", "source"), self.locate_name(secret))

    def _locate_inner(self, setting: Setting, key: str, inner: str) -> Iterator[Place]:
        """Yield the place of the value under `inner` in each mapping that the setting has under `key`."""
        for item in self._find_items(setting):
            node = item.find(key)
            value = node.find(inner) if isinstance(node, MapNode) else None
            if value is not None:
                yield value.place

    def _find_items(self, setting: Setting) -> Sequence[MapNode]:
        match setting:
            case InjectedSecret():
                key = "injected"
            case Secret():
                key = "required"
            case _:
                key = "parameters"
        return self._items.get((key, setting.name), ())

    @cached_property
    def _items(self) -> dict[tuple[str, str | None], list[MapNode]]:
        """Return the settings by their lists and names; only findings need them."""
        items: dict[tuple[str, str | None], list[MapNode]] = {}
        for key in SETTING_LISTS:
            for item in (item for node in self.nodes for item in list_maps(node.find(key))):
                items.setdefault((key, get_text(item.find("name"))), []).append(item)
        return items
