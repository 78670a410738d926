"""What an OpenAPI document declares: its Security Scheme Objects, each with the ways to satisfy it.

What the specification leaves to other standards is named after them: `client_id` and the like after RFC 6749.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Finding
from authscribe.findings.rules.missing_key import report_missing_key
from authscribe.findings.rules.undeclared_name import report_unfollowed_reference
from authscribe.findings.rules.unknown_key import report_unknown_key
from authscribe.findings.rules.wrong_value import report_not_a_mapping, report_unknown_value
from authscribe.model.draft import Entry, MapNode, Node, ScalarNode, text_of
from authscribe.model.placement_template import slot_of
from authscribe.readers.foreign.tracking import TrackedMapping, make_map

_LOCATIONS: Final = ("header", "query", "cookie")
_REFERENCE_LIMIT: Final = 16
"""How many references may lead from one to the next."""

_CLIENT: Final = ("client_id", "client_secret")
_TOKENS: Final = ("access_token", "refresh_token")


@dataclass(frozen=True, slots=True)
class _Grant:
    """A flow: its kind, its address of authorization, and by the names of RFC 6749 what is given and obtained."""

    kind: str
    supplied: tuple[str, ...]
    obtained: tuple[str, ...] = _TOKENS
    authorize: str = "authorizationUrl"


_IMPLICIT: Final = _Grant("custom", ("client_id",), ("access_token",))
_PASSWORD: Final = _Grant("oauth2_password", ("username", "password", *_CLIENT))
_APPLICATION: Final = _Grant("oauth2_client_credentials", _CLIENT, ("access_token",))
_CODE: Final = _Grant("oauth2_authorization_code", _CLIENT)
_DEVICE: Final = _Grant("oauth2_device", ("client_id",), authorize="deviceAuthorizationUrl")
_GRANTS: Final[Mapping[str, _Grant]] = {
    "implicit": _IMPLICIT,
    "password": _PASSWORD,
    "application": _APPLICATION,
    "clientCredentials": _APPLICATION,
    "accessCode": _CODE,
    "authorizationCode": _CODE,
    "deviceAuthorization": _DEVICE,
}
"""Flows by the names of every version. The implicit one is of no kind of ours: it is obsolete (RFC 9700)."""
_FLOWS: Final = ("implicit", "password", "clientCredentials", "authorizationCode", "deviceAuthorization")
"""Those that `flows` may have, from version 3.0 on."""

_AUTHORIZATION: Final = "header authorization"
_SIGNATURE: Final = "x-amazon-apigateway-authtype"
"""The extension by which Amazon's API Gateway says how a key for the `Authorization` header is made."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the value of a role goes; `{}` in the template stands for its name."""

    location: str
    name: str
    role: str
    template: str = "{}"

    @property
    def part(self) -> str:
        """The part of a request that it fills; basic authentication has a header for both of its values (RFC 7617)."""
        if self.location.startswith("basic_"):
            return _AUTHORIZATION
        return slot_of(self.location, self.name)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to satisfy a security scheme; without `flow`, the only one.

    `supplied` and `obtained` are the roles of its values; the empty role is the credential that the scheme is about.
    Where it is computed, the header for authorization holds what the values give rather than the values.
    """

    kind: str
    supplied: tuple[str, ...] = ()
    obtained: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()
    format: Node | None = None
    endpoints: MapNode | None = None
    scopes: tuple[ScalarNode, ...] = ()
    flow: str = ""
    extras: MapNode | None = None
    is_computed: bool = False

    @property
    def parts(self) -> frozenset[str]:
        """The parts of a request that it fills, be it with something computed from its values."""
        own = frozenset(slot.part for slot in self.slots)
        return own | {_AUTHORIZATION} if self.is_computed else own

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role, each once."""
        return (*self.supplied, *self.obtained)


@dataclass(frozen=True, slots=True)
class Component:
    """A declared security scheme."""

    name: ScalarNode
    ways: tuple[Way, ...]
    description: Node | None = None
    is_deprecated: bool = False
    extras: MapNode | None = None

    @property
    def wire(self) -> str:
        """Its name in the document."""
        return str(self.name.value)

    @property
    def roles(self) -> frozenset[str]:
        """The roles of all its ways."""
        return frozenset(role for way in self.ways for role in way.roles)

    @property
    def parts(self) -> frozenset[str]:
        """The parts of a request that its ways fill."""
        return frozenset(part for way in self.ways for part in way.parts)

    def kept(self, way: Way) -> MapNode | None:
        """What is kept verbatim of it with one of its ways."""
        return _both(self.extras, way.extras)


