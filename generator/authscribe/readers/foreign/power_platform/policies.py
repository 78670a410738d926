"""Read the policies of a Power Platform connector: what they put into every request, and where they send it.

https://learn.microsoft.com/connectors/custom-connectors/policy-templates and the expressions described there. Only
values that refer to nothing but connection parameters become placements or addresses; policies are kept verbatim.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.tracking import make_map

_REFERENCE: Final = re.compile(
    r"""@\{?connectionParameters\(\s*'(?P<name>[^'{}]+)'\s*(?:,\s*'(?P<default>[^']*)'\s*)?\)\}?"""
)
_PARAMETER_PREFIX: Final = "x-ms-apimTemplateParameter."
_LOCATIONS: Final[Mapping[str, str]] = {"setheader": "header", "setqueryparameter": "query"}
_HOST_TEMPLATE: Final = "dynamichosturl"


@dataclass(frozen=True, slots=True)
class PolicyExpression:
    """Text with references to connection parameters, and no other expressions."""

    source: str
    place: Place

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters that it refers to, without duplicates."""
        return tuple(dict.fromkeys(match["name"] for match in _REFERENCE.finditer(self.source)))

    def to_placement(self, find_wire: Callable[[str], str]) -> str:
        """Return the value of a placement; `find_wire` gives the declared name of a parameter."""
        return self._replace_references(lambda match: f"{{{find_wire(match['name'])}}}", escape=True)

    def to_endpoint(self, find_wire: Callable[[str], str]) -> MapNode:
        """Return an endpoint, with a fallback if every reference has a default."""
        matches = tuple(_REFERENCE.finditer(self.source))
        has_fallback = bool(matches) and all(match["default"] for match in matches)
        url = self._replace_references(lambda match: f"${{{find_wire(match['name'])}}}")
        fallback = self._replace_references(lambda match: match["default"] or "") if has_fallback else None
        return make_map(self.place, url=ScalarNode(url, self.place), fallback=fallback)

    def _replace_references(self, replace: Callable[[re.Match[str]], str], *, escape: bool = False) -> str:
        """Return the text with each reference replaced and, if `escape` is set, all other braces doubled."""
        pieces: list[str] = []
        position = 0
        for match in _REFERENCE.finditer(self.source):
            pieces += (self.source[position : match.start()], replace(match))
            position = match.end()
        pieces.append(self.source[position:])
        if escape:
            pieces[::2] = [text.replace("{", "{{").replace("}", "}}") for text in pieces[::2]]
        return "".join(pieces)


@dataclass(frozen=True, slots=True)
class PolicySlot:
    """Header or query parameter that a policy sets."""

    location: str
    name: str
    value: PolicyExpression


@dataclass(frozen=True, slots=True)
class Policies:
    """Effect of a connector's policies on every request.

    `computed` are the location and name of slots that they fill with values that only the platform knows.
    """

    slots: tuple[PolicySlot, ...] = ()
    computed: tuple[tuple[str, str], ...] = ()
    base: PolicyExpression | None = None

    @property
    def names(self) -> frozenset[str]:
        """Parameters in headers and query."""
        return frozenset(name for slot in self.slots for name in slot.value.names)


def read_policies(properties: MapNode) -> Policies:
    """Return the policies for all operations; those for some of them do not count for the connector."""
    slots: list[PolicySlot] = []
    computed: list[tuple[str, str]] = []
    base: PolicyExpression | None = None
    for template, parameters in _list_instances(properties.find("policyTemplateInstances")):
        if template == _HOST_TEMPLATE:
            base = base or _find_expression(parameters, "urlTemplate")
        elif template in _LOCATIONS:
            name, value = get_text(_find_parameter(parameters, "name")), _find_expression(parameters, "value")
            if name and "@" not in name and value is not None and value.names:
                slots.append(PolicySlot(_LOCATIONS[template], name, value))
            elif name and "@" in (get_text(_find_parameter(parameters, "value")) or ""):
                computed.append((_LOCATIONS[template], name))
    return Policies(tuple(slots), tuple(computed), base)


def _list_instances(node: Node | None) -> Iterator[tuple[str, MapNode]]:
    """Yield the template id, in lower case, and the parameters of each policy for every request."""
    for item in node.items if isinstance(node, ListNode) else ():
        parameters = item.find("parameters") if isinstance(item, MapNode) else None
        if isinstance(item, MapNode) and isinstance(parameters, MapNode) and _is_for_every_request(parameters):
            yield (get_text(item.find("templateId")) or "").lower(), parameters


def _is_for_every_request(parameters: MapNode) -> bool:
    operations = parameters.find("x-ms-apimTemplate-operationName")
    section = get_text(parameters.find("x-ms-apimTemplate-policySection")) or "Request"
    return section == "Request" and not (isinstance(operations, ListNode) and operations.items)


def _find_parameter(parameters: MapNode, key: str) -> Node | None:
    return parameters.find(f"{_PARAMETER_PREFIX}{key}")


def _find_expression(parameters: MapNode, key: str) -> PolicyExpression | None:
    """Return the expression under a key; None if it calls any other function, whose result only the platform knows."""
    node = _find_parameter(parameters, key)
    source = get_text(node)
    if source is None or node is None or not source.strip() or "@" in _REFERENCE.sub("", source):
        return None
    return PolicyExpression(source, node.place)
