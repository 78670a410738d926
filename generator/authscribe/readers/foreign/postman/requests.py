"""Read the requests of a Postman collection: how they authenticate, their addresses, and those that give tokens.

An item without an auth inherits that of the folder around it, and so on up to the collection; `noauth` ends that. A
request may carry credentials in headers and parameters of its own, instead of an auth or beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final

from authscribe.findings.finding import Finding, Place
from authscribe.model.credential_names import is_clear_key, names_credential
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.filled_templates import FilledTemplate
from authscribe.readers.foreign.login_addresses import is_login_address
from authscribe.readers.foreign.postman.auth import (
    NO_AUTHENTICATION,
    AuthEndpoint,
    AuthSetting,
    AuthToken,
    PostmanAuth,
    make_endpoint,
    merge_settings,
    read_auth,
)
from authscribe.readers.foreign.postman.auth_types import GRANT_KINDS
from authscribe.readers.foreign.postman.fields import (
    asks_for_token,
    list_credentials,
    list_header_credentials,
    list_query,
    list_repeated,
    list_secret_variables,
    list_token_values,
    split_query,
    split_scopes,
)
from authscribe.readers.foreign.postman.logins import (
    Filling,
    list_filled,
    list_login_settings,
    read_login,
    read_token_request,
)
from authscribe.readers.foreign.postman.scripts import list_added_headers
from authscribe.readers.foreign.postman.variables import fill_variables
from authscribe.readers.foreign.request_slots import FilledSlot

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
_TOKEN_KINDS: Final = ("api_key", "http_bearer")
"""Kinds of requests with one value, which tell nothing about how it is obtained."""
_LOGIN: Final = "two_step"


@dataclass(frozen=True, slots=True)
class _Request:
    """What one request states.

    `origins` has the beginning of its address, if it has one, None for one that is not understood. `filled` are the
    variables that its scripts fill, and `asks_for_token` tells whether its fields show that it is for a token.
    """

    node: ScalarNode | MapNode
    way: PostmanAuth
    origins: tuple[str | None, ...]
    filled: Mapping[str, Filling]
    asks_for_token: bool

    def is_login(self, secrets: Collection[str]) -> bool:
        """Return whether it gives a token: by its fields, or since its scripts fill one of the secrets."""
        obtained = {wire for wire, filling in self.filled.items() if filling.is_obtained}
        return self.asks_for_token or not obtained.isdisjoint(secrets)

    @property
    def address(self) -> str:
        """Address without its query."""
        return _spell_url(self.node).partition("?")[0]

    @property
    def endpoint(self) -> AuthEndpoint | None:
        """Address at which it gives a token."""
        query = ((name, get_text(value) or "") for name, value in list_query(self.node))
        return make_endpoint("token" if self.asks_for_token else "login", _spell_url(self.node), query)


@dataclass(slots=True)
class RequestReader:
    """Reader of all requests of a collection, which is complete once `list_ways` has been exhausted.

    `filled` are the variables that scripts fill, and `secret_names` the variables that bodies carry as credentials.
    `logins` are the requests for tokens, and `calls` all others.
    """

    node: MapNode
    findings: dict[Finding, None] = field(default_factory=dict)
    secret_names: set[str] = field(default_factory=set)
    filled: dict[str, Filling] = field(default_factory=dict)
    calls: tuple[_Request, ...] = ()
    logins: tuple[_Request, ...] = ()

    def list_ways(self) -> Iterator[PostmanAuth]:
        """Yield each way to authenticate once, in the order of the requests; none if nothing does.

        The ways of requests for tokens count only if there are no other requests.
        """
        own = self._read(self.node) or NO_AUTHENTICATION
        self.filled |= list_filled(self.node)
        added = list_header_credentials(list_added_headers(self.node))
        requests = _add_repeated(tuple(self._walk(self.node.find("item"), own, added)))
        self.secret_names.update(chain.from_iterable(filling.secrets for filling in self.filled.values()))
        carried = [setting.wire for request in requests for setting in request.way.settings if setting.is_secret]
        # If no request shows where a token goes, its name still shows that it is one.
        unseen = [wire for wire, filling in self.filled.items() if filling.is_obtained and names_credential(wire)]
        secrets = dict.fromkeys(carried or unseen)
        self.logins = tuple(request for request in requests if request.is_login(secrets))
        self.calls = tuple(request for request in requests if not request.is_login(secrets))
        used = _list_distinct(self.calls or self.logins) or [own]
        if unseen and not carried:
            used = [_make_unseen(unseen)]
        yield from (self._obtain(way) for way in used if way != NO_AUTHENTICATION)

    def list_login_settings(self) -> Iterator[AuthSetting]:
        """Yield what requests for tokens and the scripts that compute values need."""
        for request in self.logins:
            yield from (*request.way.settings, *list_login_settings(request.node))
        for filling in self.filled.values():
            yield from (AuthSetting(wire, is_secret=True) for wire in filling.secrets)
            yield from (AuthSetting(wire, is_secret=False) for wire in filling.identifiers)

    def find_base(self) -> FilledTemplate | None:
        """Return the address that all requests, or else those for tokens, begin with."""
        calls, logins = (_join_origins(requests) for requests in (self.calls, self.logins))
        origin, *others = (*(calls or logins), None)
        return fill_variables(origin) if origin is not None and len(others) == 1 else None

    def _obtain(self, way: PostmanAuth) -> PostmanAuth:
        """Return a way with the secrets that scripts fill as tokens, and what the requests for these state."""
        wires = [setting.wire for setting in way.settings if setting.is_secret and setting.wire in self.filled]
        if not wires:
            return way
        fillers = [request for request in self.logins if not request.filled.keys().isdisjoint(wires)]
        logins = self._list_logins(fillers)
        others = {wire: None for request in logins for wire in request.filled if self._is_token(wire)}
        tokens = (
            AuthToken(wire, self.filled[wire].source, is_optional=wire not in wires)
            for wire in dict.fromkeys((*wires, *others))
        )
        settings = tuple(setting for setting in way.settings if setting.wire not in wires)
        obtained = replace(way, settings=settings, tokens=(*way.tokens, *tokens))
        if not logins:
            return _add_sent(obtained, wires, [self.filled[wire] for wire in wires])
        return _add_renewal(_add_logins(obtained, logins, wires), fillers, logins)

    def _is_token(self, wire: str) -> bool:
        """Return whether a variable that a login fills is a token: by its name, or since a body carries it as one."""
        return is_clear_key(wire) or wire in self.secret_names

    def _list_logins(self, fillers: Sequence[_Request]) -> list[_Request]:
        """Return the logins among requests that fill variables, and those that fill what these carry as credentials.

        A request at another address renews a token that a login gives, or registers a user.
        """
        logins = [request for request in fillers if is_login_address(request.address)] or fillers
        carried = {wire for request in logins for wire in list_secret_variables(request.node)}
        others = (request for request in self.logins if not request.filled.keys().isdisjoint(carried))
        return list(_list_once((*logins, *others)))

    def _read(self, node: MapNode) -> PostmanAuth | None:
        """Return the auth of a collection, folder or request; one with a mistake counts as none of its own."""
        auth, finding = read_auth(node.find("auth"))
        if finding is not None:
            self.findings.setdefault(finding)
        return auth

    def _walk(
        self, items: Node | None, inherited: PostmanAuth, inherited_headers: tuple[FilledSlot, ...]
    ) -> Iterator[_Request]:
        """Yield each request below a folder, whose scripts run for each of them."""
        for item in items.items if isinstance(items, ListNode) else ():
            if not isinstance(item, MapNode):
                continue
            own = self._read(item) or inherited
            filled = list_filled(item)
            self.filled |= filled
            added = (*inherited_headers, *list_header_credentials(list_added_headers(item)))
            request = item.find("request")
            if isinstance(request, ScalarNode | MapNode):
                yield self._read_request(request, own, added, filled)
            yield from self._walk(item.find("item"), own, added)

    def _read_request(
        self, request: ScalarNode | MapNode, inherited: PostmanAuth, added: tuple[FilledSlot, ...],
        filled: Mapping[str, Filling],
    ) -> _Request:  # fmt: skip
        """Return a request, which may be an address only, with the auth of it and what it carries beside that."""
        self.secret_names.update(list_secret_variables(request))
        own = self._read(request) if isinstance(request, MapNode) else None
        way = _add_slots(own or inherited, (*list_credentials(request), *added), request.place)
        return _Request(request, way, _find_origins(_spell_url(request)), filled, asks_for_token(request))


def _add_repeated(requests: Sequence[_Request]) -> tuple[_Request, ...]:
    """Return the requests with the credentials that most of them, and more than one, carry in path and body.

    Beside other authentication, a token there is what the request is about, such as that of a device to notify.
    """
    carried = [list_repeated(request.node) if request.way == NO_AUTHENTICATION else () for request in requests]
    counts = Counter(chain.from_iterable(carried))
    common = {slot for slot, number in counts.items() if number > 1 and 2 * number > len(requests)}
    return tuple(
        replace(request, way=_add_slots(request.way, [slot for slot in slots if slot in common], request.node.place))
        for request, slots in zip(requests, carried, strict=True)
    )


def _list_distinct(requests: Iterable[_Request]) -> list[PostmanAuth]:
    """Return the ways of requests, each once: headers are the same in capital and small letters.

    One that carries literals where another one has variables is none: tests try wrong values.
    """
    ways: dict[PostmanAuth, PostmanAuth] = {}
    for way in dict.fromkeys(request.way for request in requests):
        slots = (replace(slot, name=slot.name.lower()) for slot in way.slots)
        ways.setdefault(replace(way, slots=tuple(slots)), way)
    filled = {_list_keys(way) for way in ways.values() if not _is_literal(way)}
    return [way for way in ways.values() if not _is_literal(way) or _list_keys(way) not in filled]


def _list_keys(way: PostmanAuth) -> frozenset[tuple[str, str]]:
    return frozenset(slot.key for slot in way.slots)


def _is_literal(way: PostmanAuth) -> bool:
    return bool(way.slots) and all(slot.is_literal for slot in way.slots)


def _list_once(requests: Iterable[_Request]) -> Iterable[_Request]:
    """Return the requests, each once; to compare what they state would take much longer."""
    return {id(request): request for request in requests}.values()


def _make_unseen(secrets: Iterable[str]) -> PostmanAuth:
    """Return a way that uses secrets in a manner that no request shows."""
    return PostmanAuth("login", _LOGIN, tuple(AuthSetting(wire, is_secret=True) for wire in secrets))


def _join_origins(requests: Iterable[_Request]) -> dict[str | None, None]:
    return dict.fromkeys(origin for request in requests for origin in request.origins)


def _add_logins(way: PostmanAuth, logins: Sequence[_Request], wires: Sequence[str]) -> PostmanAuth:
    """Return a way with what the requests that fill its variables state; where they go, if all go to one address."""
    endpoint = _join_endpoints(logins)
    kind = (_find_kind(logins) if _carries_token(way, wires) else None) or way.kind
    is_exchange = kind == _LOGIN and len(logins) == len(wires) == 1
    oauth = _add_oauth(way, logins) if kind not in (way.kind, _LOGIN) else way
    return replace(
        oauth,
        kind=kind,
        endpoints=(*way.endpoints, *((endpoint,) if endpoint is not None else ())),
        login=read_login(logins[0].node, logins[0].filled, wires[0]) if is_exchange else oauth.login,
    )


def _add_renewal(way: PostmanAuth, fillers: Iterable[_Request], logins: Sequence[_Request]) -> PostmanAuth:
    """Return a way with the only address at which requests exchange what a login gives for another token."""
    given = {wire for request in logins for wire in request.filled}
    chosen = set(map(id, logins))
    renewal = _join_endpoints(
        request
        for request in fillers
        if id(request) not in chosen and not given.isdisjoint(list_secret_variables(request.node))
    )
    endpoints = (replace(renewal, role="refresh"),) if renewal is not None else ()
    return replace(way, endpoints=(*way.endpoints, *endpoints))


def _join_endpoints(requests: Iterable[_Request]) -> AuthEndpoint | None:
    """Return the only address of requests, with what all of them state in its query; None if there are several."""
    endpoints = {request.endpoint for request in requests}
    alike = {replace(each, query=()) for each in endpoints if each is not None}
    if len(alike) != 1 or None in endpoints:
        return None
    return next(iter(endpoints if len(endpoints) == 1 else alike))


def _carries_token(way: PostmanAuth, wires: Collection[str]) -> bool:
    """Return whether the kind of a way tells no more than that it carries one of some tokens, beside other secrets."""
    return way.kind in _TOKEN_KINDS and (not way.slots or not set(way.slots[0].value.names).isdisjoint(wires))


def _add_sent(way: PostmanAuth, wires: Collection[str], fillings: Sequence[Filling]) -> PostmanAuth:
    """Return a way with the grant and the address of the request that a script sends for its only token."""
    kind = GRANT_KINDS.get(fillings[0].grant) if _carries_token(way, wires) and len(wires) == 1 else None
    if kind is None:
        return way
    endpoint = make_endpoint("token", fillings[0].url, split_query(fillings[0].url))
    return replace(way, kind=kind, endpoints=(*way.endpoints, *((endpoint,) if endpoint is not None else ())))


def _add_oauth(way: PostmanAuth, logins: Sequence[_Request]) -> PostmanAuth:
    """Return a way with the scopes that requests for tokens ask for, and how they authenticate the client."""
    stated = (scope for request in logins for scope in list_token_values(request.node, "scope"))
    scopes, separator = split_scopes(*(scope for scope in stated if "{" not in scope))
    in_header = any(map(_has_basic, logins))
    in_body = any(value for request in logins for value in list_token_values(request.node, "client_secret"))
    method = "client_secret_basic" if in_header else "client_secret_post" if in_body else None
    return replace(
        way,
        scopes=scopes,
        scope_separator=separator,
        client_authentication=method,
        login=read_token_request(logins[0].node),
    )


def _has_basic(request: _Request) -> bool:
    """Return whether a request uses basic authentication, in whatever way it states that (RFC 7617)."""
    return request.way.kind == "http_basic" or any(slot.is_basic for slot in request.way.slots)


def _find_kind(logins: Iterable[_Request]) -> str | None:
    """Return the kind of what requests for tokens exchange; None if there is none, or if they state several grants."""
    grants = {grant for request in logins for grant in list_token_values(request.node, "grant_type")}
    kinds = {GRANT_KINDS.get(grant) for grant in grants if grant != "refresh_token" or len(grants) == 1}
    if not any(request.asks_for_token for request in logins):
        return _LOGIN if logins else None
    return kinds.pop() if len(kinds) == 1 else None


def _spell_url(request: ScalarNode | MapNode) -> str:
    """Return the address of a request: its text, or what its parts amount to, without its query."""
    url = request.find("url") if isinstance(request, MapNode) else request
    text = (get_text(url.find("raw") if isinstance(url, MapNode) else url) or "").strip()
    host = _join_texts(url.find("host"), ".") if isinstance(url, MapNode) else ""
    if text or not isinstance(url, MapNode) or not host:
        return text
    protocol, port = (get_text(url.find(key)) for key in ("protocol", "port"))
    origin = f"{protocol}://{host}" if protocol else host
    return f"{origin}{f':{port}' if port else ''}/{_join_texts(url.find('path'), '/')}"


def _join_texts(node: Node | None, separator: str) -> str:
    """Return the texts in a list, joined, or a text that is stated instead of a list."""
    return separator.join(get_text(item) or "" for item in (node.items if isinstance(node, ListNode) else (node,)))


def _find_origins(url: str) -> tuple[str | None, ...]:
    """Return the beginning of an address, None if it is not understood; nothing for no address."""
    match = _ORIGIN.fullmatch(url)
    return (match[match.lastindex or 0] if match is not None else None,) if url else ()


def _add_slots(auth: PostmanAuth, slots: Iterable[FilledSlot], place: Place) -> PostmanAuth:
    """Return an auth with the credentials that a request carries beside it.

    Postman replaces a header or parameter that the auth itself sets (`postman-runtime`, `lib/authorizer`).
    """
    own = {(slot.location, slot.name.lower()) for slot in auth.slots}
    if auth.label not in _KEEPING_TYPES:
        own.add(_AUTHORIZATION)
    carried = {name for slot in auth.slots for name in slot.value.names}
    others = tuple(
        slot
        for slot in slots
        if (slot.location, slot.name.lower()) not in own
        # What a parameter repeats is its subject, such as a token to validate.
        and not (slot.location == "query" and carried.issuperset(slot.value.names))
    )
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
