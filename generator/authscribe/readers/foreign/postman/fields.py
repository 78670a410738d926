"""Find the credentials that a Postman request carries in fields of its own: headers, parameters and the body.

Headers and addresses may be texts instead of lists (https://schema.postman.com, `request` of version 2.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote_plus

from authscribe.model.credential_names import ends_as_credential, is_clear_key, is_key_in_path, names_credential
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.model.placement_template import Hole
from authscribe.readers.foreign.filled_templates import FilledTemplate
from authscribe.readers.foreign.postman.variables import fill_credential, fill_variables, find_reference
from authscribe.readers.foreign.request_slots import FilledSlot
from authscribe.readers.foreign.tracking import parse_boolean

_SCHEME: Final = re.compile(r"(Bearer|Basic|Token|JWT|ApiKey) .*", re.IGNORECASE | re.DOTALL)
"""Words before a credential; any other word may be a part of it."""
_LITERAL: Final = re.compile(r"(?:(?!\{\{)\S)+")
"""Matches a text that may be a key, or stand for one: it has no blank and no variable in it."""
_AUTHORIZATION: Final = "authorization"
_FORMS: Final = ("urlencoded", "formdata")
_LOGIN_FIELDS: Final = frozenset({"grant_type", "response_type"})
_GRANT_IN_TEXT: Final = re.compile(r'"grant_type"\s*:|\bgrant_type=')
_JSON_FIELD: Final = re.compile(r'"([^"\\{}]{1,64})"\s*:\s*(?:"?(\{\{[^{}]+\}\})|"([^"\\]{1,500})")')
_SEGMENT: Final = re.compile(r"(?<!/)/(?P<segment>(?P<prefix>[A-Za-z_-]{0,20})\{\{\s*(?P<name>[\w.-]+)\s*\}\})(?=/|$)")
"""Matches a segment of a path that is a variable, which may follow a word as in `bot{{token}}`."""
_BLANK_ALONE: Final = re.compile(r"[^\s,]\s+[^\s,]")
_PAIRS: Final = re.compile(r"[\w.-]{1,64}=[^\s]*")


def list_credentials(request: Node) -> tuple[FilledSlot, ...]:
    """Return the headers and parameters of a request that hold a variable and have the name of a credential.

    In a header, the name of the variable is enough, and so is a literal below a name that certainly is that of a key.
    The header for credentials counts whatever is in it, and so do cookies that hold a variable.
    """
    fields = (*_list_headers(request), *_list_parameters(request))
    return tuple(slot for field in fields if (slot := _read_slot(*field)) is not None)


def list_header_credentials(headers: Iterable[tuple[str, str]]) -> tuple[FilledSlot, ...]:
    """Return the ones of some headers that hold a credential."""
    return tuple(slot for field in headers if (slot := _read_slot("header", *field)) is not None)


def list_repeated(request: Node) -> tuple[FilledSlot, ...]:
    """Return the segments of the path, parameters and fields of the body that hold a credential if most requests do.

    In a single request, a token may be that of an invitation.
    """
    path = re.split("[?#]", _find_address(request))[0]
    in_path = (
        FilledSlot("path", match["name"], fill_variables(match["segment"]))
        for match in _SEGMENT.finditer(path)
        if is_key_in_path(match["name"], path[: match.end("prefix")])
    )
    in_body = (
        FilledSlot("body", name, fill_variables(get_text(value) or ""))
        for name, value in list_body(request)
        if is_clear_key(name) and find_reference(value) is not None
    )
    in_query = (slot for field in _list_parameters(request) if (slot := _read_key(*field)) is not None)
    return tuple(dict.fromkeys((*in_path, *in_query, *in_body)))


def _read_key(location: str, name: str, text: str) -> FilledSlot | None:
    """Return a parameter that certainly carries a key: a variable with such a name, or a literal below one."""
    filled = fill_credential(text)
    if filled is None:
        return _read_literal(location, name, text)
    return FilledSlot(location, name, filled) if any(map(is_clear_key, filled.names)) else None


def _read_literal(location: str, name: str, text: str) -> FilledSlot | None:
    """Return the slot of a literal, which is withheld, below a name that certainly is that of a key."""
    is_key = is_clear_key(name) and "{" not in name and _LITERAL.fullmatch(text) is not None
    return _stand_in(location, name) if is_key else None


def _stand_in(location: str, name: str, word: str = "") -> FilledSlot:
    """Return the slot of a literal, of which only the word before it is known."""
    return FilledSlot(location, name, FilledTemplate((*filter(None, (word,)), Hole(name))), is_literal=True)


def _find_address(request: Node) -> str:
    url = request.find("url") if isinstance(request, MapNode) else request
    return get_text(url.find("raw") if isinstance(url, MapNode) else url) or ""


def list_secret_variables(request: Node) -> Iterator[str]:
    """Yield the variables in fields of a request's body that have the name of a credential."""
    for name, value in list_body(request):
        wire = find_reference(value)
        if wire is not None and names_credential(name):
            yield wire


