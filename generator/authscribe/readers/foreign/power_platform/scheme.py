"""Draft the scheme of one Power Platform connection: its parameters, and where requests carry them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Finding, Place
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

    `alternatives` are the schemes of each requirement of the Swagger document.
    """

    connector: str
    policies: Policies
    alternatives: tuple[tuple[SecurityScheme, ...], ...]
    connections: tuple[Connection, ...]

    @property
    def declared(self) -> frozenset[str]:
        """Parameters of all connections."""
        return frozenset(parameter for connection in self.connections for parameter in connection.parameters)

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
            *((expression, True) for expression in self.policies.expressions),
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
        return connection.logins[0].kind
    if connection.identities:
        return "custom"
    if any(placement.find("name") is None for placement in placements):
        return "http_basic"
    if connection.has_certificate:
        return "mtls"
    return "api_key" if placements or any(setting.is_secret for setting in settings) else "none"


@dataclass(frozen=True, slots=True)
class _FilledSlot:
    """Slot of a request and the template that fills it."""

    location: str
    name: str
    value: str

    @property
    def key(self) -> str:
        """Key of the slot."""
        return find_slot(self.location, self.name)

    def to_node(self, place: Place) -> MapNode:
        """Return the placement."""
        return make_map(place, in_=self.location, name=self.name or None, value=self.value)


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
        own: dict[str, _FilledSlot] = {}
        for filled in (*self._fill_by_swagger(), *self._fill_by_convention()):
            own.setdefault(filled.key, filled)
        by_policies = self._fill_by_policies(own)
        kept = (slot for key, slot in own.items() if key not in by_policies)
        for slot in (*by_policies.values(), *kept):
            if slot is not None:
                yield slot.to_node(self.connection.place)

    def is_satisfied(self, scheme: SecurityScheme, required: Sequence[SecurityScheme]) -> bool:
        """Return whether a parameter of the connection may be meant for one of the schemes of a requirement."""
        variant = scheme.variants[0]
        match variant.kind:
            case "api_key":
                return self._find_key(scheme, required) is not None or len(self._list_free_secrets()) > 1
            case "http_basic":
                return any(self._fill_basic())
        return bool(self.connection.logins)

    def _choose_schemes(self) -> tuple[SecurityScheme, ...]:
        """Return the first requirement that the connection satisfies, else the first that it satisfies in part."""
        alternatives = self.context.alternatives
        satisfied = [[self.is_satisfied(scheme, schemes) for scheme in schemes] for schemes in alternatives]
        whole = (schemes for schemes, each in zip(alternatives, satisfied, strict=True) if all(each))
        partial = (schemes for schemes, each in zip(alternatives, satisfied, strict=True) if any(each))
        return next(whole, None) or next(partial, ())

    def _fill_by_policies(self, own: Mapping[str, _FilledSlot]) -> dict[str, _FilledSlot | None]:
        """Return the slots that policies fill; None if only the platform can compute the value.

        Each policy refers to what the request has before it; `own` are the slots that are filled without policies.
        """
        wires = {setting.wire for setting in self.settings}
        wires |= {login.token for login in self.connection.logins}
        slots: dict[str, _FilledSlot | None] = {}
        for slot in self.context.policies.slots:
            key = find_slot(slot.location, slot.name)
            names = map(self.context.find_wire, slot.value.names if slot.value is not None else ())
            if wires.issuperset(names) and not (slot.is_fallback and key in {**own, **slots}):
                value = self._expand(slot.value, {**own, **slots})
                slots[key] = _FilledSlot(slot.location, slot.name, value) if value is not None else None
        return slots

    def _expand(self, value: PolicyExpression | None, slots: Mapping[str, _FilledSlot | None]) -> str | None:
        """Return the template for the value of a policy; None if it is computed from something unknown."""
        parts = value.request_parts if value is not None else ()
        filled = {part: slots.get(find_slot(*part)) for part in parts}
        known = {part: slot.value for part, slot in filled.items() if slot is not None}
        if value is None or len(known) < len(filled):
            return None
        if not all(map(is_template_name, map(self.context.find_wire, value.names))):
            return None
        return value.to_placement(self.context.find_wire, lambda location, name: known[location, name])

    def _fill_by_swagger(self) -> Iterator[_FilledSlot]:
        schemes = self._choose_schemes()
        for scheme in schemes:
            variant = scheme.variants[0]
            if variant.kind == "http_basic":
                yield from self._fill_basic()
            for slot in variant.slots if variant.kind == "api_key" else ():
                setting = self._find_key(scheme, schemes)
                if setting is not None and is_template_name(setting.wire):
                    yield _FilledSlot(slot.location, slot.name, f"{{{setting.wire}}}")

    def _fill_by_convention(self) -> Iterator[_FilledSlot]:
        """Yield the slots that the platform fills for logins, identities, and parameters with conventional names."""
        for token in (
            *(login.token for login in self.connection.logins),
            *(identity.wire for identity in self.connection.identities),
        ):
            if is_template_name(token):
                yield _FilledSlot("header", "Authorization", f"Bearer {{{token}}}")
        in_policies = {self.context.find_wire(name) for name in self.context.policies.names}
        if in_policies.isdisjoint(_BASIC_NAMES) and not any(self._fill_by_swagger()):
            yield from self._fill_basic()

    def _fill_basic(self) -> Iterator[_FilledSlot]:
        """Yield both slots of basic authentication; those of a login belong to the request for its token."""
        wires = {setting.wire.lower(): setting.wire for setting in self.settings}
        if set(_BASIC_NAMES) <= set(wires) and not self.connection.logins:
            for name in _BASIC_NAMES:
                yield _FilledSlot(f"basic_{name}", "", f"{{{wires[name]}}}")

    def _find_key(self, scheme: SecurityScheme, required: Sequence[SecurityScheme]) -> SchemeSetting | None:
        """Return the parameter for an API key: one of a similar name, else the only secret if there is only one key.

        A secret is not the key of a scheme for which another connection has a parameter of a similar name.
        """
        similar = _find_similar(self.connection, scheme)
        keys = [other for other in required if other.variants[0].kind == "api_key"]
        secrets = self._list_free_secrets()
        if similar is not None or len(secrets) != 1 or len(keys) != 1:
            return similar
        is_taken = any(_find_similar(connection, scheme) is not None for connection in self.context.connections)
        return None if is_taken else secrets[0]

    def _list_free_secrets(self) -> tuple[SchemeSetting, ...]:
        """Return the secrets that are neither the password of basic authentication nor a part of a login."""
        has_basic = any(self._fill_basic())
        prefixes = tuple(f"{login.token}:".lower() for login in self.connection.logins)
        return tuple(
            setting
            for setting in self.connection.secrets
            if not setting.wire.lower().startswith(prefixes)
            and not (has_basic and setting.wire.lower() in _BASIC_NAMES)
        )


