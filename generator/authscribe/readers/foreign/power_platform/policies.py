"""Read the policies of a Power Platform connector: what they put into every request, and where they send it.

https://learn.microsoft.com/connectors/custom-connectors/policy-templates and the expressions described there. Only
values that refer to nothing but connection parameters and other parts of the request become placements, and only those
that refer to nothing but connection parameters become addresses; policies are kept verbatim. A value from the response
to another request is one that only the platform knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeAlias

from authscribe.findings.finding import Place
from authscribe.model.credential_names import may_be_credential
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.model.stand_ins import list_fields
from authscribe.readers.foreign.literal_credentials import holds_credential
from authscribe.readers.foreign.scheme_lists import list_texts
from authscribe.readers.foreign.tracking import TrackedMapping, make_map

_REFERENCE: Final = re.compile(
    r"""@(?P<brace>\{)?(?P<function>connectionParameters|headers|queryParameters)
    \(\s*'(?P<name>[^'{}]+)'\s*(?:,\s*'(?P<default>[^']*)'\s*)?\)(?(brace)\})""",
    re.VERBOSE | re.IGNORECASE,
)
_INSTANCES: Final = "policyTemplateInstances"
_SERVICE: Final = "backendService"
_SERVICE_URL: Final = "serviceUrl"
_SECTION: Final = "x-ms-apimTemplate-policySection"
_OPERATIONS: Final = "x-ms-apimTemplate-operationName"
_PARAMETER_PREFIX: Final = "x-ms-apimTemplateParameter."
_NAMES: Final = {"code": "api_key", "sig": "signature"}
"""What parameters with a name of their own are: the key of Azure Functions, and the signature of Logic Apps."""
_LOCATIONS: Final[Mapping[str, str]] = {"setheader": "header", "setqueryparameter": "query"}
_REQUEST_FUNCTIONS: Final[Mapping[str, str]] = {"headers": "header", "queryparameters": "query"}
"""Functions, in lower case, that return another part of the request, by the location of that part."""

_FETCH_TEMPLATE: Final = "setvaluefromurl"
_ROUTE_TEMPLATE: Final = "routerequesttoendpoint"
_NAMED_VALUES: Final = (("name", "value"), ("newPropertySubPathTemplate", "newPropertyValue"))
"""Names and values that policies give to a part of a request, and to a property of its body."""
_ADDRESSES: Final = ("newPath", "parameterValueUrl", "urlTemplate")
_KEEPING_ACTIONS: Final = ("skip", "append")
"""Values of `existsAction` with which a policy does not replace what the request already has."""


@dataclass(frozen=True, slots=True)
class PolicyExpression:
    """Text with references to connection parameters and to other parts of the request, and no other expressions."""

    source: str
    place: Place

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters that it refers to, without duplicates."""
        matches = (match for match in _REFERENCE.finditer(self.source) if _find_location(match) is None)
        return tuple(dict.fromkeys(match["name"] for match in matches))

    @property
    def request_parts(self) -> tuple[tuple[str, str], ...]:
        """Location and name of each other part of the request that it refers to."""
        matches = ((_find_location(match), match["name"]) for match in _REFERENCE.finditer(self.source))
        return tuple((location, name) for location, name in matches if location is not None)

    @property
    def default(self) -> str | None:
        """Text with the default of every reference; None if one has none."""
        defaults = [match["default"] for match in _REFERENCE.finditer(self.source)]
        return self._replace_references(lambda match: match["default"]) if defaults and all(defaults) else None

    def to_placement(self, find_wire: Callable[[str], str], find_part: Callable[[str, str], str]) -> str:
        """Return the value of a placement.

        `find_wire` gives the declared name of a parameter, and `find_part` the template that fills another part.
        """

        def expand(match: re.Match[str]) -> str:
            location = _find_location(match)
            return f"{{{find_wire(match['name'])}}}" if location is None else find_part(location, match["name"])

        return self._replace_references(expand, escape=True)

    def to_endpoint(self, find_wire: Callable[[str], str]) -> MapNode:
        """Return an endpoint, with a fallback if every reference has a default."""
        url = self._replace_references(lambda match: f"${{{find_wire(match['name'])}}}")
        return make_map(self.place, url=ScalarNode(url, self.place), fallback=self.default)

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


def _find_location(reference: re.Match[str]) -> str | None:
    """Return the location of the part of the request that a reference is to; None if it is to a parameter."""
    return _REQUEST_FUNCTIONS.get(reference["function"].lower())


@dataclass(frozen=True, slots=True)
class PolicySlot:
    """Header, query parameter or segment of the path that a policy sets; a segment has the name of its parameter.

    `value` is None if only the platform can compute it. With `is_fallback`, a value that the request already has stays.
    """

    location: str
    name: str
    value: PolicyExpression | None
    is_fallback: bool = False


_Route: TypeAlias = Mapping[tuple[str, str, str], PolicySlot]
"""Slots of a route, by their location, their name in the query, and their text."""


