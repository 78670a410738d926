"""Draft the scheme of one Power Platform connection: its parameters, and where requests carry them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Finding
from authscribe.findings.rules.security_differs import report_sources_contradict
from authscribe.findings.rules.undeclared_name import report_undeclared_name
from authscribe.model import naming
from authscribe.model.draft import MapNode, ScalarNode
from authscribe.model.placement_template import find_slot
from authscribe.readers.foreign.openapi.security_schemes import SecurityScheme
from authscribe.readers.foreign.openapi.variants import is_template_name
from authscribe.readers.foreign.power_platform.connection import Connection
from authscribe.readers.foreign.power_platform.policies import Policies, PolicyExpression
from authscribe.readers.foreign.scheme_lists import SchemeLists, SchemeSetting, make_undeclared_setting
from authscribe.readers.foreign.tracking import make_list, make_map

_BASIC_NAMES: Final = ("username", "password")
"""Names of the parameters of basic authentication on this platform."""


@dataclass(frozen=True, slots=True)
class SchemeDraft:
    """Draft of a scheme, with findings about it."""

    node: MapNode
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class PlatformContext:
    """Facts about a connector that its connections share.

    `security_schemes` are those that the Swagger document requires, `declared` the parameters of all connections.
    """

    connector: str
    policies: Policies
    security_schemes: tuple[SecurityScheme, ...]
    declared: frozenset[str]

    def find_wire(self, name: str) -> str:
        """Return the declared name of a parameter; the platform ignores case."""
        wires = {wire.lower(): wire for wire in sorted(self.declared)}
        return name if name in self.declared else wires.get(name.lower(), name)

    def list_undeclared(self) -> Iterator[tuple[str, PolicyExpression, bool]]:
        """Yield each parameter that policies refer to and that is not declared, and whether it may be a secret.

        A part of the host is not a secret.
        """
        base = self.policies.base
        seen = set(self.declared)
        for expression, may_be_secret in (
            *((slot.value, True) for slot in self.policies.slots),
            *(((base, False),) if base is not None else ()),
        ):
            for name in expression.names:
                if self.find_wire(name) not in seen:
                    seen.add(name)
                    yield name, expression, may_be_secret


def draft_scheme(connection: Connection, identifier: str, context: PlatformContext) -> SchemeDraft:
    """Return the scheme of a connection."""
    place = connection.place
    undeclared = tuple(context.list_undeclared())
    settings = (
        *connection.settings,
        *(setting for login in connection.logins for setting in login.supplied),
        *(
            make_undeclared_setting(ScalarNode(name, expression.place), is_secret=may_be_secret)
            for name, expression, may_be_secret in undeclared
        ),
    )
    obtained = (*(secret for login in connection.logins for secret in login.obtained), *connection.identities)
    placements = tuple(_SlotFiller(connection, settings, context).make_placements())
    node = make_map(
        place,
        id=ScalarNode(identifier, place),
        title=connection.title,
        summary=connection.summary,
        kind=_find_kind(connection, settings, placements),
        **SchemeLists(settings, obtained).to_nodes(place),
        placements=make_list(placements, place),
        endpoints=next((login.endpoints for login in connection.logins if login.endpoints is not None), None),
        oauth=next((login.oauth for login in connection.logins if login.oauth is not None), None),
        extras=connection.extras,
    )
    findings = (
        *(finding for login in connection.logins for finding in login.findings),
        *(
            report_undeclared_name("connection parameter", name, expression.place, context.declared)
            for name, expression, _ in undeclared
        ),
    )
    return SchemeDraft(node, findings)


def _find_kind(connection: Connection, settings: Sequence[SchemeSetting], placements: Sequence[MapNode]) -> str:
    """Return the kind: values that are neither a login nor for basic authentication are sent as they are."""
    if connection.logins:
        return "oauth2_authorization_code"
    if connection.identities:
        return "custom"
    if any(placement.find("name") is None for placement in placements):
        return "http_basic"
    return "api_key" if placements or any(setting.is_secret for setting in settings) else "none"


@dataclass(frozen=True, slots=True)
class _FilledSlot:
    """Slot of a request and the template that fills it, in which the parameters called `wires` occur."""

    location: str
    name: str
    value: str
    wires: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _SlotFiller:
    """Filler of the slots of a request with the values of a connection."""

    connection: Connection
    settings: tuple[SchemeSetting, ...]
    context: PlatformContext

    def make_placements(self) -> Iterator[MapNode]:
        """Yield one placement for each slot.

        Policies override what a request has, and the Swagger document takes precedence over conventions.
        """
        taken = {find_slot(location, name) for location, name in self.context.policies.computed}
        for filled in (*self._fill_by_policies(), *self._fill_by_swagger(), *self._fill_by_convention()):
            slot = find_slot(filled.location, filled.name)
            if slot not in taken and all(map(is_template_name, filled.wires)):
                taken.add(slot)
                yield make_map(self.connection.place, in_=filled.location, name=filled.name or None, value=filled.value)

    def is_satisfied(self, scheme: SecurityScheme) -> bool:
        """Return whether a parameter of the connection may be meant for a security scheme."""
        variant = scheme.variants[0]
        match variant.kind:
            case "api_key":
                key = self._find_key(scheme, variant.slots[0].name)
                return key is not None or len(self.connection.secrets) > 1
            case "http_basic":
                return any(self._fill_basic())
        return bool(self.connection.logins)

    def _fill_by_policies(self) -> Iterator[_FilledSlot]:
        wires = {setting.wire for setting in self.settings}
        wires |= {login.token for login in self.connection.logins}
        for slot in self.context.policies.slots:
            names = tuple(self.context.find_wire(name) for name in slot.value.names)
            if wires.issuperset(names):
                yield _FilledSlot(slot.location, slot.name, slot.value.to_placement(self.context.find_wire), names)

    def _fill_by_swagger(self) -> Iterator[_FilledSlot]:
        for scheme in self.context.security_schemes:
            variant = scheme.variants[0]
            if variant.kind == "http_basic":
                yield from self._fill_basic()
            for slot in variant.slots if variant.kind == "api_key" else ():
                setting = self._find_key(scheme, slot.name)
                if setting is not None:
                    yield _FilledSlot(slot.location, slot.name, f"{{{setting.wire}}}", (setting.wire,))

    def _fill_by_convention(self) -> Iterator[_FilledSlot]:
        """Yield the slots that the platform fills for logins, identities, and parameters with conventional names."""
        for token in (
            *(login.token for login in self.connection.logins),
            *(identity.wire for identity in self.connection.identities),
        ):
            yield _FilledSlot("header", "Authorization", f"Bearer {{{token}}}", (token,))
        in_policies = {self.context.find_wire(name) for name in self.context.policies.names}
        if not self.context.security_schemes and in_policies.isdisjoint(_BASIC_NAMES):
            yield from self._fill_basic()

    def _fill_basic(self) -> Iterator[_FilledSlot]:
        wires = {setting.wire.lower(): setting.wire for setting in self.settings}
        if set(_BASIC_NAMES) <= set(wires):
            for name in _BASIC_NAMES:
                yield _FilledSlot(f"basic_{name}", "", f"{{{wires[name]}}}", (wires[name],))

    def _find_key(self, scheme: SecurityScheme, slot: str) -> SchemeSetting | None:
        """Return the parameter for an API key: one of a similar name, else the only secret if there is only one key."""
        names = {naming.to_snake_case(scheme.wire), naming.to_snake_case(slot)}
        settings = self.connection.settings
        similar = next((setting for setting in settings if naming.to_snake_case(setting.wire) in names), None)
        keys = [other for other in self.context.security_schemes if other.variants[0].kind == "api_key"]
        secrets = self.connection.secrets
        return similar or (secrets[0] if len(secrets) == 1 and len(keys) == 1 else None)


def find_contradictions(connections: Sequence[Connection], context: PlatformContext) -> Iterator[Finding]:
    """Yield a finding for the first security scheme that no parameter of any connection may be meant for."""
    # Properties without any parameter leave the security to the Swagger document.
    asking = tuple(connection for connection in connections if connection.parameters)
    for scheme in context.security_schemes if asking else ():
        if not any(_SlotFiller(connection, connection.settings, context).is_satisfied(scheme) for connection in asking):
            yield report_sources_contradict(
                context.connector,
                _describe_connection(asking[0]),
                asking[0].place,
                _describe_scheme(scheme),
                scheme.name.place,
            )
            return


def _describe_connection(connection: Connection) -> str:
    if connection.logins:
        return "a login"
    return "keys" if connection.secrets else "no secret"


def _describe_scheme(scheme: SecurityScheme) -> str:
    variant = scheme.variants[0]
    match variant.kind:
        case "api_key":
            slot = variant.slots[0]
            return f"a key in the {slot.location} '{slot.name}'"
        case "http_basic":
            return "basic authentication"
    return "OAuth"
