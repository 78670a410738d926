"""Draft the scheme and the connector of one Nango provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model import naming
from authscribe.model.draft import Entry, ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.model.nango import (
    ACCESS,
    CONNECTION,
    CREDENTIALS,
    SCOPES,
    SIGNED,
    VERIFICATION,
    AuthMode,
    ModeToken,
    find_mode,
    find_signature,
)
from authscribe.model.placement_template import list_hole_names
from authscribe.readers.foreign.literal_credentials import holds_credential
from authscribe.readers.foreign.nango.fields import is_computed, is_left_out, make_setting, take_secrecy
from authscribe.readers.foreign.nango.literals import is_credential
from authscribe.readers.foreign.nango.placements import list_values, read_placements
from authscribe.readers.foreign.nango.requests import find_expiry, read_endpoints, read_oauth
from authscribe.readers.foreign.nango.scope import ProviderField, ProviderScope
from authscribe.readers.foreign.nango.templates import find_innermost
from authscribe.readers.foreign.nango.token_requests import read_token_request
from authscribe.readers.foreign.scheme_lists import list_texts
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map, make_plain_map, parse_boolean

_AUTHENTICATION_PREFIXES: Final = (
    "access_token", "additional_steps", "alternate_access", "assertion", "auth", "body_format", "client_",
    "connection_config", "credentials", "decode_url", "default_scopes", "disable_pkce", "expires_in",
    "integration_config", "redirect_uri", "refresh", "registration", "request", "require_client", "scope",
    "signature", "token",
)  # fmt: skip
"""Beginnings of keys about authentication; all other keys are about the connector."""

_SENT_KEYS: Final = (SIGNED, "authorization_params", "registration_params", "request_params")
"""Keys of what is sent or signed, of which some has no place in the models."""

_COPIED_KEYS: Final = frozenset({"name", "names", "type", "title", "description", "secret"})
"""Keys that an injected secret has in common with the required secret that it is copied from."""


def find_provider_mode(provider: TrackedMapping) -> AuthMode:
    """Return the mode of a provider, which other keys may refine."""
    params, headers = provider.child("token_params").node, provider.child("proxy").child("headers").node
    return find_mode(
        get_text(provider.peek("auth_mode")) or "",
        grant=get_text(params.find("grant_type")),
        registration=get_text(provider.peek("client_registration")),
        authentication=get_text(provider.peek("token_request_auth_method")),
        has_certificate=parse_boolean(provider.peek("require_client_certificate")) is True,
        has_refresh_token=get_text(provider.child("token_response").peek("refresh_token")) is not None,
        signs_token=isinstance(provider.peek(SIGNED), MapNode),
        asks_scopes=params.find("scope") is None and provider.child(CONNECTION).peek(SCOPES) is not None,
        signature=find_signature({entry.key: get_text(entry.node) or "" for entry in headers.entries}),
    )


def draft_provider(
    provider: TrackedMapping, identifier: str, mode: AuthMode, scope: ProviderScope
) -> tuple[MapNode, MapNode]:
    """Return the scheme and the connector of a provider, in which all of its keys are mapped or kept."""
    title = provider.take_string("display_name")
    scheme = _draft_scheme(provider, identifier, title, mode, scope)
    docs = provider.take_text("docs")
    leftovers = provider.leftovers()
    entries = leftovers.entries if leftovers is not None else ()
    connector = make_map(
        provider.place,
        id=identifier,
        title=title,
        docs=docs,
        scheme=identifier,
        extras=_make_map(entry for entry in entries if not entry.key.startswith(_AUTHENTICATION_PREFIXES)),
    )
    return _add_extras(scheme, (e for e in entries if e.key.startswith(_AUTHENTICATION_PREFIXES))), connector


def _draft_scheme(
    provider: TrackedMapping, identifier: str, title: Node | None, mode: AuthMode, scope: ProviderScope
) -> MapNode:
    stated = provider.take("auth_mode") or ScalarNode(None, provider.place)
    endpoints = read_endpoints(provider, get_text(stated) or "", mode, scope)
    placements = read_placements(provider, mode, scope, stated.place)
    others = (provider.child("proxy").child(VERIFICATION), *provider.children("additional_steps"))
    for part in (*map(provider.child, _SENT_KEYS), *others):
        _withhold_credentials(part)
    sorter = _SettingSorter(provider, mode, scope, stated.place, frozenset(_find_carried(endpoints, placements)))
    return make_map(
        provider.place,
        id=identifier,
        title=title,
        kind=ScalarNode(mode.kind, stated.place),
        selector=make_plain_map({"auth_mode": stated}, stated.place),
        **sorter.to_nodes(),
        placements=placements,
        endpoints=endpoints,
        oauth=read_oauth(provider, mode, stated.place),
        token_request=read_token_request(provider, mode, scope, stated.place),
        extras=_keep_proxy(provider.child("proxy")),
    )


def _withhold_credentials(sent: TrackedMapping) -> None:
    """Withhold the literals in what is sent, at every depth, that may be credentials or addresses with some."""
    for mapping, key, path in tuple(list_values(sent, ())):
        node = mapping.peek(key)
        texts = (get_text(node) or "", *list_texts(node))
        if node is not None and (is_credential(node, path) or any(map(holds_credential, texts))):
            mapping.withhold(key)


def _find_carried(endpoints: MapNode | None, placements: ListNode) -> Iterator[str]:
    """Yield the names of the settings in the placements and in the base address."""
    for placement in placements.items:
        templates = (placement.find(key) for key in ("value", "fallback")) if isinstance(placement, MapNode) else ()
        yield from list_hole_names(*(get_text(template) or "" for template in templates))
    base = endpoints.find("base") if endpoints is not None else None
    for entry in base.entries if isinstance(base, MapNode) else ():
        yield from find_innermost(get_text(entry.node) or "")


@dataclass(frozen=True, slots=True)
class _SettingSorter:
    """Sorter of a provider's settings into the lists of its scheme; `carried` are the names in its requests."""

    provider: TrackedMapping
    mode: AuthMode
    scope: ProviderScope
    place: Place
    carried: frozenset[str]

    def to_nodes(self) -> dict[str, ListNode | None]:
        """Return the required secrets, injected secrets and parameters under the keys of a scheme."""
        names = [*(field.name for field in self.scope.fields), *(token.name for token in self.mode.tokens)]
        attributes = naming.spell_apart(names)
        lists: dict[str, list[Node]] = {"required": [], "injected": [], "parameters": []}
        for field in self.scope.fields:
            for key, setting in self._sort(field, attributes.get(field.name)):
                lists[key].append(setting)
        lists["injected"] += (self._make_token(token, attributes.get(token.name)) for token in self.mode.tokens)
        return {key: make_list(tuple(items), self.place) for key, items in lists.items()}

    def _sort(self, field: ProviderField, attribute: str | None) -> Iterator[tuple[str, MapNode]]:
        """Yield the definitions of a field, each with the key of its list.

        The owner is not asked for what Nango computes or captures, nor for what its form hides without a default.
        """
        declaration = self._find_declaration(field)
        secrecy = take_secrecy(field, declaration, self.scope)
        if field.key in self.mode.optional_fields:
            field = field._replace(is_optional=True)
        setting = make_setting(field, declaration, attribute, secrecy, self.scope)
        if is_computed(field, declaration) or is_left_out(declaration):
            is_derived = field.group == CREDENTIALS and is_computed(field, declaration)
            yield "injected", _make_obtained(setting, "derived" if is_derived else "onboarding")
        elif secrecy is None:
            yield "parameters", setting
        else:
            yield "required", setting
            if self._is_injected(field):
                yield "injected", _copy(setting, field)

    def _is_injected(self, field: ProviderField) -> bool:
        """Return whether the system needs a secret of the owner at run time."""
        is_kept = field.group == CREDENTIALS and field.key in self.mode.kept_fields
        return is_kept or not self.mode.tokens or field.name in self.carried

    def _find_declaration(self, field: ProviderField) -> TrackedMapping:
        """Return the declaration of a field, which may be no more than a name."""
        if field.entry is None:
            return TrackedMapping(MapNode((), field.place))
        node = field.entry.node
        group = self.provider.child(field.group)
        if isinstance(node, MapNode):
            return group.child(field.key)
        group.take(field.key)
        is_empty = isinstance(node, ScalarNode) and node.value is None
        return TrackedMapping(MapNode(() if is_empty else (Entry("value", node.place, node),), field.place))

    def _make_token(self, token: ModeToken, attribute: str | None) -> MapNode:
        expiry = find_expiry(self.provider.node) if token.name == ACCESS else None
        return make_map(
            self.place,
            name=token.name,
            names=make_plain_map({"python": attribute}, self.place) if attribute is not None else None,
            description=token.description,
            origin=make_plain_map({"source": token.source}, self.place),
            lifetime=ScalarNode("expires", expiry.place) if expiry is not None else token.lifetime,
        )