@dataclass(frozen=True, slots=True)
class Policies:
    """Effect of a connector's policies on every request, in their order.

    `has_literals` is set if some of them state credentials, which are the same for everybody.
    """

    slots: tuple[PolicySlot, ...] = ()
    base: PolicyExpression | None = None
    has_literals: bool = False

    @property
    def expressions(self) -> tuple[PolicyExpression, ...]:
        """Values in headers, query and path."""
        return tuple(slot.value for slot in self.slots if slot.value is not None)

    @property
    def names(self) -> frozenset[str]:
        """Parameters in headers and query."""
        values = (slot.value for slot in self.slots if slot.value is not None and slot.location != "path")
        return frozenset(name for value in values for name in value.names)


def read_policies(properties: Node | None, swagger: MapNode | None) -> Policies:
    """Return the policies for all operations; those for some of them do not count for the connector.

    A policy may list all operations of the Swagger document instead of none. The routes of all operations may have
    parameters in common, whichever policies state them. Without a policy for the address, that of the service counts.
    """
    slots: list[PolicySlot] = []
    base: PolicyExpression | None = None
    instances = properties.find(_INSTANCES) if isinstance(properties, MapNode) else None
    operations = _list_operations(swagger) if swagger is not None else frozenset()
    for template, parameters in _list_instances(instances):
        if not _is_for_every_request(parameters, operations):
            continue
        # Some connectors name the template for the address in another way.
        if _find_parameter(parameters, "urlTemplate") is not None:
            base = base or _find_address(parameters)
        elif template == _FETCH_TEMPLATE:
            slots += _read_fetched_slot(parameters)
        elif template in _LOCATIONS:
            slots += _read_slot(_LOCATIONS[template], parameters)
    has_literals = any(map(_list_literals, _list_maps(instances)))
    base = base or _find_service(properties)
    return Policies((*slots, *_list_common_slots(instances, operations)), base, has_literals)


def withhold_literals(properties: TrackedMapping) -> None:
    """Withhold the credentials that policies and the address of the service state as literals."""
    service = properties.child(_SERVICE)
    if _holds_credential(get_text(service.peek(_SERVICE_URL)) or ""):
        service.withhold(_SERVICE_URL)
    # To read the policies one by one changes how the others are kept.
    if any(map(_list_literals, _list_maps(properties.peek(_INSTANCES)))):
        for instance in properties.children(_INSTANCES):
            for key in _list_literals(instance.node):
                instance.child("parameters").withhold(f"{_PARAMETER_PREFIX}{key}")


def _list_literals(instance: MapNode) -> tuple[str, ...]:
    """Return the parameters of a policy with a literal credential, which may be in the query of an address."""
    parameters = instance.find("parameters")
    if not isinstance(parameters, MapNode):
        return ()
    texts = {key: get_text(_find_parameter(parameters, key)) or "" for key in (*chain(*_NAMED_VALUES), *_ADDRESSES)}
    own = (key for name, key in _NAMED_VALUES if holds_literal(texts[name], texts[key]))
    return (*own, *(key for key in _ADDRESSES if any(_list_literal_fields(texts[key]))))


def _list_literal_fields(address: str) -> Iterator[str]:
    """Yield the names in the query of an address with literal credentials, apart from parameters of operations."""
    for name, value in list_fields(address):
        if "{" not in _REFERENCE.sub("", value) and holds_literal(name, value):
            yield name


def holds_literal(name: str, value: str) -> bool:
    """Return whether a value may be a credential, or has a reference whose default may be one."""
    references = ((match["name"], match["default"] or "") for match in _REFERENCE.finditer(value))
    return _is_literal(name, value) or any(
        _is_literal(name, default) or _is_literal(parameter, default) for parameter, default in references
    )


def _is_literal(name: str, value: str) -> bool:
    """Return whether a value may be a credential: none with an `@`, by which Power Platform knows an expression."""
    return "@" not in value and may_be_credential(_NAMES.get(name, name), value)


def _list_maps(node: Node | None) -> Iterator[MapNode]:
    yield from (item for item in (node.items if isinstance(node, ListNode) else ()) if isinstance(item, MapNode))


def _read_slot(location: str, parameters: MapNode) -> Iterator[PolicySlot]:
    """Yield the slot that a policy fills; none if its name is an expression, or its value may be a credential."""
    name, value = get_text(_find_parameter(parameters, "name")), get_text(_find_parameter(parameters, "value"))
    if name and "@" not in name and value and not _is_literal(name, value):
        action = (get_text(_find_parameter(parameters, "existsAction")) or "").lower()
        yield PolicySlot(location, name, _find_expression(parameters, "value"), action in _KEEPING_ACTIONS)


def _read_fetched_slot(parameters: MapNode) -> Iterator[PolicySlot]:
    """Yield the slot that a policy fills with a part of the response to another request."""
    target = _REFERENCE.fullmatch((get_text(_find_parameter(parameters, "parameterTemplate")) or "").strip())
    location = _find_location(target) if target is not None else None
    if target is not None and location is not None:
        yield PolicySlot(location, target["name"], None)


