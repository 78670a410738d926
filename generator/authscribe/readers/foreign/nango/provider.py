"""One provider of Nango as a connector and the scheme that it uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model import naming
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, text_of
from authscribe.model.placement_template import hole_names
from authscribe.readers.foreign.nango.fields import make_setting, read_secrecy
from authscribe.readers.foreign.nango.modes import ACCESS, MODES, OTHER, Mode, Token
from authscribe.readers.foreign.nango.requests import (
    read_endpoints,
    read_expiry,
    read_oauth,
    read_placements,
    read_token_request,
    take_string,
)
from authscribe.readers.foreign.nango.scope import CREDENTIALS, Field, Scope
from authscribe.readers.foreign.nango.templates import find_innermost
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map, make_plain_map

_CONCERNS_AUTHENTICATION: Final = (
    "access_token", "additional_steps", "alternate_access", "assertion", "auth", "body_format", "client_",
    "connection_config", "credentials", "decode_url", "default_scopes", "disable_pkce", "expires_in",
    "integration_config", "redirect_uri", "refresh", "registration", "request", "require_client", "scope",
    "signature", "token",
)  # fmt: skip
"""What the keys about authentication begin with; all others are about the connector."""

_COPIED: Final = frozenset({"name", "names", "type", "title", "description", "secret"})
"""What an injected secret has in common with the one that it is copied from."""


def find_mode(provider: TrackedMapping) -> Mode:
    """What is known of the mode of a provider, with what other keys say of it.

    OAUTH2 may be used without a user; a client of MCP registers itself unless the provider says `static`.
    """
    mode = MODES.get(text_of(provider.peek("auth_mode")) or "", OTHER)
    params = provider.peek("token_params")
    grant = text_of(params.find("grant_type")) if isinstance(params, MapNode) else None
    if mode is MODES["OAUTH2"] and grant == "client_credentials":
        return MODES["OAUTH2_CC"]
    is_known = text_of(provider.peek("client_registration")) == "static"
    return MODES["OAUTH2"] if mode is MODES["MCP_OAUTH2"] and is_known else mode


def draft_provider(provider: TrackedMapping, identifier: str, scope: Scope) -> tuple[MapNode, MapNode]:
    """The scheme and the connector of a provider, in which all of its keys are mapped or kept."""
    title = take_string(provider, "display_name")
    scheme = _scheme(provider, identifier, title, scope)
    docs = provider.take_text("docs")
    kept = provider.leftovers()
    about = {True: list[Entry](), False: list[Entry]()}
    for entry in kept.entries if kept is not None else ():
        about[entry.key.startswith(_CONCERNS_AUTHENTICATION)].append(entry)
    connector = make_map(
        provider.place, id=identifier, title=title, docs=docs, scheme=identifier, extras=_mapping(about[False])
    )
    return _with_extras(scheme, about[True]), connector


def _scheme(provider: TrackedMapping, identifier: str, title: Node | None, scope: Scope) -> MapNode:
    mode = find_mode(provider)
    stated = provider.take("auth_mode") or ScalarNode(None, provider.place)
    addresses = read_endpoints(provider, text_of(stated) or "", scope)
    slots = read_placements(provider, mode, scope, stated.place)
    is_oauth = mode.kind.startswith("oauth2")
    settings = _Settings(provider, mode, scope, stated.place, frozenset(_carried(addresses, slots)))
    return make_map(
        provider.place,
        id=identifier,
        title=title,
        kind=ScalarNode(mode.kind, stated.place),
        selector=make_plain_map({"auth_mode": stated}, stated.place),
        **settings.lists(),
        placements=slots,
        endpoints=addresses,
        oauth=read_oauth(provider, stated.place) if is_oauth else None,
        token_request=read_token_request(provider, scope, stated.place) if mode.kind == "two_step" else None,
        extras=_unplaced(provider.child("proxy")),
    )


def _carried(addresses: MapNode | None, slots: ListNode) -> Iterator[str]:
    """The names of what every request carries or goes by."""
    for slot in slots.items:
        value = slot.find("value") if isinstance(slot, MapNode) else None
        yield from hole_names(text_of(value) or "")
    base = addresses.find("base") if addresses is not None else None
    for entry in base.entries if isinstance(base, MapNode) else ():
        yield from find_innermost(text_of(entry.node) or "")


@dataclass(frozen=True, slots=True)
class _Settings:
    """The settings of a provider, sorted into the lists of its scheme; `carried` are the names in its requests."""

    provider: TrackedMapping
    mode: Mode
    scope: Scope
    place: Place
    carried: frozenset[str]

    def lists(self) -> dict[str, ListNode | None]:
        """What the owner supplies, what the system gets, and what is not secret.

        A credential that the vendor computes is not asked for; it is derived.
        """
        names = [*(field.name for field in self.scope.fields), *(token.name for token in self.mode.tokens)]
        spelt = naming.spell_apart(names)
        found: dict[str, list[Node]] = {"required": [], "injected": [], "parameters": []}
        for field in self.scope.fields:
            self._sort(field, spelt.get(field.name), found)
        found["injected"] += (self._token(token, spelt.get(token.name)) for token in self.mode.tokens)
        return {key: make_list(tuple(items), self.place) for key, items in found.items()}

    def _sort(self, field: Field, attribute: str | None, found: dict[str, list[Node]]) -> None:
        stated = self._stated(field)
        secret = read_secrecy(field, stated)
        setting = make_setting(field, stated, attribute, secret)
        if secret is None:
            found["parameters"].append(setting)
        elif field.group == CREDENTIALS and _is_computed(setting):
            found["injected"].append(_with(setting, "origin", make_plain_map({"source": "derived"}, field.place)))
        else:
            found["required"].append(setting)
            if self._is_kept(field):
                found["injected"].append(_copy(setting, field))

    def _is_kept(self, field: Field) -> bool:
        """Whether the system needs at run time what the owner supplies."""
        is_asked = field.group == CREDENTIALS and field.key in self.mode.keeps
        return is_asked or not self.mode.tokens or field.name in self.carried

    def _stated(self, field: Field) -> TrackedMapping:
        """What the provider says of a field, of which it may only say the name."""
        if field.entry is None:
            return TrackedMapping(MapNode((), field.place))
        node = field.entry.node
        group = self.provider.child(field.group)
        if isinstance(node, MapNode):
            return group.child(field.key)
        group.take(field.key)
        is_empty = isinstance(node, ScalarNode) and node.value is None
        return TrackedMapping(MapNode(() if is_empty else (Entry("value", node.place, node),), field.place))

    def _token(self, token: Token, attribute: str | None) -> MapNode:
        expiry = read_expiry(self.provider.node) if token.name == ACCESS else None
        return make_map(
            self.place,
            name=token.name,
            names=make_plain_map({"python": attribute}, self.place) if attribute is not None else None,
            description=token.description,
            origin=make_plain_map({"source": token.source}, self.place),
            lifetime=ScalarNode("expires", expiry.place) if expiry is not None else token.lifetime,
        )


def _is_computed(setting: MapNode) -> bool:
    automated = setting.find("automated")
    return isinstance(automated, ScalarNode) and automated.value is True


def _copy(setting: MapNode, field: Field) -> MapNode:
    """What the owner supplies, as the system gets it."""
    shared = tuple(entry for entry in setting.entries if entry.key in _COPIED)
    origin = make_plain_map({"source": "copied", "required": field.name}, field.place)
    return _with(MapNode(shared, setting.place), "origin", origin)


def _unplaced(proxy: TrackedMapping) -> MapNode | None:
    """The headers, the query and the body of the proxy, as far as they are more than references."""
    parts = ("headers", "query", "body")
    kept = [Entry(key, rest.place, rest) for key in parts if (rest := proxy.child(key).leftovers()) is not None]
    return make_plain_map({"proxy": _mapping(kept)}, kept[0].place) if kept else None


def _with_extras(scheme: MapNode, kept: list[Entry]) -> MapNode:
    extras = scheme.find("extras")
    before = extras.entries if isinstance(extras, MapNode) else ()
    others = tuple(entry for entry in scheme.entries if entry.key != "extras")
    return _with(MapNode(others, scheme.place), "extras", _mapping([*before, *kept]))


def _with(node: MapNode, key: str, value: MapNode | None) -> MapNode:
    return node if value is None else MapNode((*node.entries, Entry(key, value.place, value)), node.place)


def _mapping(found: list[Entry]) -> MapNode | None:
    return MapNode(tuple(found), found[0].place) if found else None
