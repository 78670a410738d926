"""Draft the scheme of one Power Platform connection: its parameters, and where requests carry them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.security_differs import report_sources_contradict
from authscribe.findings.rules.undeclared_name import report_undeclared_name
from authscribe.findings.suggestions import Vocabulary
from authscribe.model import naming
from authscribe.model.credential_names import names_credential
from authscribe.model.draft import MapNode, ScalarNode, get_text
from authscribe.model.placement_template import find_slot, list_hole_names
from authscribe.readers.foreign.openapi.key_templates import is_template_name
from authscribe.readers.foreign.openapi.security_schemes import SecurityScheme
from authscribe.readers.foreign.power_platform.connection import Connection
from authscribe.readers.foreign.power_platform.policies import Policies, PolicyExpression, PolicySlot, holds_literal
from authscribe.readers.foreign.scheme_lists import SchemeLists, SchemeSetting, make_undeclared_setting
from authscribe.readers.foreign.tracking import make_list, make_map

_VALUE_LIMIT: Final = 2_000
"""Characters of the value of a header or query parameter; real ones have 100."""

_BASIC_NAMES: Final = ("username", "password")
"""Names of the parameters of basic authentication on this platform."""


@dataclass(frozen=True, slots=True)
class SchemeDraft:
    """Draft of a scheme, with findings about it."""

    node: MapNode
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class PlatformContext:
    """Facts about a connector that its connections share.

    `alternatives` are the schemes of each requirement of the Swagger document; `has_document` is set if there is one.
    """

    connector: str
    policies: Policies
    alternatives: tuple[tuple[SecurityScheme, ...], ...]
    connections: tuple[Connection, ...]
    has_document: bool

    @property
    def has_open_document(self) -> bool:
        """Return whether the Swagger document states that no request authenticates."""
        return self.has_document and not any(self.alternatives)

    @cached_property
    def declared(self) -> Vocabulary:
        """Parameters of all connections."""
        return Vocabulary(parameter for connection in self.connections for parameter in connection.parameters)

    @cached_property
    def similar_names(self) -> frozenset[str]:
        """Names of the settings of all connections, as `_find_similar` compares them."""
        return frozenset(chain.from_iterable(connection.positions for connection in self.connections))

    @cached_property
    def _wires(self) -> Mapping[str, str]:
        return {wire.lower(): wire for wire in self.declared.sorted_words}

    def find_wire(self, name: str) -> str:
        """Return the declared name of a parameter; the platform ignores case."""
        return name if name in self.declared else self._wires.get(name.lower(), name)

    def count_shared(self) -> int:
        """Return how many policies and security schemes all connections have in common."""
        return len(self.policies.slots) + sum(map(len, self.alternatives))

    @cached_property
    def undeclared(self) -> tuple[tuple[str, PolicyExpression, bool], ...]:
        """Each parameter that policies refer to and that is not declared, and whether it may be a secret."""
        return tuple(self._list_undeclared())

    def _list_undeclared(self) -> Iterator[tuple[str, PolicyExpression, bool]]:
        # A part of the host is not a secret.
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
    settings = (
        *connection.settings,
        *(setting for login in connection.logins for setting in login.supplied),
        *(
            make_undeclared_setting(ScalarNode(name, expression.place), is_secret=may_be_secret)
            for name, expression, may_be_secret in context.undeclared
        ),
    )
    obtained = (*(secret for login in connection.logins for secret in login.obtained), *connection.identities)
    placements = tuple(_SlotFiller(connection, settings, context).make_placements())
    node = make_map(
        place,
        id=ScalarNode(identifier, place),
        title=connection.title,
        summary=connection.summary,
        kind=_find_kind(connection, settings, placements, context),
        **SchemeLists(settings, obtained).to_nodes(place),
        placements=make_list(placements, place),
        endpoints=next((login.endpoints for login in connection.logins if login.endpoints is not None), None),
        oauth=next((login.oauth for login in connection.logins if login.oauth is not None), None),
        token_request=next(
            (login.token_request for login in connection.logins if login.token_request is not None), None
        ),
        extras=connection.extras,
    )
    findings = (
        *(finding for login in connection.logins for finding in login.findings),
        *(
            report_undeclared_name("connection parameter", name, expression.place, context.declared)
            for name, expression, _ in context.undeclared
        ),
    )
    return SchemeDraft(node, findings)


def _find_kind(
    connection: Connection, settings: Sequence[SchemeSetting], placements: Sequence[MapNode], context: PlatformContext
) -> str:
    """Return the kind: values that are neither a login nor for basic authentication are sent as they are.

    Beside a Swagger document without security, secrets that no policy sends are for the code of the connector.
    """
    if connection.logins:
        return connection.logins[0].kind
    if connection.identities:
        return "custom"
    if any(placement.find("name") is None for placement in placements):
        return "http_basic"
    if connection.has_certificate:
        return "mtls"
    carried = list_hole_names(*(get_text(placement.find("value")) or "" for placement in placements))
    has_secret = any(setting.is_secret for setting in settings)
    if has_secret and not carried and context.has_open_document:
        return "custom"
    # Policies also send settings that are no keys; nothing else does so by itself.
    may_be_key = bool(carried) and (any(context.alternatives) or any(map(names_credential, carried)))
    return "api_key" if has_secret or may_be_key or context.policies.has_literals else "none"


@dataclass(frozen=True, slots=True)
class _FilledSlot:
    """Slot of a request, and the template that fills it: the fallback if a parameter is absent."""

    location: str
    name: str
    value: str
    fallback: str | None = None

    @property
    def key(self) -> str:
        """Key of the slot."""
        return find_slot(self.location, self.name)

    def to_node(self, place: Place) -> MapNode:
        """Return the placement."""
        return make_map(place, in_=self.location, name=self.name or None, value=self.value, fallback=self.fallback)


@dataclass(frozen=True)
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

    def is_satisfied(self, scheme: SecurityScheme, *, is_only_key: bool) -> bool:
        """Return whether a parameter of the connection may be meant for one of the schemes of a requirement."""
        variant = scheme.variants[0]
        match variant.kind:
            case "api_key":
                return self._find_key(scheme, is_only_key=is_only_key) is not None or len(self._free_secrets) > 1
            case "http_basic":
                return bool(self._basic)
        return bool(self.connection.logins)

    def _choose_schemes(self) -> tuple[SecurityScheme, ...]:
        """Return the first requirement that the connection satisfies, else the first that it satisfies in part."""
        alternatives = self.context.alternatives
        satisfied = [
            [self.is_satisfied(scheme, is_only_key=is_only_key) for scheme in schemes]
            for schemes, is_only_key in zip(alternatives, map(_has_one_key, alternatives), strict=True)
        ]
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
        filled: ChainMap[str, _FilledSlot | None] = ChainMap(slots, {**own})
        for slot in self.context.policies.slots:
            key = find_slot(slot.location, slot.name)
            names = map(self.context.find_wire, slot.value.names if slot.value is not None else ())
            if wires.issuperset(names) and not (slot.is_fallback and key in filled):
                value = self._expand(slot.value, filled)
                fallback = _find_fallback(slot)
                slots[key] = _FilledSlot(slot.location, slot.name, value, fallback) if value is not None else None
        return slots

    def _expand(self, value: PolicyExpression | None, slots: Mapping[str, _FilledSlot | None]) -> str | None:
        """Return the template for the value of a policy; None if it is computed from something unknown, or too long.

        Policies that repeat the values of others could make a short document a very long one.
        """
        parts = value.request_parts if value is not None else ()
        filled = {part: slots.get(find_slot(*part)) for part in parts}
        known = {part: slot.value for part, slot in filled.items() if slot is not None}
        if value is None or len(known) < len(filled):
            return None
        if not all(map(is_template_name, map(self.context.find_wire, value.names))):
            return None
        template = value.to_placement(self.context.find_wire, lambda location, name: known[location, name])
        return template if len(template) <= _VALUE_LIMIT else None

    def _fill_by_swagger(self) -> Iterator[_FilledSlot]:
        schemes = self._choose_schemes()
        is_only_key = _has_one_key(schemes)
        for scheme in schemes:
            variant = scheme.variants[0]
            if variant.kind == "http_basic":
                yield from self._basic
            for slot in variant.slots if variant.kind == "api_key" else ():
                setting = self._find_key(scheme, is_only_key=is_only_key)
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
            yield from self._basic

    @cached_property
    def _basic(self) -> tuple[_FilledSlot, ...]:
        """Both slots of basic authentication; those of a login belong to the request for its token."""
        wires = {setting.wire.lower(): setting.wire for setting in self.settings}
        if not wires.keys() >= set(_BASIC_NAMES) or self.connection.logins:
            return ()
        return tuple(_FilledSlot(f"basic_{name}", "", f"{{{wires[name]}}}") for name in _BASIC_NAMES)

    def _find_key(self, scheme: SecurityScheme, *, is_only_key: bool) -> SchemeSetting | None:
        """Return the parameter for an API key: one of a similar name, else the only secret if there is only one key.

        A secret is not the key of a scheme for which another connection has a parameter of a similar name.
        """
        similar = _find_similar(self.connection, scheme)
        secrets = self._free_secrets
        if similar is not None or len(secrets) != 1 or not is_only_key:
            return similar
        is_taken = not self.context.similar_names.isdisjoint(_list_similar_names(scheme))
        return None if is_taken else secrets[0]

    @cached_property
    def _free_secrets(self) -> tuple[SchemeSetting, ...]:
        """Secrets that are neither the password of basic authentication nor a part of a login."""
        has_basic = bool(self._basic)
        prefixes = tuple(f"{login.token}:".lower() for login in self.connection.logins)
        return tuple(
            setting
            for setting in self.connection.secrets
            if not setting.wire.lower().startswith(prefixes)
            and not (has_basic and setting.wire.lower() in _BASIC_NAMES)
        )


def _find_fallback(slot: PolicySlot) -> str | None:
    """Return the template for a value whose parameters are all absent, if they have defaults; no credential is one."""
    value = slot.value
    default = value.default if value is not None and not value.request_parts else None
    if value is None or default is None or holds_literal(slot.name, value.source):
        return None
    return default.replace("{", "{{").replace("}", "}}")


def _find_similar(connection: Connection, scheme: SecurityScheme) -> SchemeSetting | None:
    """Return the first parameter with the name of a security scheme, or of the slot of its key."""
    positions = [connection.positions[name] for name in _list_similar_names(scheme) if name in connection.positions]
    return connection.settings[min(positions)] if positions else None


def _list_similar_names(scheme: SecurityScheme) -> set[str]:
    slots = scheme.variants[0].slots
    return {naming.to_snake_case(name) for name in (scheme.wire, *(slot.name for slot in slots))}


def _has_one_key(schemes: Iterable[SecurityScheme]) -> bool:
    """Return whether one of the schemes of a requirement is for a key."""
    return sum(1 for scheme in schemes if scheme.variants[0].kind == "api_key") == 1


def find_contradictions(context: PlatformContext) -> Iterator[Finding]:
    """Yield a finding for the first security scheme that no parameter of any connection may be meant for.

    It is enough that one of the requirements of the Swagger document can be satisfied.
    """
    # Properties without any parameter leave the security to the Swagger document.
    asking = tuple(connection for connection in context.connections if connection.parameters)
    fillers = tuple(_SlotFiller(connection, connection.settings, context) for connection in asking)
    unsatisfied = [tuple(_list_unsatisfied(schemes, fillers)) for schemes in context.alternatives]
    if asking and unsatisfied and all(unsatisfied):
        scheme = unsatisfied[0][0]
        yield report_sources_contradict(
            context.connector,
            _describe_connection(asking[0]),
            asking[0].place,
            _describe_scheme(scheme),
            scheme.name.place,
        )


def _list_unsatisfied(schemes: Sequence[SecurityScheme], fillers: Iterable[_SlotFiller]) -> Iterator[SecurityScheme]:
    """Yield the schemes of a requirement that no parameter of any connection may be meant for."""
    fillers, is_only_key = tuple(fillers), _has_one_key(schemes)
    for scheme in schemes:
        if not any(filler.is_satisfied(scheme, is_only_key=is_only_key) for filler in fillers):
            yield scheme


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