def _make_obtained(setting: MapNode, source: str) -> MapNode:
    """Return an injected secret for a setting that the owner is not asked for; a parameter is not secret."""
    if setting.find("secret") is None:
        setting = _add_entry(setting, "secret", ScalarNode("no", setting.place))
    return _add_entry(setting, "origin", make_plain_map({"source": source}, setting.place))


def _copy(setting: MapNode, field: ProviderField) -> MapNode:
    """Return the injected copy of a required secret."""
    copied = tuple(entry for entry in setting.entries if entry.key in _COPIED_KEYS)
    origin = make_plain_map({"source": "copied", "required": field.name}, field.place)
    return _add_entry(MapNode(copied, setting.place), "origin", origin)


def _keep_proxy(proxy: TrackedMapping) -> MapNode | None:
    """Return the headers, query and body of the proxy that are more than references."""
    entries = tuple(
        Entry(key, leftovers.place, leftovers)
        for key in ("headers", "query", "body")
        if (leftovers := proxy.child(key).leftovers()) is not None
    )
    return make_plain_map({"proxy": _make_map(entries)}, entries[0].place) if entries else None


def _add_extras(scheme: MapNode, entries: Iterable[Entry]) -> MapNode:
    extras = scheme.find("extras")
    before = extras.entries if isinstance(extras, MapNode) else ()
    others = tuple(entry for entry in scheme.entries if entry.key != "extras")
    return _add_entry(MapNode(others, scheme.place), "extras", _make_map((*before, *entries)))


def _add_entry(node: MapNode, key: str, value: Node | None) -> MapNode:
    return node if value is None else MapNode((*node.entries, Entry(key, value.place, value)), node.place)


def _make_map(entries: Iterable[Entry]) -> MapNode | None:
    entries = tuple(entries)
    return MapNode(entries, entries[0].place) if entries else None
