"""Read what a credential type of n8n adds to requests: its `authenticate`.

Types of packages for old versions of n8n have one of four forms instead of the generic one. The facts about these are
those of `CredentialsHelper` in n8n 0.172.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from authscribe.findings.rules.unread_expression import report_unread_expression
from authscribe.model.draft import MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.filled_templates import FilledTemplate
from authscribe.readers.foreign.literal_credentials import may_hold_credential
from authscribe.readers.foreign.n8n.scope import PropertyScope
from authscribe.readers.foreign.request_slots import BASIC_SLOTS, FilledSlot
from authscribe.readers.foreign.tracking import TrackedMapping

_GENERIC: Final = "generic"
_LOCATIONS: Final = {"headers": "header", "qs": "query", "body": "body"}
_AUTHORIZATION: Final = "authorization"
_BASIC_KEYS: Final = ("username", "password")
_REFERENCE: Final = re.compile(r"\$(?:self|credentials)\b")


class _NamedProperty(NamedTuple):
    """Property whose name an old form states under `key`, unless it is the usual one, and where its value goes."""

    key: str
    usual: str
    location: str
    name: str = ""
    prefix: tuple[str, ...] = ()


_NAMED: Final[Mapping[str, tuple[_NamedProperty, ...]]] = {
    "bearer": (_NamedProperty("tokenPropertyName", "accessToken", "header", "Authorization", ("Bearer ",)),),
    "basicAuth": (
        _NamedProperty("userPropertyName", "user", "basic_username"),
        _NamedProperty("passwordPropertyName", "password", "basic_password"),
    ),
}
"""Old forms that name properties."""

_STATED: Final = {"headerAuth": ("name", "header"), "queryAuth": ("key", "query")}
"""Old forms that state a value: the key with the name of the header or parameter, and the location."""


def read_authenticate(authenticate: TrackedMapping, scope: PropertyScope) -> Iterator[FilledSlot]:
    """Yield the slots that `authenticate` fills."""
    form, filled = get_text(authenticate.peek("type")) or "", authenticate.child("properties")
    if form in (_GENERIC, *_NAMED, *_STATED):
        authenticate.take("type")
    if form in _NAMED:
        yield from (_fill_named(filled, named, scope) for named in _NAMED[form])
    elif form in _STATED:
        yield from _read_stated(filled, *_STATED[form], scope)
    else:
        yield from _read_generic(filled, scope)


def _fill_named(filled: TrackedMapping, named: _NamedProperty, scope: PropertyScope) -> FilledSlot:
    wire = filled.take_text(named.key) or ScalarNode(named.usual, filled.place)
    return FilledSlot(named.location, named.name, FilledTemplate((*named.prefix, scope.refer(wire))))


def _read_stated(filled: TrackedMapping, key: str, location: str, scope: PropertyScope) -> Iterator[FilledSlot]:
    name = filled.peek(key)
    if name is None or get_text(name) is None:
        return
    text = get_text(name) or ""
    if text.startswith("="):
        scope.findings.setdefault(report_unread_expression(text, name.place))
        return
    filled.take(key)
    yield from _read_slot(filled, "value", location, text, scope)


def _read_generic(filled: TrackedMapping, scope: PropertyScope) -> Iterator[FilledSlot]:
    for section in (*_LOCATIONS, "auth"):
        node = filled.peek(section)
        if isinstance(node, ScalarNode) and node.value is not None:
            scope.findings.setdefault(report_unread_expression(section, node.place))
    for section, location in _LOCATIONS.items():
        yield from _read_section(filled.child(section), location, (), scope)
    yield from _read_basic(filled.child("auth"), scope)


def _read_basic(basic: TrackedMapping, scope: PropertyScope) -> Iterator[FilledSlot]:
    """Yield user name and password; a literal password is withheld if the user name is a literal, too."""
    texts = [get_text(basic.peek(key)) or "" for key in _BASIC_KEYS]
    if all(texts) and not any(map(_REFERENCE.search, texts)):
        basic.withhold(_BASIC_KEYS[1])
        return
    for key, location in zip(_BASIC_KEYS, BASIC_SLOTS, strict=True):
        yield from _read_slot(basic, key, location, "", scope)


def withhold_literals(section: TrackedMapping) -> None:
    """Withhold the literals in a mapping, at every depth, that may be credentials."""
    for key, _, node in section.node.entries:
        if isinstance(node, MapNode) and node.entries:
            withhold_literals(section.child(key))
        elif is_literal(key, node):
            section.withhold(key)


def is_literal(name: str, node: Node) -> bool:
    """Return whether a value without references may be a credential, or hold one in the query of an address."""
    text = get_text(node) or ""
    return _REFERENCE.search(text) is None and may_hold_credential(name, node)


def _read_section(
    section: TrackedMapping, location: str, path: tuple[str, ...], scope: PropertyScope
) -> Iterator[FilledSlot]:
    """Yield a slot for each value; those of nested mappings have dotted names."""
    # Each way of a type reads the section.
    for key, _, node in section.node.entries:
        if isinstance(node, MapNode) and node.entries:
            yield from _read_section(section.child(key), location, (*path, key), scope)
        elif isinstance(node, ScalarNode) and key.startswith("="):
            scope.findings.setdefault(report_unread_expression(key, node.place))
        else:
            yield from _read_slot(section, key, location, ".".join((*path, key)), scope)


def _read_slot(
    section: TrackedMapping, key: str, location: str, name: str, scope: PropertyScope
) -> Iterator[FilledSlot]:
    node = section.peek(key)
    if not isinstance(node, ScalarNode) or node.value is None:
        return
    if name and is_literal(name.rpartition(".")[2], node):
        section.withhold(key)
        return
    credentials = scope.fill_basic(node, name) if name.lower() == _AUTHORIZATION else None
    sides = _split_credentials(credentials) if credentials is not None else None
    if sides is not None:
        section.take(key)
        yield from (FilledSlot(slot, "", side) for slot, side in zip(BASIC_SLOTS, sides, strict=True) if side.parts)
        return
    filled = scope.fill(node, name or key)
    if filled is not None and filled.parts:
        section.take(key)
        yield FilledSlot(location, name, filled)


def _split_credentials(credentials: FilledTemplate) -> tuple[FilledTemplate, FilledTemplate] | None:
    """Return user name and password, which the first colon of the text separates; None if there is none."""
    for index, part in enumerate(credentials.parts):
        if isinstance(part, str) and ":" in part:
            before, after = part.split(":", 1)
            sides = ((*credentials.parts[:index], before), (after, *credentials.parts[index + 1 :]))
            username, password = (FilledTemplate(tuple(each for each in side if each)) for side in sides)
            return username, password
    return None
