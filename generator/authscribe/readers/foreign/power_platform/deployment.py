"""Find custom connectors in the templates with which Azure deploys them for Logic Apps.

A resource of the type `Microsoft.Web/customApis` has the properties of a connector, and its Swagger document among them
(https://learn.microsoft.com/azure/templates/microsoft.web/customapis). From version 2.0 of the language of templates
on, resources may have symbolic names, as in what Bicep writes
(https://learn.microsoft.com/azure/azure-resource-manager/templates/resource-declaration).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, TypeAlias, TypeGuard

from authscribe.model.draft import KeyOutcome, ListNode, MapNode, Node, get_text, make_pointer
from authscribe.readers.foreign.power_platform.template_expressions import fill_expressions, read_constants
from authscribe.readers.foreign.tracking import TrackedMapping

_Fill: TypeAlias = Callable[[MapNode, str], MapNode]
"""Function that returns the resource at a pointer with values in place of its expressions."""
_TYPE: Final = "microsoft.web/customapis"
_RESOURCES: Final = "resources"


def is_deployment(node: MapNode) -> bool:
    """Return whether a document is a custom connector as a resource, or a template that deploys one."""
    return _is_custom_api(node) or any(map(_is_custom_api, _list_resources(node.find(_RESOURCES))))


def read_template(node: MapNode) -> TrackedMapping:
    """Return a template whose custom connectors have values in place of expressions; unknown ones are lost."""
    unknown: list[KeyOutcome] = []
    fill = partial(fill_expressions, constants=read_constants(node), unknown=unknown)
    template = TrackedMapping(_fill_template(node, fill))
    template.key_outcomes.extend(unknown)
    return template


def list_custom_apis(template: TrackedMapping) -> tuple[TrackedMapping, ...]:
    """Return the custom connectors among the resources of a template, which may be one by itself."""
    if _is_custom_api(template.node):
        return (template,)
    named = template.child(_RESOURCES)
    resources = (*template.children(_RESOURCES), *(named.child(entry.key) for entry in named.node.entries))
    return tuple(resource for resource in resources if _is_custom_api(resource.node))


def list_names(resource: MapNode) -> Iterator[str]:
    """Yield the names of a custom connector, the one that people see first."""
    properties = resource.find("properties")
    shown = properties.find("displayName") if isinstance(properties, MapNode) else None
    yield from filter(None, map(get_text, (shown, resource.find("name"))))


def _is_custom_api(node: Node) -> TypeGuard[MapNode]:
    return isinstance(node, MapNode) and (get_text(node.find("type")) or "").lower() == _TYPE


def _list_resources(node: Node | None) -> tuple[Node, ...]:
    if isinstance(node, MapNode):
        return tuple(entry.node for entry in node.entries)
    return node.items if isinstance(node, ListNode) else ()


def _fill_template(template: MapNode, fill: _Fill) -> MapNode:
    """Return a template whose custom connectors are filled, each with its pointer."""
    if _is_custom_api(template):
        return fill(template, "")
    entries = (
        entry._replace(node=_fill_resources(entry.node, fill)) if entry.key == _RESOURCES else entry
        for entry in template.entries
    )
    return MapNode(tuple(entries), template.place)


def _fill_resources(node: Node, fill: _Fill) -> Node:
    def fill_resource(resource: Node, key: str) -> Node:
        return fill(resource, make_pointer((_RESOURCES, key))) if _is_custom_api(resource) else resource

    match node:
        case MapNode(entries=entries, place=place):
            return MapNode(tuple(entry._replace(node=fill_resource(entry.node, entry.key)) for entry in entries), place)
        case ListNode(items=items, place=place):
            return ListNode(tuple(fill_resource(item, str(index)) for index, item in enumerate(items)), place)
    return node