@dataclass(frozen=True, slots=True)
class Unusable:
    """A declared security scheme of which nothing can be made, and why; `among` are all that are declared."""

    wire: str
    finding: Finding
    among: TrackedMapping

    def node(self, identifier: str) -> MapNode:
        """A scheme in which the mistake stands, and nowhere else: what a run that keeps going has to leave out."""
        place = self.finding.place
        return make_map(
            place, id=ScalarNode(identifier, place), extras=make_map(place, declared=self.among.take(self.wire))
        )


def list_components(document: TrackedMapping) -> Iterator[Component | Unusable]:
    """What is declared, whether it can be used or not."""
    schemes = document.child("securityDefinitions")
    if document.peek("swagger") is None:
        schemes = document.child("components").child("securitySchemes")
    for entry in schemes.node.entries:
        if entry.key.startswith("x-") and not isinstance(entry.node, MapNode):
            continue  # an extension of the document, not a scheme
        found = _component(entry, schemes, document.node)
        yield Unusable(entry.key, found, schemes) if isinstance(found, Finding) else found


def can_stand_in_a_template(wire: str) -> bool:
    """Whether a placement can refer to a value by its name."""
    return not {"{", "}"} & set(wire)


def _component(entry: Entry, schemes: TrackedMapping, root: MapNode) -> Component | Finding:
    if not isinstance(entry.node, MapNode):
        return report_not_a_mapping(entry.place, f"the security scheme '{entry.key}'")
    reading = schemes.child(entry.key)
    target = _followed(entry.node, root)
    if target is None:
        return report_unfollowed_reference(entry.key, entry.place)
    # What a reference leads to is on record where it is declared itself.
    facts = reading if target is entry.node else TrackedMapping(target)
    ways = _ways(facts, entry.key)
    if isinstance(ways, Finding):
        return ways
    description = facts.take_text("description")
    is_deprecated = facts.take_boolean("deprecated") is True
    kept = facts.leftovers()
    if facts is not reading:
        kept = _both(reading.leftovers(), kept)
    return Component(ScalarNode(entry.key, entry.place), ways, description, is_deprecated, kept)


def _both(first: MapNode | None, second: MapNode | None) -> MapNode | None:
    if first is None or second is None:
        return first or second
    return MapNode((*first.entries, *second.entries), first.place)


def _followed(node: Node, root: MapNode) -> MapNode | None:
    """What a chain of references in the document leads to; None where it leads nowhere, out of it or in a circle."""
    for _ in range(_REFERENCE_LIMIT):
        if not isinstance(node, MapNode):
            return None
        reference = text_of(node.find("$ref"))
        if reference is None:
            return node
        found = _at(root, reference)
        if found is None:
            return None
        node = found
    return None


def _at(root: MapNode, reference: str) -> Node | None:
    """The node at a JSON pointer in a fragment (RFC 6901)."""
    node: Node | None = root if reference.startswith("#/") else None
    for part in reference.removeprefix("#/").split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        node = node.find(key) if isinstance(node, MapNode) else None
    return node


def _ways(facts: TrackedMapping, name: str) -> tuple[Way, ...] | Finding:
    node = facts.peek("type")
    kind = text_of(node)
    if kind is None or node is None:
        return report_missing_key("type", facts.place)
    if kind not in _TYPES:
        return report_unknown_value("type", kind, node.place, _TYPES)
    ways = _TYPES[kind](facts, name)
    if not isinstance(ways, Finding):
        facts.take("type")
    return ways


def _api_key(facts: TrackedMapping, wire: str) -> tuple[Way, ...] | Finding:
    location, name = facts.peek("in"), text_of(facts.peek("name"))
    if location is None or not name:
        return report_missing_key("name" if location is not None else "in", facts.place)
    if text_of(location) not in _LOCATIONS:
        return report_unknown_value("in", str(text_of(location)), location.place, _LOCATIONS)
    if text_of(facts.peek(_SIGNATURE)) == "awsSigv4":
        facts.take(_SIGNATURE)
        return (Way("aws_sigv4", ("access_key_id", "secret_access_key"), is_computed=True),)
    if can_stand_in_a_template(wire):
        facts.take("in")
        facts.take("name")
    return (Way("api_key", ("",), slots=(Slot(str(text_of(location)), name, ""),)),)