def _find_similar(connection: Connection, scheme: SecurityScheme) -> SchemeSetting | None:
    """Return the parameter with the name of a security scheme, or of the slot of its key."""
    slots = scheme.variants[0].slots
    names = {naming.to_snake_case(name) for name in (scheme.wire, *(slot.name for slot in slots))}
    return next((setting for setting in connection.settings if naming.to_snake_case(setting.wire) in names), None)


def find_contradictions(context: PlatformContext) -> Iterator[Finding]:
    """Yield a finding for the first security scheme that no parameter of any connection may be meant for.

    It is enough that one of the requirements of the Swagger document can be satisfied.
    """
    # Properties without any parameter leave the security to the Swagger document.
    asking = tuple(connection for connection in context.connections if connection.parameters)
    fillers = tuple(_SlotFiller(connection, connection.settings, context) for connection in asking)
    unsatisfied = [
        tuple(scheme for scheme in schemes if not any(filler.is_satisfied(scheme, schemes) for filler in fillers))
        for schemes in context.alternatives
    ]
    if asking and unsatisfied and all(unsatisfied):
        scheme = unsatisfied[0][0]
        yield report_sources_contradict(
            context.connector,
            _describe_connection(asking[0]),
            asking[0].place,
            _describe_scheme(scheme),
            scheme.name.place,
        )


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
