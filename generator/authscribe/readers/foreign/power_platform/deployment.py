"""Find custom connectors in the templates with which Azure deploys them for Logic Apps.

A resource of the type `Microsoft.Web/customApis` has the properties of a connector, and its Swagger document among them
(https://learn.microsoft.com/azure/templates/microsoft.web/customapis). Texts may be expressions in brackets
(https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions), of which only parameters with
a default are known before the deployment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from authscribe.model.credential_names import may_be_credential
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.tracking import TrackedMapping

_TYPE: Final = "microsoft.web/customapis"
_RESOURCES: Final = "resources"
_PARAMETER: Final = re.compile(r"\[\s*parameters\(\s*'(?P<name>[^']+)'\s*\)\s*\]", re.IGNORECASE)
_EXPRESSION: Final = re.compile(r"\[(?!\[).*\]", re.DOTALL)


def is_deployment(node: MapNode) -> bool:
    """Return whether a document is a custom connector as a resource, or a template that deploys one."""
    return _is_custom_api(node) or any(map(_is_custom_api, _list_items(node.find(_RESOURCES))))


def list_custom_apis(template: TrackedMapping) -> tuple[TrackedMapping, ...]:
    """Return the custom connectors among the resources of a template, which may be one by itself."""
    if _is_custom_api(template.node):
        return (template,)
    return tuple(resource for resource in template.children(_RESOURCES) if _is_custom_api(resource.node))


def fill_parameters(template: MapNode) -> MapNode:
    """Return a template with the defaults of its parameters in place of references to them."""
    declared = template.find("parameters")
    entries = declared.entries if isinstance(declared, MapNode) else ()
    defaults = ((entry.key.lower(), _find_default(entry.key, entry.node)) for entry in entries)
    known = {name: default for name, default in defaults if default is not None}
    return MapNode(tuple(_fill_entries(template, known)), template.place)


def find_literal(node: Node | None) -> str | None:
    """Return the text of a node, unless it is an expression that only the deployment evaluates."""
    text = get_text(node)
    return text if text and _EXPRESSION.fullmatch(text) is None else None


def list_names(resource: MapNode) -> Iterator[str]:
    """Yield the names of a custom connector, the one that people see first."""
    properties = resource.find("properties")
    shown = properties.find("displayName") if isinstance(properties, MapNode) else None
    yield from filter(None, map(find_literal, (shown, resource.find("name"))))


def _is_custom_api(node: Node) -> bool:
    return isinstance(node, MapNode) and (get_text(node.find("type")) or "").lower() == _TYPE


def _list_items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, ListNode) else ()


def _find_default(name: str, parameter: Node) -> str | None:
    """Return the default of a template's parameter, unless its type, such as `securestring`, or name is of a secret.

    Where it is filled in, nothing else might tell that it is one.
    """
    if not isinstance(parameter, MapNode) or (get_text(parameter.find("type")) or "").lower().startswith("secure"):
        return None
    default = find_literal(parameter.find("defaultValue"))
    return default if default is None or not may_be_credential(name, default) else None


def _fill_entries(node: MapNode, known: Mapping[str, str]) -> Iterator[Entry]:
    for entry in node.entries:
        yield Entry(entry.key, entry.place, _fill(entry.node, known))


def _fill(node: Node, known: Mapping[str, str]) -> Node:
    match node:
        case MapNode(place=place):
            return MapNode(tuple(_fill_entries(node, known)), place)
        case ListNode(items=items, place=place):
            return ListNode(tuple(_fill(item, known) for item in items), place)
        case ScalarNode(value=str() as text, place=place):
            reference = _PARAMETER.fullmatch(text)
            value = known.get(reference["name"].lower()) if reference is not None else None
            return ScalarNode(value, place) if value is not None else node
    return node
