"""One provider of Nango as a connector and the scheme that it uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from authscribe import naming, placement
from authscribe.draft import Entry, ListNode, MapNode, Node, ScalarNode, text
from authscribe.finding import Place
from authscribe.readers.foreign import Reading, entries, listed, mapped
from authscribe.readers.nango import fields, requests
from authscribe.readers.nango.modes import ACCESS, MODES, OTHER, Mode, Token
from authscribe.readers.nango.requests import string
from authscribe.readers.nango.scope import CREDENTIALS, Field, Scope
from authscribe.readers.nango.templates import innermost

_CONCERNS_AUTHENTICATION: Final = (
    "access_token", "additional_steps", "alternate_access", "assertion", "auth", "body_format", "client_",
    "connection_config", "credentials", "decode_url", "default_scopes", "disable_pkce", "expires_in",
    "integration_config", "redirect_uri", "refresh", "registration", "request", "require_client", "scope",
    "signature", "token",
)  # fmt: skip
"""What the keys about authentication begin with; all others are about the connector."""

_COPIED: Final = frozenset({"name", "names", "type", "title", "description", "secret"})
"""What an injected secret has in common with the one that it is copied from."""


def mode_of(provider: Reading) -> Mode:
    """What is known of the mode of a provider, with what other keys say of it.

    OAUTH2 may be used without a user; a client of MCP registers itself unless the provider says `static`.
    """
    mode = MODES.get(text(provider.peek("auth_mode")) or "", OTHER)
    params = provider.peek("token_params")
    grant = text(params.find("grant_type")) if isinstance(params, MapNode) else None
    if mode is MODES["OAUTH2"] and grant == "client_credentials":
        return MODES["OAUTH2_CC"]
    is_known = text(provider.peek("client_registration")) == "static"
    return MODES["OAUTH2"] if mode is MODES["MCP_OAUTH2"] and is_known else mode


def definitions(provider: Reading, identifier: str, scope: Scope) -> tuple[MapNode, MapNode]:
    """The scheme and the connector of a provider, in which all of its keys are mapped or kept."""
    title = string(provider, "display_name")
    scheme = _scheme(provider, identifier, title, scope)
    docs = provider.text("docs")
    kept = provider.rest()
    about = {True: list[Entry](), False: list[Entry]()}
    for entry in kept.entries if kept is not None else ():
        about[entry.key.startswith(_CONCERNS_AUTHENTICATION)].append(entry)
    connector = entries(
        provider.place, id=identifier, title=title, docs=docs, scheme=identifier, extras=_mapping(about[False])
    )
    return _with_extras(scheme, about[True]), connector


def _scheme(provider: Reading, identifier: str, title: Node | None, scope: Scope) -> MapNode:
    mode = mode_of(provider)
    stated = provider.take("auth_mode") or ScalarNode(None, provider.place)
    addresses = requests.endpoints(provider, text(stated) or "", scope)
    slots = requests.placements(provider, mode, scope, stated.place)
    is_oauth = mode.kind.startswith("oauth2")
    settings = _Settings(provider, mode, scope, stated.place, frozenset(_carried(addresses, slots)))
    return entries(
        provider.place,
        id=identifier,
        title=title,
        kind=ScalarNode(mode.kind, stated.place),
        selector=mapped({"auth_mode": stated}, stated.place),
        **settings.lists(),
        placements=slots,
        endpoints=addresses,
        oauth=requests.oauth(provider, stated.place) if is_oauth else None,
        token_request=requests.token_request(provider, scope, stated.place) if mode.kind == "two_step" else None,
        extras=_unplaced(provider.within("proxy")),
    )


def _carried(addresses: MapNode | None, slots: ListNode) -> Iterator[str]:
    """The names of what every request carries or goes by."""
    for slot in slots.items:
        value = slot.find("value") if isinstance(slot, MapNode) else None
        yield from placement.names(text(value) or "")
    base = addresses.find("base") if addresses is not None else None
    for entry in base.entries if isinstance(base, MapNode) else ():
        yield from innermost(text(entry.node) or "")


@dataclass(frozen=True, slots=True)
class _Settings:
    """The settings of a provider, sorted into the lists of its scheme; `carried` are the names in its requests."""

    provider: Reading
    mode: Mode
    scope: Scope
    place: Place
    carried: frozenset[str]

    def lists(self) -> dict[str, ListNode | None]:
        """What the owner supplies, what the system gets, and what is not secret.

        A credential that the vendor computes is not asked for; it is derived.
        """
        names = [*(field.name for field in self.scope.fields), *(token.name for token in self.mode.tokens)]
        spelt = naming.spelt_apart(names)
        found: dict[str, list[Node]] = {"required": [], "injected": [], "parameters": []}
        for field in self.scope.fields:
            self._sort(field, spelt.get(field.name), found)
        found["injected"] += (self._token(token, spelt.get(token.name)) for token in self.mode.tokens)
        return {key: listed(tuple(items), self.place) for key, items in found.items()}

    def _sort(self, field: Field, attribute: str | None, found: dict[str, list[Node]]) -> None:
        stated = self._stated(field)
        secret = fields.secrecy(field, stated)
        setting = fields.setting(field, stated, attribute, secret)
        if secret is None:
            found["parameters"].append(setting)
        elif field.group == CREDENTIALS and _is_computed(setting):
            found["injected"].append(_with(setting, "origin", mapped({"source": "derived"}, field.place)))
        else:
            found["required"].append(setting)
            if self._is_kept(field):
                found["injected"].append(_copy(setting, field))

    def _is_kept(self, field: Field) -> bool:
        """Whether the system needs at run time what the owner supplies."""
        is_asked = field.group == CREDENTIALS and field.key in self.mode.keeps
        return is_asked or not self.mode.tokens or field.name in self.carried

    def _stated(self, field: Field) -> Reading:
        """What the provider says of a field, of which it may only say the name."""
        if field.entry is None:
            return Reading(MapNode((), field.place), [])
        node = field.entry.node
        group = self.provider.within(field.group)
        if isinstance(node, MapNode):
            return group.within(field.key)
        group.take(field.key)
        is_empty = isinstance(node, ScalarNode) and node.value is None
        return Reading(MapNode(() if is_empty else (Entry("value", node.place, node),), field.place), [])

    def _token(self, token: Token, attribute: str | None) -> MapNode:
        expiry = requests.expiry(self.provider.node) if token.name == ACCESS else None
        return entries(
            self.place,
            name=token.name,
            names=mapped({"python": attribute}, self.place) if attribute is not None else None,
            description=token.description,
            origin=mapped({"source": token.source}, self.place),
            lifetime=ScalarNode("expires", expiry.place) if expiry is not None else token.lifetime,
        )


def _is_computed(setting: MapNode) -> bool:
    automated = setting.find("automated")
    return isinstance(automated, ScalarNode) and automated.value is True


def _copy(setting: MapNode, field: Field) -> MapNode:
    """What the owner supplies, as the system gets it."""
    shared = tuple(entry for entry in setting.entries if entry.key in _COPIED)
    origin = mapped({"source": "copied", "required": field.name}, field.place)
    return _with(MapNode(shared, setting.place), "origin", origin)


def _unplaced(proxy: Reading) -> MapNode | None:
    """The headers, the query and the body of the proxy, as far as they are more than references."""
    parts = ("headers", "query", "body")
    kept = [Entry(key, rest.place, rest) for key in parts if (rest := proxy.within(key).rest()) is not None]
    return mapped({"proxy": _mapping(kept)}, kept[0].place) if kept else None


def _with_extras(scheme: MapNode, kept: list[Entry]) -> MapNode:
    extras = scheme.find("extras")
    before = extras.entries if isinstance(extras, MapNode) else ()
    others = tuple(entry for entry in scheme.entries if entry.key != "extras")
    return _with(MapNode(others, scheme.place), "extras", _mapping([*before, *kept]))


def _with(node: MapNode, key: str, value: MapNode | None) -> MapNode:
    return node if value is None else MapNode((*node.entries, Entry(key, value.place, value)), node.place)


def _mapping(found: list[Entry]) -> MapNode | None:
    return MapNode(tuple(found), found[0].place) if found else None
