"""Read the connections of a Power Platform connector: its sets of connection parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rules.unknown_key import report_unknown_key
from authscribe.findings.rules.wrong_value import report_not_a_mapping
from authscribe.model import naming
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text, to_plain
from authscribe.readers.foreign.power_platform.custom_parameters import CLIENT_SECRET
from authscribe.readers.foreign.power_platform.login import (
    CERTIFICATE_TYPE,
    SECRET_TYPES,
    DeclaredParameters,
    Login,
    find_type,
    read_login,
)
from authscribe.readers.foreign.scheme_lists import ObtainedSecret, SchemeSetting, take_default
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map

_TYPES: Final[Mapping[str, str]] = {
    "string": "string",
    "securestring": "string",
    "int": "integer",
    "bool": "boolean",
    "array": "array",
    "object": "object",
    "secureobject": "object",
    CERTIFICATE_TYPE: "object",
    "gatewaysetting": "string",
}
_GATEWAY_TYPE: Final = "gatewaysetting"
_LOGIN_TYPE: Final = "oauthsetting"
_IDENTITY_TYPE: Final = "managedidentity"
_DEFAULT_KEYS: Final = ("default", "defaultValue")
PROPERTIES: Final = "properties"
"""Key of everything that the platform reads."""
_PARAMETERS: Final = "connectionParameters"
_PARAMETER_SETS: Final = "connectionParameterSets"


@dataclass(frozen=True)
class Connection:
    """Way to connect; `label` is the name of its set, and `parameters` the names of all that it declares."""

    label: str
    place: Place
    parameters: tuple[str, ...]
    settings: tuple[SchemeSetting, ...]
    logins: tuple[Login, ...]
    identities: tuple[ObtainedSecret, ...]
    has_certificate: bool
    title: Node | None = None
    summary: Node | None = None
    extras: MapNode | None = None

    @property
    def secrets(self) -> tuple[SchemeSetting, ...]:
        """Settings that are or may be secret."""
        return tuple(setting for setting in self.settings if setting.is_secret)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Position of the first setting of each name, in snake case."""
        settings = reversed(tuple(enumerate(self.settings)))
        return {naming.to_snake_case(setting.wire): index for index, setting in settings}


def read_connections(document: TrackedMapping) -> Iterator[Connection]:
    """Yield the connection of each set, then that of the parameters outside of sets, which old connectors have.

    Those outside that repeat a set are no other connection. If there are neither, yield one without parameters.
    """
    sets = _find_section(document, _PARAMETER_SETS).children("values")
    yield from (_read_set(parameter_set, str(index)) for index, parameter_set in enumerate(sets, 1))
    parameters = _find_section(document, _PARAMETERS)
    if parameters.node.entries or not sets:
        place = parameters.place if parameters.node.entries else document.child(PROPERTIES).place
        connection = _read_parameters(_PARAMETERS, parameters, place)
        repeated = [to_plain(parameter_set.child("parameters").node) for parameter_set in sets]
        if to_plain(parameters.node) not in repeated:
            yield connection


def _find_section(document: TrackedMapping, key: str) -> TrackedMapping:
    """Return what the properties state under a key; nothing else of the kind can be meant by one beside them."""
    section = document.child(PROPERTIES).child(key)
    return section if section.node.entries else document.child(key)


def find_misplaced(document: TrackedMapping) -> Iterator[Finding]:
    """Yield a finding for each section of parameters that is read although it is beside the properties."""
    for key, place, node in document.node.entries:
        if key in (_PARAMETER_SETS, _PARAMETERS) and _find_section(document, key).node is node:
            yield report_unknown_key(key, place, (f"{PROPERTIES}.{key}",))._replace(severity=Severity.WARNING)


def find_misshapen(document: TrackedMapping) -> Iterator[Finding]:
    """Yield a finding for each set of parameters, and each parameter, that is not a mapping."""
    values = _find_section(document, _PARAMETER_SETS).node.find("values")
    sets = values.items if isinstance(values, ListNode) else ()
    for item in sets:
        if not isinstance(item, MapNode):
            yield report_not_a_mapping(item.place, "a set of connection parameters")
    in_sets = (item.find("parameters") for item in sets if isinstance(item, MapNode))
    for parameters in (_find_section(document, _PARAMETERS).node, *in_sets):
        for entry in parameters.entries if isinstance(parameters, MapNode) else ():
            if not isinstance(entry.node, MapNode):
                yield report_not_a_mapping(entry.place, f"the connection parameter '{entry.key}'")


def _read_set(parameter_set: TrackedMapping, number: str) -> Connection:
    """Return the connection of a set; its name is left, since the id of a method is spelt in another way."""
    ui = parameter_set.child("uiDefinition")
    title, summary = _take_display_name(ui), ui.take_text("description")
    label = get_text(parameter_set.peek("name")) or number
    connection = _read_parameters(label, parameter_set.child("parameters"), parameter_set.place)
    return replace(connection, title=title, summary=summary, extras=parameter_set.leftovers())