def _basic(_facts: TrackedMapping, _wire: str) -> tuple[Way, ...]:
    slots = (Slot("basic_username", "", "username"), Slot("basic_password", "", "password"))
    return (Way("http_basic", ("username", "password"), slots=slots),)


def _http(facts: TrackedMapping, wire: str) -> tuple[Way, ...] | Finding:
    """The schemes of HTTP authentication (RFC 9110); how one without a kind of ours writes its header, it knows."""
    scheme = (text_of(facts.peek("scheme")) or "").lower()
    if not scheme:
        return report_missing_key("scheme", facts.place)
    if scheme == "basic":
        facts.take("scheme")
        return _basic(facts, wire)
    if scheme == "bearer":
        facts.take("scheme")
        slot = Slot("header", "Authorization", "", "Bearer {}")
        return (Way("http_bearer", ("",), slots=(slot,), format=facts.take_text("bearerFormat")),)
    if scheme == "digest":
        facts.take("scheme")
        return (Way("http_digest", ("username", "password"), is_computed=True),)
    return (Way("oauth1" if scheme == "oauth" else "custom", ("",), is_computed=True),)


def _mutual_tls(_facts: TrackedMapping, _wire: str) -> tuple[Way, ...]:
    return (Way("mtls", ("certificate", "private_key")),)


def _openid_connect(_facts: TrackedMapping, _wire: str) -> tuple[Way, ...]:
    return (Way("openid_connect", _CLIENT, _TOKENS, slots=_BEARER),)


def _oauth2(facts: TrackedMapping, _wire: str) -> tuple[Way, ...] | Finding:
    node = facts.peek("flow")
    flow = text_of(node)
    if node is not None and flow is not None:
        if flow not in _GRANTS:
            return report_unknown_value("flow", flow, node.place, _GRANTS)
        facts.take("flow")
        return (_granted("", _GRANTS[flow], facts),)
    node = facts.peek("flows")
    declared = node.entries if isinstance(node, MapNode) else ()
    names = [entry.key for entry in declared if entry.key in _GRANTS and isinstance(entry.node, MapNode)]
    if not names:
        other = next((entry for entry in declared if not entry.key.startswith("x-")), None)
        if other is not None and other.key not in _GRANTS:
            return report_unknown_key(other.key, other.place, _FLOWS)
        return report_missing_key("flows", facts.place)
    flows = facts.child("flows")
    if len(names) == 1:
        return (_granted("", _GRANTS[names[0]], flows.child(names[0])),)
    return tuple(_granted(name, _GRANTS[name], flows.child(name)) for name in names)


def _granted(flow: str, grant: _Grant, facts: TrackedMapping) -> Way:
    """A relative address says nothing without that of the document, and stays."""
    addresses = {
        role: make_map(node.place, url=node)
        for role, key in (("authorize", grant.authorize), ("token", "tokenUrl"), ("refresh", "refreshUrl"))
        if (node := _address(facts, key)) is not None
    }
    scopes = facts.peek("scopes")
    declared = scopes.entries if isinstance(scopes, MapNode) else ()
    return Way(
        grant.kind,
        grant.supplied,
        grant.obtained,
        _BEARER,
        endpoints=make_map(facts.place, **addresses) if addresses else None,
        scopes=tuple(ScalarNode(entry.key, entry.place) for entry in declared if _is_scope(entry.key)),
        flow=flow,
        extras=_wrapped(flow, facts) if flow else None,
    )


def _is_scope(key: str) -> bool:
    """Whether a key of the declared scopes is one: no extension, and no blank in the place of none."""
    return bool(key.strip()) and not key.startswith("x-")


def _wrapped(flow: str, facts: TrackedMapping) -> MapNode | None:
    kept = facts.leftovers()
    if kept is None:
        return None
    return make_map(facts.place, flows=MapNode((Entry(flow, facts.place, kept),), facts.place))


def _address(facts: TrackedMapping, key: str) -> Node | None:
    node = facts.peek(key)
    return facts.take_text(key) if "://" in (text_of(node) or "") else None


_BEARER: Final = (Slot("header", "Authorization", "access_token", "Bearer {}"),)
"""How every resource server has to accept a token (RFC 6750 section 2.1)."""

_TYPES: Final[Mapping[str, Callable[[TrackedMapping, str], tuple[Way, ...] | Finding]]] = {
    "apiKey": _api_key,
    "basic": _basic,
    "http": _http,
    "mutualTLS": _mutual_tls,
    "oauth2": _oauth2,
    "openIdConnect": _openid_connect,
}
