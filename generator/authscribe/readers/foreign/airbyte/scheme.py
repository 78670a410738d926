"""Draft the scheme of one method of an Airbyte connector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from authscribe.findings.finding import Place
from authscribe.model.draft import Entry, MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.airbyte.advanced_auth import CLIENT_CREDENTIALS, SERVER_INPUT, OAuthFlow
from authscribe.readers.foreign.airbyte.mechanism import AuthMechanism
from authscribe.readers.foreign.airbyte.methods import AuthMethod
from authscribe.readers.foreign.scheme_lists import ObtainedSecret, SchemeLists, SchemeSetting, find_credentials
from authscribe.readers.foreign.tracking import make_list, make_map


def draft_scheme(method: AuthMethod, flow: OAuthFlow | None, title: Node | None, place: Place) -> MapNode:
    """Return the scheme of a method; `flow` is set if the platform obtains its first token.

    `title` is that of the specification, for a method that has none.
    """
    merged = _MergedMechanisms()
    for mechanism in method.mechanisms:
        merged.add(mechanism)
    if flow is not None:
        merged.add_flow(flow)
    lists = _make_lists(method, merged, flow)
    kind = _find_kind(method, lists, flow)
    if flow is not None:
        flow.take_condition(kind)
    title = method.title or title
    return make_map(
        place,
        id=method.ids.scheme,
        title=title if get_text(title) is not None else None,
        summary=method.summary,
        kind=kind,
        **lists.to_nodes(place),
        placements=make_list(tuple(merged.placements.values()), place),
        endpoints=_make_map(merged.endpoints, place),
        oauth=merged.oauth,
        token_request=merged.token_request,
        extras=method.schema.leftovers() if method.schema is not None else None,
    )


class _MergedMechanisms:
    """Mechanisms of one method together: the first statement of each fact, and one value for each slot of a request."""

    def __init__(self) -> None:
        self.is_empty = True
        self.placements: dict[tuple[str | None, str], MapNode] = {}
        self.endpoints: dict[str, MapNode] = {}
        self.oauth: MapNode | None = None
        self.token_request: MapNode | None = None
        self.obtained: list[ObtainedSecret] = []

    def add(self, mechanism: AuthMechanism) -> None:
        """Add a mechanism and take its keys; after the first one, only a mechanism that fills other slots is added."""
        placements = {
            (get_text(node.find("in")), (get_text(node.find("name")) or "").lower()): node
            for node in mechanism.placements
        }
        if not self.is_empty and (not placements or self._conflicts(mechanism, placements)):
            return
        self.is_empty = False
        mechanism.take_sources()
        self.placements |= placements
        # Facts of earlier mechanisms count.
        self.endpoints = {**mechanism.endpoints, **self.endpoints}
        self.oauth = self.oauth or mechanism.oauth
        self.token_request = self.token_request or mechanism.token_request
        self.obtained += mechanism.obtained

    def _conflicts(self, mechanism: AuthMechanism, placements: Mapping[tuple[str | None, str], MapNode]) -> bool:
        """Return whether a mechanism states something that is stated already."""
        is_placed = not self.placements.keys().isdisjoint(placements)
        is_addressed = not self.endpoints.keys().isdisjoint(mechanism.endpoints)
        pairs = ((self.oauth, mechanism.oauth), (self.token_request, mechanism.token_request))
        return is_placed or is_addressed or any(own is not None and other is not None for own, other in pairs)

    def add_flow(self, flow: OAuthFlow) -> None:
        """Add the flow of the platform, which gives the first token, whatever renews it."""
        self.endpoints = {**self.endpoints, **flow.endpoints}
        own = self.oauth.entries if self.oauth is not None else ()
        entries = {entry.key: entry for entry in (*own, *flow.oauth.entries)}
        self.oauth = MapNode(tuple(entries.values()), flow.oauth.place) if entries else None


def _make_map(nodes: Mapping[str, MapNode], place: Place) -> MapNode | None:
    return MapNode(tuple(Entry(key, node.place, node) for key, node in nodes.items()), place) if nodes else None


def _make_lists(method: AuthMethod, merged: _MergedMechanisms, flow: OAuthFlow | None) -> SchemeLists:
    declared = {setting.wire: setting for setting in method.settings}
    obtained = tuple(secret for secret in merged.obtained if secret.wire not in declared)
    if flow is None:
        return SchemeLists(method.settings, obtained)
    credentials = {given.wire: _make_credential(flow, given, declared) for given in flow.credentials}
    filled = _list_filled(flow, declared, credentials)
    return SchemeLists(method.settings, (*filled, *obtained), tuple(credentials.values()))


def _list_filled(
    flow: OAuthFlow, declared: Mapping[str, SchemeSetting], credentials: Mapping[str, SchemeSetting]
) -> Iterator[ObtainedSecret]:
    """Yield the settings that the flow fills: tokens, and copies of what the administrator of the platform supplies."""
    for name, source in {**flow.copies, **flow.tokens}.items():
        given = credentials.get(str(source.value)) if name not in flow.tokens else None
        origin = make_map(
            source.place,
            source="copied" if given is not None else "onboarding" if name in flow.tokens else "platform",
            required=given.name if given is not None else None,
        )
        setting = declared.get(name)
        if setting is None:
            yield ObtainedSecret(ScalarNode(name, source.place), origin, MapNode((), source.place))
        else:
            optional = make_map(setting.name.place, optional=True).entries if setting.is_optional else ()
            facts = MapNode((*setting.facts.entries, *optional), setting.name.place)
            yield ObtainedSecret(setting.name, origin, facts, is_secret=setting.is_secret)


def _make_credential(flow: OAuthFlow, given: SchemeSetting, declared: Mapping[str, SchemeSetting]) -> SchemeSetting:
    """Return a value that the administrator supplies; it is as secret as the setting that gets it.

    If the connector has another setting of the same name, the credential is named by its place in the flow.
    """
    place = given.name.place
    target = next((declared.get(name) for name, source in flow.copies.items() if source.value == given.wire), None)
    is_setting = given.wire in flow.copies
    has_own_name = is_setting or given.wire not in declared
    name = given.name if has_own_name else ScalarNode(f"{SERVER_INPUT}.{given.wire}", place)
    is_secret = given.is_secret or (target.is_secret if target is not None else given.wire in CLIENT_CREDENTIALS)
    secrecy = "yes" if is_secret else "unknown" if target is None else "no"
    own = declared[given.wire].facts.entries if is_setting and given.wire in declared else ()
    facts = {entry.key: entry for entry in (*own, *given.facts.entries, *make_map(place, secret=secrecy).entries)}
    return SchemeSetting(name, MapNode(tuple(facts.values()), place), is_secret=True)


def _find_kind(method: AuthMethod, lists: SchemeLists, flow: OAuthFlow | None) -> str:
    """Return the kind of the first authenticator, unless that only renews the tokens of a flow."""
    kind = next((mechanism.kind for mechanism in method.mechanisms if mechanism.kind != "none"), None)
    if flow is not None and kind in (None, "custom", "oauth2_refresh", "http_bearer", "api_key"):
        return flow.kind
    has_secrets = bool(lists.credentials) or bool(find_credentials(lists.settings))
    return kind or ("custom" if has_secrets else "none")
