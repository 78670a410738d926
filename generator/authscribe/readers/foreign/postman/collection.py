"""Draft the connector of a Postman collection: the ways in which its requests authenticate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from authscribe.findings.finding import Finding, Place, attribute_findings
from authscribe.findings.rules.bad_id import report_bad_id
from authscribe.model import naming
from authscribe.model.draft import DefinitionDraft, ListNode, MapNode, Node, Noun, ScalarNode, Value, get_text
from authscribe.model.placement_template import list_variable_names
from authscribe.readers.foreign.alternatives import EXCESS, find_excess
from authscribe.readers.foreign.filled_templates import FilledTemplate
from authscribe.readers.foreign.postman.auth import (
    NO_AUTHENTICATION,
    AuthSetting,
    AuthToken,
    LoginRequest,
    PostmanAuth,
    is_read,
    merge_settings,
)
from authscribe.readers.foreign.postman.names import find_name
from authscribe.readers.foreign.postman.requests import RequestReader
from authscribe.readers.foreign.postman.variables import (
    DeclaredVariables,
    read_variables,
    take_description,
    withhold_rest,
)
from authscribe.readers.foreign.request_slots import make_placements
from authscribe.readers.foreign.scheme_lists import (
    MethodIds,
    ObtainedSecret,
    SchemeLists,
    SchemeSetting,
    make_method_ids,
)
from authscribe.readers.foreign.shapes import find_wrong_lists, find_wrong_mappings
from authscribe.readers.foreign.tracking import TrackedMapping, join_maps, make_list, make_map, make_plain_map

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
    reader = RequestReader(collection.node)
    ways = tuple(reader.list_ways())
    for_tokens = tuple(reader.list_login_settings())
    known = _list_used(ways).union(setting.wire for setting in for_tokens if setting.is_secret)
    variables = read_variables(collection, "variable", reader.secret_names, known)
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
    unused = _list_unused(variables, ways, reader.filled, for_tokens)
    excess = find_excess(place, len(ways), len(unused))
    if excess is not None:
        collection.abandon(EXCESS)
        yield excess
        return
    drafts = _WayDrafts(identifier, facts["title"], variables, reader.filled, ways, reader.find_base(), unused)
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


@dataclass(frozen=True, slots=True)
class _WayDrafts:
    """Drafts of the ways to authenticate; a collection without any has one scheme that needs nothing.

    `filled` are the names of the variables that scripts fill, and `unused` the secret variables that no way has, and
    what requests for tokens have.
    """

    identifier: ScalarNode
    title: Node | Value
    variables: DeclaredVariables
    filled: Collection[str]
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
        endpoints = chain.from_iterable(way.endpoints for way in self.ways)
        in_addresses = list_variable_names(*chain.from_iterable(endpoint.texts for endpoint in endpoints))
        base = self.base.names if self.base is not None else ()
        names = dict.fromkeys((*self.variables.settings, *base, *in_addresses))
        settings = tuple(self._get_setting(AuthSetting(name, is_secret=False)) for name in names if name not in used)
        return SchemeLists(settings, attributes=self._spell_attributes()).to_nodes(self.identifier.place)["parameters"]

    def _spell_attributes(self) -> Mapping[str, str]:
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
            token_request=_draft_login(way.login, place) if way.login is not None else None,
        )

    def _draft_oauth(self, way: PostmanAuth, place: Place) -> MapNode | None:
        scopes = make_list(tuple(ScalarNode(scope, place) for scope in way.scopes), place)
        node = make_map(
            place,
            scopes=scopes,
            scope_separator=way.scope_separator,
            pkce=way.pkce,
            client_authentication=way.client_authentication,
        )
        return node if node.entries else None

    def _get_setting(self, setting: AuthSetting) -> SchemeSetting:
        """Return a setting with what the variable of its name states."""
        declared = self.variables.settings.get(setting.wire)
        if declared is None:
            name = ScalarNode(setting.wire, self.identifier.place)
            declared = SchemeSetting(name, make_map(name.place), setting.is_secret)
        is_secret = setting.is_secret or declared.is_secret
        automated = make_map(declared.name.place, automated=True if setting.wire in self.filled else None)
        facts = join_maps(declared.facts, automated) or declared.facts
        return replace(declared, facts=facts, is_secret=is_secret, is_optional=setting.is_optional)

    def _make_ids(self) -> tuple[MethodIds, ...]:
        connector = str(self.identifier.value)
        if len(self.ways) < 2:
            return (MethodIds(connector, connector),)
        return make_method_ids(connector, _list_names(self.ways))


def _draft_login(login: LoginRequest, place: Place) -> MapNode:
    return make_map(
        place,
        method=login.method,
        query=make_plain_map(dict(login.query), place),
        body_format=login.form if login.body else None,
        body=make_plain_map(dict(login.body), place) if login.body else None,
        token_path=login.token_path or None,
        refresh_token_path=login.refresh_token_path or None,
    )


def _list_used(ways: Iterable[PostmanAuth]) -> set[str]:
    """Return the names of the secrets and tokens of ways to authenticate."""
    secrets = (setting.wire for way in ways for setting in way.settings if setting.is_secret)
    return {*secrets, *(token.wire for way in ways for token in way.tokens)}


def _list_unused(
    variables: DeclaredVariables,
    ways: Iterable[PostmanAuth],
    filled: Collection[str],
    for_tokens: Iterable[AuthSetting],
) -> tuple[AuthSetting, ...]:
    """Return the secret variables that no way has and no script fills, and settings of requests for tokens."""
    used = {*(wire for way in ways for wire in _list_wires(way)), *filled}
    secrets = (AuthSetting(name, is_secret=True) for name in sorted(variables.secret_names))
    return tuple(each for each in merge_settings((*secrets, *for_tokens)) if each.wire not in used)


def _list_names(ways: Sequence[PostmanAuth]) -> Iterator[str]:
    """Yield a name for each way: its type, and if others have that, its values, and then the names of its slots."""
    names = [_make_names(way) for way in ways]
    counts = [Counter(alike) for alike in zip(*names, strict=True)]
    for own in names:
        yield next((name for name, count in zip(own, counts, strict=True) if count[name] == 1), own[-1])


def _make_names(way: PostmanAuth) -> tuple[str, str, str]:
    with_values = " ".join((way.label, *_list_wires(way)))
    return way.label, with_values, " ".join((with_values, *(f"{slot.location} {slot.name}" for slot in way.slots)))


def _list_wires(way: PostmanAuth) -> tuple[str, ...]:
    return (*(setting.wire for setting in way.settings), *(token.wire for token in way.tokens))


def _list_one(text: str, place: Place) -> ListNode:
    return ListNode((ScalarNode(text, place),), place)


def _make_token(token: AuthToken, place: Place) -> ObtainedSecret:
    facts = make_map(place, optional=True if token.is_optional else None)
    return ObtainedSecret(ScalarNode(token.wire, place), make_map(place, source=token.source), facts, token.lifetime)
