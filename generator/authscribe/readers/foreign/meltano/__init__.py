"""Read Meltano's plugin definitions: files of the hub, projects and catalogues.

The format is that of https://docs.meltano.com/reference/plugin-definition-syntax, and that of the catalogues before
the hub (`discovery.yml`), in which one plugin lists its variants. A plugin declares its settings and which of them
are sensitive, but not how it authenticates.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from authscribe.model.draft import Draft, ListNode, MapNode, Node, get_text
from authscribe.readers.foreign.meltano.plugin import read_plugin
from authscribe.readers.foreign.tracking import TrackedMapping, collect_draft

_PLUGIN_TYPES: Final = (
    "extractors", "loaders", "transforms", "orchestrators", "transformers", "files", "utilities", "mappers",
)  # fmt: skip
_PLUGIN_KEYS: Final = frozenset({"settings", "variant", "variants", "pip_url", "executable"})
_VALUE_KEYS: Final = ("config", "env")
_NOT_DECLARED: Final = "the plugin declares no settings"
_PROJECT: Final = "it belongs to the project, not to a plugin"


def recognises(path: str, node: MapNode) -> bool:  # noqa: ARG001 - the signature of every data format
    """Return whether the document is one plugin of the hub, or a project or catalogue with plugins."""
    keys = {entry.key for entry in node.entries}
    is_plugin = {"name", "namespace"} <= keys and not _PLUGIN_KEYS.isdisjoint(keys)
    return is_plugin or _is_project(node) or _is_catalogue(node)


def draft(path: str, node: MapNode) -> Draft:
    """Return a connector for each plugin or variant that declares its settings, with a scheme for each way to use it.

    Plugins that declare no settings are lost, and so is what a project defines apart from plugins.
    """
    document = TrackedMapping(node)
    if _is_project(node):
        plugins = tuple(_list_plugins(document, document.child("plugins")))
    elif _is_catalogue(node):
        plugins = tuple(_list_plugins(document, document))
    else:
        plugins = ((document, _find_plugin_type(path, node)),)
    items = (item for plugin, plugin_type in plugins for item in read_plugin(plugin, plugin_type))
    return collect_draft(path, items, document)


def _is_project(node: MapNode) -> bool:
    plugins = node.find("plugins")
    return isinstance(plugins, MapNode) and any(entry.key in _PLUGIN_TYPES for entry in plugins.entries)


def _is_catalogue(node: MapNode) -> bool:
    """Return whether there are lists of plugins by type, one of them with a namespace, as every definition has."""
    lists = (entry.node for entry in node.entries if entry.key in _PLUGIN_TYPES and isinstance(entry.node, ListNode))
    plugins = (item for plugin_list in lists for item in plugin_list.items if isinstance(item, MapNode))
    return any(get_text(plugin.find("name")) and get_text(plugin.find("namespace")) for plugin in plugins)


def _find_plugin_type(path: str, node: MapNode) -> str:
    """Return the type that a plugin states, else that of its folder, as in `utilities/dbt/dbt-labs.yml`; else ""."""
    stated = get_text(node.find("plugin_type"))
    return stated or next((part for part in reversed(PurePath(path).parts[:-1]) if part in _PLUGIN_TYPES), "")


def _list_plugins(document: TrackedMapping, by_type: TrackedMapping) -> Iterator[tuple[TrackedMapping, str]]:
    """Yield each plugin that declares its settings, with its type; everything else in the document is lost."""
    for plugin_type in by_type.keys:
        for plugin in by_type.children(plugin_type):
            if any(isinstance(plugin.peek(key), ListNode) for key in ("settings", "variants")):
                yield plugin, plugin_type
            else:
                plugin.lose_all(_NOT_DECLARED)
    by_type.lose_all(_PROJECT)
    _lose_project(document)


def _lose_project(document: TrackedMapping) -> None:
    """Record what a project defines apart from plugins as lost; what sets values for plugins may hold secrets."""
    for key in document.keys:
        if key in _VALUE_KEYS or _sets_values(document.peek(key)):
            document.withhold(key)
    document.lose_all(_PROJECT)


def _sets_values(node: Node | None) -> bool:
    """Return whether a list, such as that of the schedules, has mappings that set values for plugins."""
    items = node.items if isinstance(node, ListNode) else ()
    return any(entry.key in _VALUE_KEYS for item in items if isinstance(item, MapNode) for entry in item.entries)
