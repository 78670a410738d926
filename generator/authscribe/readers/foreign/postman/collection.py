"""Draft the connector of a Postman collection: the ways in which its requests authenticate.

An item without an auth inherits that of the folder around it, and so on up to the collection; `noauth` ends that. A
request may carry credentials in headers and parameters of its own, instead of an auth or beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from authscribe.findings.finding import Finding, Place, attribute_findings
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.model import naming
from authscribe.model.draft import DefinitionDraft, ListNode, MapNode, Node, Noun, ScalarNode, Value, get_text
from authscribe.readers.foreign.alternatives import EXCESS, find_excess
from authscribe.readers.foreign.filled_templates import FilledTemplate
from authscribe.readers.foreign.postman.auth import (
    NO_AUTHENTICATION,
    AuthSetting,
    AuthToken,
    PostmanAuth,
    is_read,
    merge_settings,
    read_auth,
)
from authscribe.readers.foreign.postman.fields import asks_for_token, list_credentials, list_secret_variables
from authscribe.readers.foreign.postman.names import find_name
from authscribe.readers.foreign.postman.variables import (
    DeclaredVariables,
    fill_variables,
    read_variables,
    take_description,
    withhold_rest,
)
from authscribe.readers.foreign.request_slots import FilledSlot, make_placements
from authscribe.readers.foreign.scheme_lists import (
    MethodIds,
    ObtainedSecret,
    SchemeLists,
    SchemeSetting,
    make_method_ids,
)
from authscribe.readers.foreign.shapes import find_wrong_lists, find_wrong_mappings
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map, make_plain_map

_VARIABLE: Final = r"\{\{[^{}]+\}\}"
_PORT: Final = rf":(?:[0-9]{{1,5}}|{_VARIABLE})"
_ORIGIN: Final = re.compile(
    rf"((?:https?|{_VARIABLE})://(?:[A-Za-z0-9.-]|{_VARIABLE})+(?:{_PORT})?)(?:[/?#].*)?"
    rf"|({_VARIABLE}{_PORT})(?:[/?#].*)?|({_VARIABLE})(?:[^:@].*)?",
    re.DOTALL,
)
"""Addresses without user information, and the part of them that ends with the host or a variable in place of it."""
_AUTHORIZATION: Final = ("header", "authorization")
_KEEPING_TYPES: Final = (NO_AUTHENTICATION.label, "apikey")
"""Types of auth that leave the header for credentials alone."""
_FACTS: Final = ("_postman_id", "schema", "version")
"""Facts about a collection that are no values."""


def read_collection(path: str, collection: TrackedMapping) -> Iterator[DefinitionDraft | Finding]:
    """Yield the connector of a collection after its schemes, and findings.

    Requests and scripts are withheld as a whole, but for the facts about authentication in them.
    """
    info = collection.child("info")
    name = find_name(path, info.peek("name"))
    place = (info.peek("name") or collection).place
    if name.identifier is None:
        withhold_rest(collection)
        yield report_bad_id(name.text, place)
        return
    reader = _CollectionReader(collection.node)
    ways = tuple(reader.list_ways())
    variables = read_variables(collection, "variable", reader.secret_names, _list_used(ways))
    wrong = (*find_wrong_lists(collection, "item", "variable"), *find_wrong_mappings(collection, "info"))
    yield from attribute_findings((*wrong, *variables.findings, *reader.findings), name.identifier)
    _account_auth(collection.child("auth"))
    withhold_rest(collection)
    facts: dict[str, Node | Value] = {
        "title": info.take_text("name"),
        "summary": take_description(info),
    }
    withhold_rest(info, keep=tuple(key for key in _FACTS if get_text(info.peek(key)) is not None))
    identifier = ScalarNode(name.identifier, place)
    unused = _list_unused(variables, ways, reader.token_ways)
    excess = find_excess(place, len(ways), len(unused))
    if excess is not None:
        collection.abandon(EXCESS)
        yield excess
        return
    drafts = _WayDrafts(identifier, facts["title"], variables, ways, reader.find_base(), unused)
    yield from drafts.draft_schemes()
    yield drafts.draft_connector(facts, collection.leftovers())


def _account_auth(auth: TrackedMapping) -> None:
    """Account for an auth that has been read: other types that it has been before, and values, are withheld."""
    label = get_text(auth.peek("type")) or ""
    auth.take_text("type")
    for param in auth.children(label):
        name = get_text(param.peek("key")) or ""
        for key in ("key", "type", *(("value",) if is_read(name, param.peek("value")) else ())):
            param.take_text(key)
        withhold_rest(param)
    params = auth.child(label)
    for name in params.keys:
        if is_read(name, params.peek(name)):
            params.take_text(name)
    withhold_rest(params)
    withhold_rest(auth)


@dataclass(slots=True)
class _CollectionReader:
    """Reader of what requests state about authentication, and of their addresses.

    `origins` are the beginnings of addresses, None for one that is not understood, and `secret_names` the variables
    that bodies carry as credentials. What requests for tokens state is in `token_ways` and `token_origins`.
    """

    node: MapNode
    findings: dict[Finding, None] = field(default_factory=dict)
    origins: dict[str | None, None] = field(default_factory=dict)
    secret_names: set[str] = field(default_factory=set)
    token_ways: dict[PostmanAuth, None] = field(default_factory=dict)
    token_origins: dict[str | None, None] = field(default_factory=dict)

    def list_ways(self) -> Iterator[PostmanAuth]:
        """Yield each way to authenticate once, in the order of the requests; none if nothing does.

        The ways of requests for tokens count only if there are no other requests.
        """
        own = self._read(self.node) or NO_AUTHENTICATION
        items = self.node.find("item")
        used = dict.fromkeys(self._walk(items, own)) or self.token_ways or {own: None}
        yield from (way for way in used if way != NO_AUTHENTICATION)

    def find_base(self) -> FilledTemplate | None:
        """Return the address that all requests, or else those for tokens, begin with, after they have been read."""
        origin, *others = (*(self.origins or self.token_origins), None)
        return fill_variables(origin) if origin is not None and len(others) == 1 else None

    def _read(self, node: MapNode) -> PostmanAuth | None:
        """Return the auth of a collection, folder or request; one with a mistake counts as none of its own."""
        auth, finding = read_auth(node.find("auth"))
        if finding is not None:
            self.findings.setdefault(finding)
        return auth

    def _walk(self, items: Node | None, inherited: PostmanAuth) -> Iterator[PostmanAuth]:
        """Yield the auth of each request below a folder."""
        for item in items.items if isinstance(items, ListNode) else ():
            if not isinstance(item, MapNode):
                continue
            own = self._read(item) or inherited
            request = item.find("request")
            if isinstance(request, ScalarNode | MapNode):
                yield from self._read_request(request, own)
            yield from self._walk(item.find("item"), own)

    def _read_request(self, request: ScalarNode | MapNode, inherited: PostmanAuth) -> Iterator[PostmanAuth]:
        """Yield the auth of a request, which may be an address only, with what it carries beside that.

        That of a request for a token is only noted.
        """
        is_for_token = asks_for_token(request)
        origin = _find_origin(request.find("url") if isinstance(request, MapNode) else request)
        (self.token_origins if is_for_token else self.origins).update(origin)
        self.secret_names.update(list_secret_variables(request))
        own = self._read(request) if isinstance(request, MapNode) else None
        way = _add_slots(own or inherited, list_credentials(request), request.place)
        if is_for_token:
            self.token_ways.setdefault(way)
        else:
            yield way


def _find_origin(url: Node | None) -> dict[str | None, None]:
    """Return the beginning of an address as the only key, which is None if it is not understood."""
    text = (get_text(url.find("raw") if isinstance(url, MapNode) else url) or "").strip()
    match = _ORIGIN.fullmatch(text)
    return {match[match.lastindex or 0] if match is not None else None: None} if text else {}


def _add_slots(auth: PostmanAuth, slots: Iterable[FilledSlot], place: Place) -> PostmanAuth:
    """Return an auth with the credentials that a request carries beside it.

    Postman replaces a header or parameter that the auth itself sets (`postman-runtime`, `lib/authorizer`).
    """
    own = {(slot.location, slot.name.lower()) for slot in auth.slots}
    if auth.label not in _KEEPING_TYPES:
        own.add(_AUTHORIZATION)
    others = tuple(slot for slot in slots if (slot.location, slot.name.lower()) not in own)
    if not others:
        return auth
    tokens = {token.wire for token in auth.tokens}
    names = (name for slot in others for name in slot.value.names if name not in tokens)
    settings = merge_settings((*auth.settings, *(AuthSetting(name, is_secret=True) for name in names)))
    if auth != NO_AUTHENTICATION:
        return replace(auth, settings=settings, slots=(*auth.slots, *others))
    is_bearer = all(slot.is_bearer for slot in others)
    kind = "http_bearer" if is_bearer else "api_key" if len(others) == 1 else "custom"
    return PostmanAuth("bearer" if is_bearer else "apikey", kind, settings, slots=others, place=place)


@dataclass(frozen=True, slots=True)
class _WayDrafts:
    """Drafts of the ways to authenticate; a collection without any has one scheme that needs nothing.

    `unused` are the secret variables that no way has, and what requests for tokens have.
    """

    identifier: ScalarNode
    title: Node | Value
    variables: DeclaredVariables
    ways: tuple[PostmanAuth, ...]
    base: FilledTemplate | None
    unused: tuple[AuthSetting, ...]

    def draft_schemes(self) -> Iterator[DefinitionDraft]:
        """Yield the scheme of each way; secret variables that none uses are in every one."""
        attributes = self._spell_attributes()
        for way, ids in zip(self.ways or (NO_AUTHENTICATION,), self._make_ids(), strict=True):
            yield DefinitionDraft(Noun.SCHEME, self._draft_scheme(way, ids.scheme, attributes))

    def draft_connector(self, facts: Mapping[str, Node | Value], extras: MapNode | None) -> DefinitionDraft:
        """Return the connector, of which `facts` holds keys."""
        place, base = self.identifier.place, self.base
        connector = make_map(
            place,
            id=self.identifier,
            **facts,
            **self._draft_choice(),
            parameters=self._draft_parameters(),
            endpoints=make_map(place, base=make_map(place, url=base.to_url())) if base is not None else None,
            extras=extras,
        )
        return DefinitionDraft(Noun.CONNECTOR, connector)

    def _draft_choice(self) -> dict[str, Node | Value]:
        """Return the `scheme` or `methods` of the connector."""
        ids = self._make_ids()
        if len(ids) == 1:
            return {"scheme": ids[0].scheme}
        place = self.identifier.place
        methods = (make_map(place, id=each.method, schemes=_list_one(each.scheme, place)) for each in ids)
        return {"methods": make_list(tuple(methods), place)}

    def _draft_parameters(self) -> Node | Value:
        """Return the variables that are neither secret nor in every scheme."""
        used = {*self.variables.secret_names, *_list_used(self.ways), *self._list_common_names()}
        names = dict.fromkeys((*self.variables.settings, *(self.base.names if self.base is not None else ())))
        settings = tuple(self._get_setting(AuthSetting(name, is_secret=False)) for name in names if name not in used)
        return SchemeLists(settings, attributes=self._spell_attributes()).to_nodes(self.identifier.place)["parameters"]

    def _spell_attributes(self) -> dict[str, str]:
        """Return the attributes of all names that occur in the collection."""
        names = (*(name for way in self.ways for name in _list_wires(way)), *(each.wire for each in self.unused))
        base = self.base.names if self.base is not None else ()
        return naming.spell_apart((*self.variables.settings, *names, *base))

    def _list_common_names(self) -> set[str]:
        """Return the names that every way has, so that the connector need not repeat them."""
        names = [{setting.wire for setting in way.settings} for way in self.ways]
        return {*(set.intersection(*names) if names else ()), *(setting.wire for setting in self.unused)}

    def _draft_scheme(self, way: PostmanAuth, identifier: str, attributes: Mapping[str, str]) -> MapNode:
        place = way.place if way.place.path else self.identifier.place
        tokens = tuple(_make_token(token, place) for token in way.tokens)
        settings = tuple(self._get_setting(setting) for setting in (*way.settings, *self.unused))
        endpoints = {
            each.role: make_map(place, url=each.url, query=make_plain_map(dict(each.query), place))
            for each in way.endpoints
        }
        return make_map(
            place,
            id=ScalarNode(identifier, place),
            title=self.title,
            kind="custom" if way.kind == "none" and settings else way.kind,
            **SchemeLists(settings, tokens, attributes=attributes).to_nodes(place),
            placements=make_placements(way.slots, place),
            endpoints=make_plain_map(dict(endpoints), place),
            oauth=self._draft_oauth(way, place),
        )

    def _draft_oauth(self, way: PostmanAuth, place: Place) -> MapNode | None:
        scopes = make_list(tuple(ScalarNode(scope, place) for scope in way.scopes), place)
        node = make_map(place, scopes=scopes, pkce=way.pkce, client_authentication=way.client_authentication)
        return node if node.entries else None

    def _get_setting(self, setting: AuthSetting) -> SchemeSetting:
        """Return a setting with what the variable of its name states."""
        declared = self.variables.settings.get(setting.wire)
        if declared is None:
            name = ScalarNode(setting.wire, self.identifier.place)
            declared = SchemeSetting(name, make_map(name.place), setting.is_secret)
        is_secret = setting.is_secret or declared.is_secret
        return replace(declared, is_secret=is_secret, is_optional=setting.is_optional)

    def _make_ids(self) -> tuple[MethodIds, ...]:
        connector = str(self.identifier.value)
        if len(self.ways) < 2:
            return (MethodIds(connector, connector),)
        return make_method_ids(connector, _list_names(self.ways))


def _list_used(ways: Iterable[PostmanAuth]) -> set[str]:
    """Return the names of the secrets and tokens of ways to authenticate."""
    secrets = (setting.wire for way in ways for setting in way.settings if setting.is_secret)
    return {*secrets, *(token.wire for way in ways for token in way.tokens)}


def _list_unused(
    variables: DeclaredVariables, ways: Iterable[PostmanAuth], token_ways: Iterable[PostmanAuth]
) -> tuple[AuthSetting, ...]:
    """Return the secret variables, and the settings of requests for tokens, that no way has."""
    used = {wire for way in ways for wire in _list_wires(way)}
    secrets = (AuthSetting(name, is_secret=True) for name in sorted(variables.secret_names))
    for_tokens = (setting for way in token_ways for setting in way.settings)
    return tuple(each for each in merge_settings((*secrets, *for_tokens)) if each.wire not in used)


def _list_names(ways: Sequence[PostmanAuth]) -> Iterator[str]:
    """Yield a name for each way: its type, and if others have that, its settings, and then the names of its slots."""
    names = [_make_names(way) for way in ways]
    counts = [Counter(alike) for alike in zip(*names, strict=True)]
    for own in names:
        yield next((name for name, count in zip(own, counts, strict=True) if count[name] == 1), own[-1])


def _make_names(way: PostmanAuth) -> tuple[str, str, str]:
    with_settings = " ".join((way.label, *(each.wire for each in way.settings)))
    return way.label, with_settings, " ".join((with_settings, *(f"{slot.location} {slot.name}" for slot in way.slots)))


def _list_wires(way: PostmanAuth) -> tuple[str, ...]:
    return (*(setting.wire for setting in way.settings), *(token.wire for token in way.tokens))


def _list_one(text: str, place: Place) -> ListNode:
    return ListNode((ScalarNode(text, place),), place)


def _make_token(token: AuthToken, place: Place) -> ObtainedSecret:
    facts = make_map(place, optional=True if token.is_optional else None)
    return ObtainedSecret(ScalarNode(token.wire, place), make_map(place, source=token.source), facts, token.lifetime)
