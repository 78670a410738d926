"""Find the values of secrets in definitions as their authors wrote them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain, filterfalse
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.credential_names import (
    announces_credential,
    is_live_credential,
    is_value_public,
    may_be_credential,
)
from authscribe.model.definitions import Connector, InjectedSecret, Origin, Scheme, Secrecy
from authscribe.model.draft import (
    Draft,
    Entry,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    find_value_name,
    get_text,
    list_scalar_places,
)
from authscribe.model.platform import Platform
from authscribe.model.stand_ins import is_dummy, is_placeholder, list_fields, list_literal_users
from authscribe.model.stated_values import may_be_value
from authscribe.resolve.merge import REFINEMENT_KEYS, SETTING_LISTS, list_maps

SECRET_ROLES: Final = ("required", "injected")
"""Keys of a scheme that list secrets."""

_KNOWN_KEYS: Final = frozenset(
    (*Scheme.model_fields, *Connector.model_fields, *Platform.model_fields, *REFINEMENT_KEYS)
)
"""Keys of definitions."""

_REQUEST_KEYS: Final = ("placements", "endpoints", "token_request")
"""Keys of a definition that state requests."""

_SHOWN_KEYS: Final = ("default", "example")
"""Keys of a setting whose values outputs show."""


def list_secret_values(definition: MapNode) -> Iterator[Place]:
    """Yield the places of the values of a scheme's secrets that may not be shown, also under keys that do not exist.

    Values in conditions are among them, unless they are those of a setting of this definition that may be shown: the
    name of any other setting may be that of an inherited secret, or a misspelt one.
    """
    yield from _list_outside(definition)
    for role in SECRET_ROLES:
        for item in list_maps(definition.find(role)):
            # Few secrets have values, and judging one takes longer than looking for them.
            values = (*list_stated_values(item), *_list_misplaced(item))
            if values and not _is_public(item):
                yield from values
    conditions = tuple(list_conditions(definition))
    if conditions:
        secrets = [*chain.from_iterable(list_maps(definition.find(role)) for role in SECRET_ROLES)]
        shown = _list_names((*filter(_is_public, secrets), *list_maps(definition.find("parameters"))))
        shown -= _list_names(filterfalse(_is_public, secrets))
        yield from chain.from_iterable(list_scalar_places(each.node) for each in conditions if each.key not in shown)


def list_literal_credentials(draft: Draft) -> Iterator[tuple[str, Place]]:
    """Yield name and place of each literal in definitions that is a credential, or looks like one in use.

    In requests, it is one by its name, or before the host of an address, where whatever it looks like is sent (RFC 3986
    section 3.2.1). In other addresses, passwords and fields of the query are. Readers of documents of other systems
    have withheld theirs.
    """
    for definition in draft.definitions if not draft.is_foreign else ():
        for key in _REQUEST_KEYS:
            node = definition.node.find(key)
            yield from _list_literals(key, node) if node is not None else ()
        for name, scalar in _list_shown(definition.node):
            text = get_text(scalar) or ""
            passwords = (password for _, password in list_literal_users(text) if not announces_credential(password))
            if any(map(_is_literal, passwords)) or _has_live_field(text):
                yield name, scalar.place


def _list_shown(definition: MapNode) -> Iterator[tuple[str, Node]]:
    """Yield names and values of a definition that outputs show, and that may be addresses."""
    docs = definition.find("docs")
    yield from [("docs", docs)] if docs is not None else ()
    for role in SETTING_LISTS:
        for setting in list_maps(definition.find(role)):
            values = [entry.node for entry in setting.entries if entry.key in _SHOWN_KEYS]
            if values and (role not in SECRET_ROLES or _is_public(setting)):
                yield from ((get_text(setting.find("name")) or "", value) for value in values)


def _is_literal(text: str) -> bool:
    return text != "" and not is_dummy(text) and not is_placeholder(text)


def _has_live_field(address: str) -> bool:
    return any(is_live_credential(name, value) for name, value in list_fields(address))


def _list_literals(name: str, node: Node) -> Iterator[tuple[str, Place]]:
    if isinstance(node, ScalarNode):
        text = get_text(node) or ""
        users = chain.from_iterable(list_literal_users(text))
        if is_live_credential(name, text) or any(map(_is_literal, users)) or _has_live_field(text):
            yield name, node.place
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _list_literals(name, item)
    else:
        for key, _, item in node.entries:
            yield from _list_literals(find_value_name(name, node) if key == "value" else key, item)


def list_conditions(definition: MapNode) -> Iterator[Entry]:
    """Yield the conditions of a form: each names a setting, and has the values of it."""
    for role in SETTING_LISTS:
        for item in list_maps(definition.find(role)):
            condition = item.find("visible_when")
            yield from condition.entries if isinstance(condition, MapNode) else ()


def list_keyed_values(node: MapNode, keys: Collection[str]) -> Iterator[Place]:
    """Yield the place of each scalar under the keys of a mapping."""
    for entry in node.entries:
        if entry.key in keys:
            yield from list_scalar_places(entry.node)


def _list_outside(definition: MapNode) -> Iterator[Place]:
    """Yield the places of values that may be those of secrets where no definition has any."""
    for key, _, node in definition.entries:
        if key in SECRET_ROLES and not isinstance(node, ListNode):
            yield from list_scalar_places(node)
        elif key not in _KNOWN_KEYS:
            yield from _list_named(key, node)
    for item in chain.from_iterable(list_maps(definition.find(role)) for role in SETTING_LISTS):
        condition = item.find("visible_when")
        yield from list_scalar_places(condition) if isinstance(condition, ListNode) else ()


def _list_named(name: str, node: Node) -> Iterator[Place]:
    """Yield the place of each scalar below the name of a credential."""
    if isinstance(node, ScalarNode):
        yield from [node.place] if may_be_credential(name, get_text(node) or "") else ()
    elif isinstance(node, ListNode):
        yield from chain.from_iterable(_list_named(name, item) for item in node.items)
    else:
        yield from chain.from_iterable(_list_named(entry.key, entry.node) for entry in node.entries)


def _list_misplaced(setting: MapNode) -> Iterator[Place]:
    """Yield the places of what a secret states under keys that do not exist, or as its secrecy."""
    for key, _, node in setting.entries:
        is_secrecy = key != "secret" or get_text(node) in (None, *Secrecy)
        if key not in InjectedSecret.model_fields or not is_secrecy:
            yield from list_scalar_places(node)
        elif key == "origin" and isinstance(node, MapNode):
            unknown = [entry.key for entry in node.entries if entry.key not in Origin.model_fields]
            yield from list_keyed_values(node, unknown)


def list_stated_values(setting: MapNode) -> Iterator[Place]:
    """Yield the place of each scalar in the facts about a secret that are values of it."""
    for entry in setting.entries:
        if may_be_value(entry.key, get_text(entry.node) or ""):
            yield from list_scalar_places(entry.node)


def _is_public(setting: MapNode) -> bool:
    """Return whether values of a secret may be shown; those of one without a name may not."""
    name = get_text(setting.find("name"))
    return name is not None and is_value_public(get_text(setting.find("secret")), name)


def _list_names(settings: Iterable[MapNode]) -> set[str | None]:
    return {get_text(setting.find("name")) for setting in settings}
