"""Draft the connector of an MCP server, and a scheme for each way to run it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.model import naming
from authscribe.model.draft import DefinitionDraft, ListNode, MapNode, Node, Noun, ScalarNode, Value, get_text
from authscribe.readers.foreign.filled_templates import FilledTemplate
from authscribe.readers.foreign.request_slots import FilledSlot, find_kind, make_placements
from authscribe.readers.foreign.scheme_lists import (
    MethodIds,
    ObtainedSecret,
    SchemeLists,
    SchemeSetting,
    find_credentials,
    make_method_ids,
)
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map


@dataclass(frozen=True, slots=True)
class ServerWay:
    """Way to run a server: a package, a remote or a login, with the settings that it needs.

    `detail` tells it from another one with the same label.
    """

    label: str
    detail: str
    place: Place
    settings: tuple[SchemeSetting, ...] = ()
    obtained: tuple[ObtainedSecret, ...] = ()
    slots: tuple[FilledSlot, ...] = ()
    base: FilledTemplate | None = None
    is_login: bool = False
    extras: MapNode | None = None

    def to_scheme(self, identifier: str, title: Node | Value) -> MapNode:
        """Return the scheme of this way."""
        place = self.place
        return make_map(
            place,
            id=ScalarNode(identifier, place),
            title=title,
            kind=self._find_kind(),
            **SchemeLists(self.settings, self.obtained).to_nodes(place),
            placements=make_placements(self.slots, place),
            endpoints=make_map(place, base=make_map(place, url=self.base.to_url())) if self.base is not None else None,
            extras=self.extras,
        )

    def _find_kind(self) -> str:
        """Return the kind by the credentials in requests; how a program uses its variables is unknown."""
        if self.is_login:
            return "oauth2_authorization_code"
        credentials = find_credentials(self.settings)
        in_base = self.base is not None and not credentials.isdisjoint(self.base.names)
        return find_kind(self.slots, credentials) or ("api_key" if in_base else "custom" if credentials else "none")


def make_identifier(server: TrackedMapping) -> ScalarNode | Finding:
    """Return the id of a server's connector at the place of its name, or why there is none."""
    # The name stays among the facts that are kept: an id has fewer characters.
    name = server.peek("name") or ScalarNode("", server.place)
    identifier = naming.make_id(get_text(name) or "")
    return (
        ScalarNode(identifier, name.place)
        if naming.is_id(identifier)
        else report_bad_id(get_text(name) or "", name.place)
    )


def draft_server(
    identifier: ScalarNode, facts: Mapping[str, Node | Value], ways: Sequence[ServerWay]
) -> Iterator[DefinitionDraft]:
    """Yield the schemes of a server and its connector, of which `facts` holds keys.

    The ways are alternatives. A server without any needs no credential.
    """
    place = identifier.place
    ways = ways or (ServerWay("", "", place),)
    title = facts.get("title")
    methods: list[MapNode] = []
    for way, ids in zip(ways, _make_ids(str(identifier.value), ways), strict=True):
        yield DefinitionDraft(Noun.SCHEME, way.to_scheme(ids.scheme, title))
        schemes = ListNode((ScalarNode(ids.scheme, way.place),), way.place)
        methods.append(make_map(way.place, id=ids.method, title=way.detail or None, schemes=schemes))
    is_single = len(methods) == 1
    connector = make_map(
        place,
        id=identifier,
        scheme=identifier if is_single else None,
        methods=None if is_single else make_list(tuple(methods), place),
        **facts,
    )
    yield DefinitionDraft(Noun.CONNECTOR, connector)


def _make_ids(server: str, ways: Sequence[ServerWay]) -> tuple[MethodIds, ...]:
    if len(ways) == 1:
        return (MethodIds(server, server),)
    labels = Counter(way.label for way in ways)
    names = (way.label if labels[way.label] == 1 else f"{way.label} {way.detail}" for way in ways)
    return make_method_ids(server, names)
