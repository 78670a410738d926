"""Policies of a Power Platform connector: what they put into every request, and where requests go.

https://learn.microsoft.com/connectors/custom-connectors/policy-templates and the expressions described there. Only what
refers to connection parameters and to nothing else becomes a placement or an address; policies are kept verbatim.
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
_PARAMETER: Final = "x-ms-apimTemplateParameter."
_LOCATIONS: Final[Mapping[str, str]] = {"setheader": "header", "setqueryparameter": "query"}
_HOST: Final = "dynamichosturl"


@dataclass(frozen=True, slots=True)
class Expression:
    """Text with references to connection parameters, all of which are simple."""

    source: str
    place: Place

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that it refers to, each once."""
        return tuple(dict.fromkeys(match["name"] for match in _REFERENCE.finditer(self.source)))

    def placement(self, wire: Callable[[str], str]) -> str:
        """As the value of a placement; `wire` gives the declared name for one that is referred to."""
        return self._written(lambda match: f"{{{wire(match['name'])}}}", braces=True)

    def address(self, wire: Callable[[str], str]) -> MapNode:
        """As an endpoint; the values that references fall back on give the address for when they are absent."""
        matches = tuple(_REFERENCE.finditer(self.source))
        has_fallback = bool(matches) and all(match["default"] for match in matches)
        return make_map(
            self.place,
            url=ScalarNode(self._written(lambda match: f"${{{wire(match['name'])}}}"), self.place),
            fallback=self._written(lambda match: match["default"] or "") if has_fallback else None,
        )

    def _written(self, reference: Callable[[re.Match[str]], str], *, braces: bool = False) -> str:
        written: list[str] = []
        position = 0
        for match in _REFERENCE.finditer(self.source):
            written += (_literal(self.source[position : match.start()], braces=braces), reference(match))
            position = match.end()
        return "".join((*written, _literal(self.source[position:], braces=braces)))


@dataclass(frozen=True, slots=True)
class Slot:
    """A header or query parameter that a policy sets."""

    location: str
    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Policies:
    """What the policies of a connector do to every request.

    `computed` are the location and name of what they fill with values that the platform alone knows.
    """

    slots: tuple[Slot, ...] = ()
    computed: tuple[tuple[str, str], ...] = ()
    base: Expression | None = None

    @property
    def names(self) -> frozenset[str]:
        """The parameters that go into a header or query."""
        return frozenset(name for slot in self.slots for name in slot.value.names)


def read_policies(properties: MapNode) -> Policies:
    """Those that are for all operations; one for some of them says nothing of the connector."""
    slots: list[Slot] = []
    computed: list[tuple[str, str]] = []
    base: Expression | None = None
    for template, parameters in _instances(properties.find("policyTemplateInstances")):
        if template == _HOST:
            base = base or _expression(parameters, "urlTemplate")
        elif template in _LOCATIONS:
            name, value = get_text(parameters.find(f"{_PARAMETER}name")), _expression(parameters, "value")
            if name and "@" not in name and value is not None and value.names:
                slots.append(Slot(_LOCATIONS[template], name, value))
            elif name and "@" in (get_text(parameters.find(f"{_PARAMETER}value")) or ""):
                computed.append((_LOCATIONS[template], name))
    return Policies(tuple(slots), tuple(computed), base)


def _instances(node: Node | None) -> Iterator[tuple[str, MapNode]]:
    for item in node.items if isinstance(node, ListNode) else ():
        parameters = item.find("parameters") if isinstance(item, MapNode) else None
        if isinstance(item, MapNode) and isinstance(parameters, MapNode) and _is_for_every_request(parameters):
            yield (get_text(item.find("templateId")) or "").lower(), parameters


def _is_for_every_request(parameters: MapNode) -> bool:
    some = parameters.find("x-ms-apimTemplate-operationName")
    section = get_text(parameters.find("x-ms-apimTemplate-policySection")) or "Request"
    return section == "Request" and not (isinstance(some, ListNode) and some.items)


def _expression(parameters: MapNode, key: str) -> Expression | None:
    """None where the text has any other function: what it gives is known to the platform alone."""
    node = parameters.find(f"{_PARAMETER}{key}")
    source = get_text(node)
    if source is None or node is None or not source.strip() or "@" in _REFERENCE.sub("", source):
        return None
    return Expression(source, node.place)


def _literal(part: str, *, braces: bool) -> str:
    return part.replace("{", "{{").replace("}", "}}") if braces else part
