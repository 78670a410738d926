"""The scheme of one connection: its parameters in our lists, and where each goes in a request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Finding
from authscribe.findings.rules.security_differs import report_sources_contradict
from authscribe.findings.rules.undeclared_name import report_undeclared_name
from authscribe.model import naming
from authscribe.model.draft import MapNode, ScalarNode
from authscribe.model.placement_template import slot_of
from authscribe.readers.foreign.openapi.components import Component
from authscribe.readers.foreign.power_platform.connection import Connection
from authscribe.readers.foreign.power_platform.policies import Expression, Policies
from authscribe.readers.foreign.scheme_lists import SchemeLists, SchemeSetting
from authscribe.readers.foreign.tracking import make_list, make_map

_BASIC: Final = ("username", "password")
"""The parameters of basic authentication, which the platform asks for by these names."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme, and what was odd about it."""

    node: MapNode
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a connector says beside its parameters.

    `components` are the security schemes that the Swagger document asks for, `declared` the parameters of all
    connections.
    """

    connector: str
    policies: Policies
    components: tuple[Component, ...]
    declared: frozenset[str]

    def wire(self, name: str) -> str:
        """The declared name of a parameter that is referred to; upper and lower case are the same to the platform."""
        found = {declared.lower(): declared for declared in sorted(self.declared)}
        return name if name in self.declared else found.get(name.lower(), name)

    def undeclared(self) -> Iterator[tuple[str, Expression, bool]]:
        """What policies refer to and nothing declares: where, and whether it may be a secret; a host is none."""
        base = self.policies.base
        seen = set(self.declared)
        for expression, is_secret in (
            *((slot.value, True) for slot in self.policies.slots),
            *(((base, False),) if base is not None else ()),
        ):
            for name in expression.names:
                if self.wire(name) not in seen:
                    seen.add(name)
                    yield name, expression, is_secret


def make_scheme(connection: Connection, identifier: str, around: Surroundings) -> Scheme:
    """The scheme of a connection, under `identifier`."""
    place = connection.place
    undeclared = tuple(around.undeclared())
    settings = (
        *connection.settings,
        *(setting for login in connection.logins for setting in login.supplied),
        *(_unknown(name, expression, is_secret=is_secret) for name, expression, is_secret in undeclared),
    )
    obtained = (*(one for login in connection.logins for one in login.obtained), *connection.identities)
    placements = tuple(_Slots(connection, settings, around).placements())
    node = make_map(
        place,
        id=ScalarNode(identifier, place),
        title=connection.title,
        summary=connection.summary,
        kind=_kind(connection, settings, placements),
        **SchemeLists(settings, obtained).to_nodes(place),
        placements=make_list(placements, place),
        endpoints=next((login.endpoints for login in connection.logins if login.endpoints is not None), None),
        oauth=next((login.oauth for login in connection.logins if login.oauth is not None), None),
        extras=connection.extras,
    )
    findings = (
        *(finding for login in connection.logins for finding in login.findings),
        *(
            report_undeclared_name("connection parameter", name, expression.place, around.declared)
            for name, expression, _ in undeclared
        ),
    )
    return Scheme(node, findings)


def _unknown(name: str, expression: Expression, *, is_secret: bool) -> SchemeSetting:
    marked = make_map(expression.place, undeclared=True)
    facts = make_map(expression.place, secret="unknown" if is_secret else None, extras=marked)
    return SchemeSetting(ScalarNode(name, expression.place), facts, is_secret)


def _kind(connection: Connection, settings: Sequence[SchemeSetting], placements: Sequence[MapNode]) -> str:
    """What is no login and not basic is sent as it is, wherever that may be."""
    if connection.logins:
        return "oauth2_authorization_code"
    if connection.identities:
        return "custom"
    if any(placement.find("name") is None for placement in placements):
        return "http_basic"
    return "api_key" if placements or any(setting.is_secret for setting in settings) else "none"


@dataclass(frozen=True, slots=True)
class _Filled:
    """A slot of a request with what goes into it: a template, in which the parameters of these names stand."""

    location: str
    name: str
    value: str
    wires: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Slots:
    """Where the values of a connection go."""

    connection: Connection
    settings: tuple[SchemeSetting, ...]
    around: Surroundings

    def placements(self) -> Iterator[MapNode]:
        """Each slot once: a policy overrides what a request has, and the Swagger document knows more than a habit."""
        taken = {slot_of(location, name) for location, name in self.around.policies.computed}
        for filled in (*self._of_policies(), *self._of_swagger(), *self._usual()):
            key = slot_of(filled.location, filled.name)
            # A name with braces cannot stand in a template.
            if key not in taken and not {"{", "}"} & set("".join(filled.wires)):
                taken.add(key)
                yield make_map(self.connection.place, in_=filled.location, name=filled.name or None, value=filled.value)

    def fits(self, component: Component) -> bool:
        """Whether a parameter of the connection can be meant for a security scheme."""
        way = component.ways[0]
        match way.kind:
            case "api_key":
                return self._meant(component, way.slots[0].name) is not None or len(self.connection.secrets) > 1
            case "http_basic":
                return any(self._basic())
        return bool(self.connection.logins)

    def _of_policies(self) -> Iterator[_Filled]:
        wires = {setting.wire for setting in self.settings}
        wires |= {login.token for login in self.connection.logins}
        for slot in self.around.policies.slots:
            names = tuple(self.around.wire(name) for name in slot.value.names)
            if wires.issuperset(names):
                yield _Filled(slot.location, slot.name, slot.value.placement(self.around.wire), names)

    def _of_swagger(self) -> Iterator[_Filled]:
        for component in self.around.components:
            way = component.ways[0]
            if way.kind == "http_basic":
                yield from self._basic()
            for slot in way.slots if way.kind == "api_key" else ():
                setting = self._meant(component, slot.name)
                if setting is not None:
                    yield _Filled(slot.location, slot.name, f"{{{setting.wire}}}", (setting.wire,))

    def _usual(self) -> Iterator[_Filled]:
        """What the platform does with a login or identity, and with parameters that are named for it."""
        for token in (
            *(login.token for login in self.connection.logins),
            *(str(identity.name.value) for identity in self.connection.identities),
        ):
            yield _Filled("header", "Authorization", f"Bearer {{{token}}}", (token,))
        if not self.around.components and not set(_BASIC) & {self.around.wire(n) for n in self.around.policies.names}:
            yield from self._basic()

    def _basic(self) -> Iterator[_Filled]:
        by_name = {setting.wire.lower(): setting.wire for setting in self.settings}
        if set(_BASIC) <= set(by_name):
            for name in _BASIC:
                yield _Filled(f"basic_{name}", "", f"{{{by_name[name]}}}", (by_name[name],))

    def _meant(self, component: Component, slot: str) -> SchemeSetting | None:
        """The parameter for a key: one that is named alike, else the only secret where there is only one key."""
        wanted = {naming.snake_case(component.wire), naming.snake_case(slot)}
        declared = self.connection.settings
        alike = next((setting for setting in declared if naming.snake_case(setting.wire) in wanted), None)
        keys = [one for one in self.around.components if one.ways[0].kind == "api_key"]
        secrets = self.connection.secrets
        return alike or (secrets[0] if len(secrets) == 1 and len(keys) == 1 else None)


def find_contradictions(found: Sequence[Connection], around: Surroundings) -> Iterator[Finding]:
    """The first security scheme of the Swagger document that no parameter of any connection can be meant for."""
    asking = tuple(connection for connection in found if connection.parameters)
    for component in around.components if asking else ():
        if not any(_Slots(connection, connection.settings, around).fits(component) for connection in asking):
            yield report_sources_contradict(
                around.connector, _asked(asking[0]), asking[0].place, _described(component), component.name.place
            )
            return


def _asked(connection: Connection) -> str:
    if connection.logins:
        return "a login"
    return "keys" if connection.secrets else "no secret"


def _described(component: Component) -> str:
    way = component.ways[0]
    match way.kind:
        case "api_key":
            slot = way.slots[0]
            return f"a key in the {slot.location} '{slot.name}'"
        case "http_basic":
            return "basic authentication"
    return "OAuth"