def asks_for_token(request: Node) -> bool:
    """Return whether a request belongs to a login: whether it states a grant, or a type of response (RFC 6749)."""
    body = request.find("body") if isinstance(request, MapNode) else None
    forms = [body.find(form) for form in _FORMS] if isinstance(body, MapNode) else []
    names = (name for items in forms for name, _ in list_items(items))
    raw = get_text(body.find("raw")) if isinstance(body, MapNode) else None
    in_query = (name for _, name, _ in _list_parameters(request))
    return not _LOGIN_FIELDS.isdisjoint((*names, *in_query)) or _GRANT_IN_TEXT.search(raw or "") is not None


def list_token_values(request: Node, name: str) -> Iterator[str]:
    """Yield the values of a parameter of a request for a token, such as `grant_type` (RFC 6749)."""
    yield from (get_text(value) or "" for key, value in list_body(request) if key == name)
    yield from (value for _, key, value in _list_parameters(request) if key == name)


def split_scopes(*texts: str) -> tuple[tuple[str, ...], str | None]:
    """Return the scopes in some texts, and the comma if that separates them.

    Where blanks alone do, as in RFC 6749 section 3.3, a comma is a part of a scope.
    """
    separator = "," if "," in "".join(texts) and not any(map(_BLANK_ALONE.search, texts)) else None
    words = (word.strip(",") for text in texts for word in text.replace(separator or " ", " ").split())
    return tuple(dict.fromkeys(filter(None, words))), separator


def _list_headers(request: Node) -> Iterator[tuple[str, str, str]]:
    """Yield the headers of a request, and in place of `Cookie` the cookies in it (RFC 6265 section 4.2)."""
    headers = request.find("header") if isinstance(request, MapNode) else None
    stated = [(name, get_text(value) or "") for name, value in list_items(headers)]
    lines = (line.partition(":") for line in (get_text(headers) or "").splitlines())
    for name, text in (*stated, *((name, text) for name, _, text in lines)):
        if name.strip().lower() == "cookie":
            pairs = (pair.partition("=") for pair in text.split(";"))
            yield from (("cookie", cookie, value) for cookie, _, value in pairs)
        else:
            yield "header", name, text


def _list_parameters(request: Node) -> Iterator[tuple[str, str, str]]:
    url = request.find("url") if isinstance(request, MapNode) else request
    parameters = url.find("query") if isinstance(url, MapNode) else None
    if isinstance(parameters, ListNode):
        yield from (("query", name, get_text(value) or "") for name, value in list_items(parameters))
        return
    yield from (("query", name, value) for name, value in split_query(_find_address(request)))


def list_body(request: Node) -> Iterator[tuple[str, Node | None]]:
    """Yield name and value of the fields in a request's body: those of forms, and texts and variables in JSON."""
    body = request.find("body") if isinstance(request, MapNode) else None
    if not isinstance(body, MapNode):
        return
    for form in _FORMS:
        yield from list_items(body.find(form))
    raw = (get_text(body.find("raw")) or "").strip()
    if _PAIRS.fullmatch(raw):
        yield from ((name, ScalarNode(unquote_plus(value), body.place)) for name, value in _split_pairs(raw))
    for match in _JSON_FIELD.finditer(raw):
        yield match[1], ScalarNode(match[2] or match[3], body.place)


def list_query(request: Node) -> Iterator[tuple[str, Node | None]]:
    """Yield name and value of the parameters in the query of a request."""
    yield from ((name, ScalarNode(value, request.place)) for _, name, value in _list_parameters(request))


def split_query(address: str) -> Iterator[tuple[str, str]]:
    """Yield the names and values in the query of an address."""
    return _split_pairs(address.partition("#")[0].partition("?")[2])


def _split_pairs(query: str) -> Iterator[tuple[str, str]]:
    for name, _, value in (pair.partition("=") for pair in query.split("&")):
        yield unquote_plus(name), value


def list_items(node: Node | None) -> Iterator[tuple[str, Node | None]]:
    """Yield name and value of the items in a list that are in use."""
    for item in node.items if isinstance(node, ListNode) else ():
        if isinstance(item, MapNode) and not _is_disabled(item):
            yield get_text(item.find("key")) or "", item.find("value")


def _is_disabled(item: MapNode) -> bool:
    return parse_boolean(item.find("disabled")) is True or parse_boolean(item.find("enabled")) is False


def _read_slot(location: str, name: str, value: str) -> FilledSlot | None:
    name, value = name.strip(), value.strip()
    is_authorization = location == "header" and name.lower() == _AUTHORIZATION
    filled = fill_credential(value)
    has_credential = location == "header" and filled is not None and any(map(_is_credential, filled.names))
    if not (is_authorization or location == "cookie" or names_credential(name) or has_credential):
        return None
    if filled is not None:
        return FilledSlot(location, name, filled)
    word = _SCHEME.fullmatch(value) if is_authorization else None
    if word is not None:
        return _stand_in(location, name, f"{word[1]} ")
    return _read_literal(location, name, value) if location != "query" else None


def _is_credential(name: str) -> bool:
    return names_credential(name) and ends_as_credential(name)
