"""Merge nodes: a refinement into a scheme, and a scheme into the one that it extends.

Both follow one policy: lists of settings are merged by name, the mappings in `_MERGED_MAPS` key by key, and any other
value replaces the earlier one. All nodes keep their places.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text, to_plain

SETTING_LISTS: Final = ("required", "injected", "parameters")
"""Keys of a scheme whose lists are merged by name."""
REFINEMENT_KEYS: Final = ("rename", "remove")
"""Keys of a refinement that a scheme does not have."""
_MERGED_MAPS: Final = frozenset({"endpoints", "oauth", "extras", "names", "selector", "token_request"})
"""Keys whose mappings are merged key by key; any other mapping, such as `visible_when`, is one fact."""
_OWN_KEYS: Final = frozenset(
    {
        "id",
        "title",
        "summary",
        "notes",
        "docs",
        "status",
        "successor",
        "aliases",
        "former_names",
        "extends",
        "names",
        "selector",
    }
)
"""Keys that describe a scheme itself, which another scheme does not inherit."""


def merge_maps(base: MapNode, over: MapNode) -> MapNode:
    """Return `base` with everything that `over` states; new keys follow those of `base`."""
    stated = {entry.key: entry for entry in over.entries}
    kept = [_merge_entries(entry, stated.pop(entry.key, None)) for entry in base.entries]
    return base._replace(entries=(*kept, *stated.values()))


def extend_scheme(parent: MapNode, child: MapNode) -> MapNode:
    """Return the child with the facts of its parent, except those that describe it, such as its title."""
    inherited = parent._replace(entries=tuple(e for e in parent.entries if e.key not in _OWN_KEYS))
    return merge_maps(inherited, child)._replace(place=child.place)


def drop_keys(node: MapNode, keys: Collection[str]) -> MapNode:
    """Return the mapping without the entries under `keys`."""
    return node._replace(entries=tuple(entry for entry in node.entries if entry.key not in keys))


def rename_settings(node: MapNode, names: Mapping[str, str]) -> MapNode:
    """Return the scheme with its settings renamed, also in the origins that refer to them."""

    def rename(setting: MapNode) -> MapNode:
        return setting._replace(entries=tuple(_rename_entry(entry, names) for entry in setting.entries))

    return _change_settings(node, lambda settings: tuple(rename(setting) for setting in settings))


def remove_settings(node: MapNode, names: Collection[str]) -> MapNode:
    """Return the scheme without the settings of these names, whichever list contains them."""
    return _change_settings(
        node,
        lambda settings: tuple(setting for setting in settings if get_text(setting.find("name")) not in names),
    )


def list_setting_names(node: MapNode) -> set[str]:
    """Return the names in all lists of settings of the scheme."""
    return {
        name
        for key in SETTING_LISTS
        for setting in list_maps(node.find(key))
        if (name := get_text(setting.find("name"))) is not None
    }


def locate_value(node: MapNode, key: str) -> Place:
    """Return the place of the value under `key`, or that of the mapping if the key is missing."""
    value = node.find(key)
    return value.place if value is not None else node.place


def list_maps(node: Node | None) -> tuple[MapNode, ...]:
    """Return the mappings in a list; none if the node is not a list."""
    return tuple(item for item in node.items if isinstance(item, MapNode)) if isinstance(node, ListNode) else ()


def index_settings(node: Node | None) -> dict[str | None, MapNode]:
    """Return the settings in a list by their names; the last one of each name."""
    return {get_text(setting.find("name")): setting for setting in list_maps(node)}


def _merge_entries(base: Entry, over: Entry | None) -> Entry:
    if over is None or to_plain(base.node) == to_plain(over.node):
        return base
    match base.node, over.node:
        case MapNode() as first, MapNode() as second if base.key in _MERGED_MAPS:
            return base._replace(node=merge_maps(first, second))
        case ListNode() as first, ListNode() as second if base.key in SETTING_LISTS:
            return base._replace(node=_merge_settings(first, second))
    return over


def _merge_settings(base: ListNode, over: ListNode) -> ListNode:
    """Merge settings of one name in place; new ones follow in their order."""
    later = index_settings(over)
    kept: list[Node] = []
    for item in base.items:
        match = later.pop(get_text(item.find("name")), None) if isinstance(item, MapNode) else None
        kept.append(merge_maps(item, match) if match is not None and isinstance(item, MapNode) else item)
    # Validation reports them later.
    misplaced = (item for item in over.items if not isinstance(item, MapNode))
    return base._replace(items=(*kept, *later.values(), *misplaced))


def _change_settings(node: MapNode, change: Callable[[tuple[MapNode, ...]], tuple[Node, ...]]) -> MapNode:
    def change_entry(entry: Entry) -> Entry:
        if entry.key in SETTING_LISTS and isinstance(entry.node, ListNode):
            return entry._replace(node=entry.node._replace(items=change(list_maps(entry.node))))
        return entry

    return node._replace(entries=tuple(change_entry(entry) for entry in node.entries))


def _rename_entry(entry: Entry, names: Mapping[str, str]) -> Entry:
    match entry.key, entry.node:
        case "name", ScalarNode(value=str() as value, place=place) if value in names:
            return entry._replace(node=ScalarNode(names[value], place))
        case "origin", MapNode() as origin:
            return entry._replace(node=_rename_origin(origin, names))
    return entry


def _rename_origin(origin: MapNode, names: Mapping[str, str]) -> MapNode:
    def rename(entry: Entry) -> Entry:
        value = get_text(entry.node)
        if entry.key == "required" and value is not None and value in names:
            return entry._replace(node=ScalarNode(names[value], entry.node.place))
        return entry

    return origin._replace(entries=tuple(rename(entry) for entry in origin.entries))