def _read_parameters(label: str, parameters: TrackedMapping, place: Place) -> Connection:
    entries = tuple(entry for entry in parameters.node.entries if isinstance(entry.node, MapNode))
    nodes = {entry.key: entry.node for entry in entries if isinstance(entry.node, MapNode)}
    declared = DeclaredParameters(nodes)
    items = [
        _read_parameter(ScalarNode(entry.key, entry.place), parameters.child(entry.key), declared) for entry in entries
    ]
    return Connection(
        label,
        place,
        tuple(nodes),
        tuple(item for item in items if isinstance(item, SchemeSetting)),
        tuple(item for item in items if isinstance(item, Login)),
        tuple(item for item in items if isinstance(item, ObtainedSecret)),
        declared.has_certificate,
    )


def _read_parameter(
    name: ScalarNode, parameter: TrackedMapping, declared: DeclaredParameters
) -> SchemeSetting | Login | ObtainedSecret:
    parameter_type = find_type(parameter.node)
    if parameter_type == _LOGIN_TYPE:
        return read_login(name, parameter, make_map(name.place, **_take_ui_facts(parameter)), declared)
    if parameter_type == _IDENTITY_TYPE:
        facts = make_map(name.place, **_take_ui_facts(parameter), extras=parameter.leftovers())
        return ObtainedSecret(name, make_map(name.place, source="platform"), facts, "expires")
    return _read_setting(name, parameter, parameter_type)


def _read_setting(name: ScalarNode, parameter: TrackedMapping, parameter_type: str) -> SchemeSetting:
    """Return a setting; if its type is missing or unknown, it may be secret.

    The client secret of a login is one whatever its type (RFC 6749 section 2.3.1).
    """
    is_client_secret = str(name.value).lower().endswith(f":{CLIENT_SECRET}".lower())
    is_secret = is_client_secret or parameter_type in SECRET_TYPES or parameter_type not in _TYPES
    of_type = _TYPES.get(parameter_type, "string")
    type_label = parameter.take("type") if parameter_type in _TYPES else None
    ui_facts = _take_ui_facts(parameter)
    constraints = parameter.child("uiDefinition").child("constraints")
    choices = _take_choices(parameter, constraints)
    default = _take_default(name, parameter, constraints, of_type=of_type, choices=choices, is_secret=is_secret)
    is_required = constraints.take_boolean("required")
    facts = make_map(
        name.place,
        type=of_type if of_type != "string" else None,
        type_label=type_label if parameter_type == _GATEWAY_TYPE else None,
        **ui_facts,
        default=default,
        enum=choices,
        hidden=constraints.take_boolean("hidden") or constraints.take_boolean("hideInUI") or None,
        secret="unknown" if parameter_type not in _TYPES else None,
        extras=parameter.leftovers(),
    )
    return SchemeSetting(name, facts, is_secret, is_optional=is_required is False)


def _take_ui_facts(parameter: TrackedMapping) -> dict[str, Node | None]:
    """Return what users see of a parameter.

    Newer connectors have its description in a `schema`, and some have its title and description outside of the
    definition of the user interface.
    """
    ui = parameter.child("uiDefinition")
    constraints = ui.child("constraints")
    return {
        "title": _take_display_name(ui) or _take_display_name(parameter),
        "description": (
            ui.take_text("description")
            or ui.child("schema").take_text("description")
            or parameter.take_text("description")
        ),
        "order": constraints.take_integer("tabIndex") or ui.take_integer("tabIndex"),
    }


def _take_display_name(ui: TrackedMapping) -> Node | None:
    return ui.take_text("displayName") or ui.take_text("displayname")


def _take_default(
    name: ScalarNode,
    parameter: TrackedMapping,
    constraints: TrackedMapping,
    *,
    of_type: str,
    choices: ListNode | None,
    is_secret: bool,
) -> Node | None:
    """Return the first default; some connectors state it where users see the parameter."""
    places = ((parameter, "defaultValue"), *product((constraints, parameter.child("uiDefinition")), _DEFAULT_KEYS))
    defaults = [
        take_default(mapping, key, name=str(name.value), of_type=of_type, choices=choices, is_secret=is_secret)
        for mapping, key in places
    ]
    return next((default for default in defaults if default is not None), None)


def _take_choices(parameter: TrackedMapping, constraints: TrackedMapping) -> ListNode | None:
    """Return the allowed values; their list is kept as well if it holds more than values and labels."""
    for mapping in (constraints, parameter):
        node = mapping.peek("allowedValues")
        items = node.items if isinstance(node, ListNode) else ()
        choices = tuple(choice for item in items if (choice := _read_choice(item)) is not None)
        if choices and len(choices) == len(items):
            if all(isinstance(item, MapNode) and _list_keys(item) <= {"value", "text"} for item in items):
                mapping.take("allowedValues")
            return make_list(choices, node.place if node is not None else mapping.place)
    return None


def _read_choice(item: Node) -> MapNode | None:
    value = item.find("value") if isinstance(item, MapNode) else None
    if not isinstance(item, MapNode) or not isinstance(value, ScalarNode) or value.value is None:
        return None
    label = item.find("text")
    return make_map(item.place, value=value, label=label if get_text(label) is not None else None)


def _list_keys(node: MapNode) -> set[str]:
    return {entry.key for entry in node.entries}
