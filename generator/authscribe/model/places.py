"""Find the place of a fact in the sources, for findings about resolved definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from authscribe.findings.finding import Place
from authscribe.model.definitions import Connector, InjectedSecret, Model, Parameter, Scheme, Secret, Setting
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text

_LISTS: Final[Mapping[type[Setting], str]] = {Secret: "required", InjectedSecret: "injected", Parameter: "parameters"}
"""Key of the list that holds the settings of each type."""


class Places(NamedTuple):
    """Trees of the resolved schemes and connectors by id, with the place of every fact."""

    schemes: Mapping[str, MapNode]
    connectors: Mapping[str, MapNode]

    def locate(self, definition: Scheme | Connector, *path: str | int) -> Place:
        """Return the place of the value at a path of keys in a definition.

        An item of a list is named by its `name` or `id`, by its text, or by its position. If the definition does not
        state an optional value, the place is that of the innermost value on the path that it states; for an empty path,
        that of its id. Raises ValueError for a key that the format does not have, and for an item that the list does
        not have. `locate(scheme, "required", "client_id", "description")`, for example, is the place of a description.
        """
        _check_path(f"the {type(definition).__name__.lower()} '{definition.id}'", definition, path)
        *_, node = _follow_path(self._get_tree(definition), path or ("id",))
        return node.place

    def locate_setting(self, owners: Sequence[Scheme | Connector], setting: Setting, *path: str | int) -> Place:
        """Return the place of the value at a path of keys in a secret or parameter, or of its name for an empty path.

        `owners` are the definitions that may state it, such as `Stub.owners`: the first one that states the value
        decides. If none does, the place is as in `locate`. A secret that a flag of the platform adds has the place of
        the flags of the connector. `locate_setting(stub.owners, each.setting, "default")`, for example, is the place of
        a default.
        """
        _check_path(f"'{setting.name}'", setting, path)
        whole = (_LISTS[type(setting)], setting.name, *(path or ("name",)))
        found = [list(_follow_path(self._get_tree(owner), whole)) for owner in owners]
        stating = [nodes for nodes in found if len(nodes) > 2]
        if not stating:
            return self.locate(owners[0], *(("flags",) if isinstance(owners[0], Connector) else ()))
        return max(stating, key=len)[-1].place

    def _get_tree(self, definition: Scheme | Connector) -> MapNode:
        return (self.schemes if isinstance(definition, Scheme) else self.connectors)[definition.id]


def _follow_path(node: Node, path: Sequence[str | int]) -> Iterator[Node]:
    """Yield a node and those at the path below it, as far as they are stated."""
    yield node
    for part in path:
        inner = _find_inner(node, part)
        if inner is None:
            return
        yield inner
        node = inner


def _find_inner(node: Node, part: str | int) -> Node | None:
    match node, part:
        case MapNode(), str():
            return node.find(part)
        case ListNode(items=items), int():
            return items[part] if 0 <= part < len(items) else None
        case ListNode(items=items), str():
            return next((item for item in items if _is_called(item, part)), None)
    return None


def _is_called(item: Node, name: str) -> bool:
    if isinstance(item, MapNode):
        return name in (get_text(item.find("name")), get_text(item.find("id")))
    return isinstance(item, ScalarNode) and item.value == name


def _check_path(owner: str, value: object, path: Sequence[str | int]) -> None:
    """Raise ValueError for a path that leads nowhere from a value, whatever it states."""
    for depth, part in enumerate(path):
        if value is None:
            return
        parts = _list_parts(value)
        if part not in parts:
            where = f"'{'.'.join(map(str, path[:depth]))}' of {owner}" if depth else owner
            raise ValueError(f"{where} has no '{part}'")
        value = parts[part]


def _list_parts(value: object) -> Mapping[str | int, object]:
    """Return the values inside of a value by their keys, names and positions."""
    match value:
        case Model():
            fields = type(value).model_fields.items()
            return {field.alias or name: getattr(value, name) for name, field in fields}
        case tuple() | list():
            return {**dict(enumerate(value)), **{name: each for each in value for name in _list_names(each)}}
        case dict():
            return value
    return {}


def _list_names(item: object) -> Iterator[str]:
    names = (item, getattr(item, "name", None), getattr(item, "id", None))
    return (name for name in names if isinstance(name, str))