def _list_common_slots(instances: Node | None, operations: frozenset[str]) -> tuple[PolicySlot, ...]:
    """Return the slots that the routes of all operations have; the last route of an operation counts."""
    routes: dict[str, _Route] = {}
    of_others: _Route = {}
    for template, parameters in _list_instances(instances):
        if template == _ROUTE_TEMPLATE:
            route, names = _read_route(parameters), _list_chosen(parameters)
            if names is None:
                routes.clear()
                of_others = route
            routes.update(dict.fromkeys(names or (), route))
    used = [routes.get(operation, of_others) for operation in sorted(operations)] or [of_others]
    # Operations share few routes: to compare those of each would take the product of both.
    first, *others = {id(route): route for route in used}.values()
    return tuple(slot for key, slot in first.items() if all(key in route for route in others))


def _read_route(parameters: MapNode) -> _Route:
    """Return the slots in the path, and those in its query, that a policy fills with connection parameters."""
    node = _find_parameter(parameters, "newPath")
    address = get_text(node) or ""
    fields = [("path", "", segment) for segment in address.partition("?")[0].split("/")]
    fields += [("query", name, value) for name, value in list_fields(address)]
    place = node.place if node is not None else parameters.place
    return {
        (location, name, text): PolicySlot(location, name or expression.names[0], expression)
        for location, name, text in fields
        if (expression := PolicyExpression(text, place)).names and not set("@{}").intersection(_REFERENCE.sub("", text))
    }


def _find_service(properties: Node | None) -> PolicyExpression | None:
    """Return the address of the service behind a connector, which its resource in Azure states."""
    service = properties.find(_SERVICE) if isinstance(properties, MapNode) else None
    node = service.find(_SERVICE_URL) if isinstance(service, MapNode) else None
    url = get_text(node) or ""
    return (
        PolicyExpression(url, node.place) if node is not None and "://" in url and not _holds_credential(url) else None
    )


def _holds_credential(address: str) -> bool:
    """Return whether an address has a literal credential before its host or in its query."""
    return holds_credential(_REFERENCE.sub("", address)) or any(_list_literal_fields(address))


def _find_address(parameters: MapNode) -> PolicyExpression | None:
    expression = _find_expression(parameters, "urlTemplate")
    if expression is None or expression.request_parts or any(_list_literal_fields(expression.source)):
        return None
    return expression


def _list_operations(swagger: MapNode) -> frozenset[str]:
    """Return the ids of the operations that users see; those of all operations if they see none.

    The others give the platform the values of lists, or test a connection.
    """
    paths = swagger.find("paths")
    items = (entry.node for entry in paths.entries) if isinstance(paths, MapNode) else ()
    operations = [entry.node for item in items if isinstance(item, MapNode) for entry in item.entries]
    test = _find_test_operation(swagger)
    is_visible = {
        identifier: identifier != test and get_text(operation.find("x-ms-visibility")) != "internal"
        for operation in operations
        if isinstance(operation, MapNode) and (identifier := get_text(operation.find("operationId"))) is not None
    }
    return frozenset(name for name, shown in is_visible.items() if shown) or frozenset(is_visible)


def _find_test_operation(swagger: MapNode) -> str | None:
    capabilities = swagger.find("x-ms-capabilities")
    test = capabilities.find("testConnection") if isinstance(capabilities, MapNode) else None
    return get_text(test.find("operationId")) if isinstance(test, MapNode) else None


def _list_instances(node: Node | None) -> Iterator[tuple[str, MapNode]]:
    """Yield the template id, in lower case, and the parameters of each policy for requests."""
    for item in _list_maps(node):
        parameters = item.find("parameters")
        if isinstance(parameters, MapNode) and (get_text(parameters.find(_SECTION)) or "Request") == "Request":
            yield (get_text(item.find("templateId")) or "").lower(), parameters


def _is_for_every_request(parameters: MapNode, operations: frozenset[str]) -> bool:
    names = _list_chosen(parameters)
    return names is None or (0 < len(operations) <= len(names) and operations.issubset(names))


def _list_chosen(parameters: MapNode) -> tuple[str, ...] | None:
    """Return the operations that a policy lists; None if it is for all."""
    node = parameters.find(_OPERATIONS)
    return tuple(list_texts(node)) if isinstance(node, ListNode) and node.items else None


def _find_parameter(parameters: MapNode, key: str) -> Node | None:
    return parameters.find(f"{_PARAMETER_PREFIX}{key}")


def _find_expression(parameters: MapNode, key: str) -> PolicyExpression | None:
    """Return the expression under a key; None if it calls any other function, whose result only the platform knows."""
    node = _find_parameter(parameters, key)
    source = get_text(node)
    if source is None or node is None or not source.strip() or "@" in _REFERENCE.sub("", source):
        return None
    return PolicyExpression(source, node.place)
