"""Read the OAuth flow of an Airbyte specification: its advanced auth, or the declaration that came before it.

`OAuth2Specification` of airbyte-protocol 0.1 defines the older one: `rootObject` leads to the settings of the flow, a
number in it to an alternative, and the flow fills those of `oauthFlowOutputParameters`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from authscribe.model.draft import ListNode, ScalarNode, get_text
from authscribe.readers.foreign.airbyte.advanced_auth import (
    KINDS,
    FlowCondition,
    OAuthFlow,
    find_key,
    read_condition,
    read_flow,
)
from authscribe.readers.foreign.airbyte.flow_templates import (
    has_templates,
    read_template_condition,
    read_template_flow,
)
from authscribe.readers.foreign.airbyte.specification import find_selection
from authscribe.readers.foreign.scheme_lists import list_scalars, list_texts
from authscribe.readers.foreign.tracking import TrackedMapping, make_map, make_plain_map

_DETAILS: Final = "oauth2_specification"
_ROOT: Final = "root_object"
_OUTPUTS: Final = "oauth_flow_output_parameters"


def read_flow_condition(spec: TrackedMapping, schema: TrackedMapping) -> FlowCondition:
    """Return the condition of the flow of a specification, without taking any key; `schema` declares the settings."""
    advanced, old = (spec.child(find_key(spec, key)) for key in ("advanced_auth", "auth_specification"))
    if advanced.node.entries:
        return read_condition(advanced)
    return read_template_condition(old, schema.node) if has_templates(old) else _read_old_condition(old, schema)


def read_flow_of(condition: FlowCondition, defaults: Mapping[str, object]) -> OAuthFlow:
    """Return the flow of a condition that is met; `defaults` are those of the settings, by their names."""
    if has_templates(condition.declaration):
        return read_template_flow(condition, defaults)
    details = condition.declaration.child(find_key(condition.declaration, _DETAILS))
    return _read_old_flow(condition, details) if details.node.entries else read_flow(condition, defaults)


def _read_old_condition(declaration: TrackedMapping, schema: TrackedMapping) -> FlowCondition:
    details = declaration.child(find_key(declaration, _DETAILS))
    path, position = _find_root(details)
    setting, value = find_selection(schema.node, path, position) if position is not None else (None, None)
    kind = KINDS.get(get_text(declaration.peek(find_key(declaration, "auth_type"))) or "")
    return FlowCondition(declaration, kind, setting, value, frozenset(name for name, _ in _list_outputs(details)))


def _read_old_flow(condition: FlowCondition, details: TrackedMapping) -> OAuthFlow:
    tokens = dict(_list_outputs(details))
    for key in (_ROOT, _OUTPUTS) if tokens else ():
        details.take(find_key(details, key))
    response = make_plain_map({setting: str(name.value) for setting, name in tokens.items()}, details.place)
    oauth = make_map(details.place, response=response)
    return OAuthFlow(condition.declaration, condition.kind or "", (), tokens, {}, {}, oauth)


def _find_root(details: TrackedMapping) -> tuple[tuple[str, ...], int | None]:
    """Return the path of the object with the settings of the flow, and the position of an alternative at its end."""
    *path, last = [str(step.value) for step in list_scalars(details.peek(find_key(details, _ROOT)))] or [""]
    if last.isdecimal():
        return tuple(path), int(last)
    return tuple(filter(None, (*path, last))), None


def _list_outputs(details: TrackedMapping) -> Iterator[tuple[str, ScalarNode]]:
    """Yield each setting that the flow fills, with the name of its value in the flow."""
    root, _ = _find_root(details)
    outputs = details.peek(find_key(details, _OUTPUTS))
    for item in outputs.items if isinstance(outputs, ListNode) else ():
        path = list_texts(item)
        if path:
            yield ".".join((*root, *path)), ScalarNode(path[-1], item.place)
