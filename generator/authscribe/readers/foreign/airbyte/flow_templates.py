"""Read the OAuth flow of Airbyte specifications for Estuary's platform: a template for each request of the flow.

The templates are written in Mustache, and can refer to settings as `config`. The flow fills the object, or the
alternative of a choice, that names a provider: https://docs.estuary.dev/concepts/connectors/.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final
from urllib.parse import unquote_plus

from authscribe.findings.finding import Place
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.airbyte.addresses import Assumption, choose_value
from authscribe.readers.foreign.airbyte.advanced_auth import (
    CLIENT_CREDENTIALS,
    KINDS,
    FlowCondition,
    OAuthFlow,
    find_key,
    has_literal_credential,
    read_fixed_query,
)
from authscribe.readers.foreign.airbyte.specification import find_selection
from authscribe.readers.foreign.scheme_lists import SchemeSetting
from authscribe.readers.foreign.scopes import find_separator
from authscribe.readers.foreign.tracking import TrackedMapping, make_map, make_plain_map

_PROVIDER: Final = "x-oauth2-provider"
_TOKENS: Final = ("access_token", "refresh_token")
_ADDRESSES: Final = {
    "authorize": "auth_url_template",
    "token": "access_token_url_template",
    "refresh": "refresh_token_url_template",
}
_BODY: Final = "access_token_body"
_HEADERS: Final = "access_token_headers"
_RESPONSE: Final = "access_token_response_map"
_SECTION: Final = re.compile(r"\{\{[#/^][^{}]*\}\}")
"""Tags around a value that tell how it is encoded."""


def has_templates(declaration: TrackedMapping) -> bool:
    """Return whether a flow is declared by templates."""
    return declaration.peek(find_key(declaration, _ADDRESSES["authorize"])) is not None


def read_template_condition(declaration: TrackedMapping, schema: MapNode) -> FlowCondition:
    """Return the condition of a flow, and withhold its templates with literals; `schema` declares the settings.

    Without a place to fill, the flow never applies.
    """
    for entry in declaration.node.entries:
        # The response has names of its own for the values, which are no values.
        if not entry.key.lower().endswith("map") and any(
            map(has_literal_credential, _list_texts(entry.node, entry.key))
        ):
            declaration.withhold(entry.key)
    path, position, filled = next(_list_filled(schema), ((), None, None))
    if filled is None:
        return FlowCondition(declaration, None, None, None, frozenset())
    setting, value = find_selection(schema, path, position) if position is not None else (None, None)
    properties = filled.find("properties")
    declared = [entry.key for entry in properties.entries] if isinstance(properties, MapNode) else []
    names = {*CLIENT_CREDENTIALS, *(_list_response(declaration) or _TOKENS)}
    targets = frozenset(".".join((*path, name)) for name in declared if name in names)
    return FlowCondition(declaration, KINDS["oauth2.0"], setting, value, targets)


def _list_filled(schema: MapNode) -> Iterator[tuple[tuple[str, ...], int | None, MapNode]]:
    """Yield the path of each object with a provider, its position if it is an alternative, and the object."""
    properties = schema.find("properties")
    entries = properties.entries if isinstance(properties, MapNode) else ()
    for path, node in (((), schema), *(((entry.key,), entry.node) for entry in entries)):
        if isinstance(node, MapNode) and node.find(_PROVIDER) is not None:
            yield path, None, node
        choice = node.find("oneOf") if isinstance(node, MapNode) else None
        for position, item in enumerate(choice.items if isinstance(choice, ListNode) else ()):
            if isinstance(item, MapNode) and item.find(_PROVIDER) is not None:
                yield path, position, item


def read_template_flow(condition: FlowCondition, defaults: Mapping[str, object]) -> OAuthFlow:
    """Return the flow of a condition that is met; `defaults` are those of the settings, by their names."""
    declaration = condition.declaration
    place = declaration.place
    names = {setting: setting.rpartition(".")[2] for setting in sorted(condition.targets)}
    copies = {setting: ScalarNode(name, place) for setting, name in names.items() if name in CLIENT_CREDENTIALS}
    paths = _list_response(declaration) or {name: name for name in _TOKENS}
    filled = {setting: name for setting, name in names.items() if setting not in copies}
    tokens = {setting: ScalarNode(paths.get(name) or name, place) for setting, name in filled.items()}
    response = {setting: paths[name] for setting, name in filled.items() if paths.get(name)}
    query = _find_address(declaration, "authorize")[1]
    endpoints, assumptions = _list_endpoints(declaration, defaults)
    if all(paths.values()):
        declaration.take(find_key(declaration, _RESPONSE))
    return OAuthFlow(
        declaration,
        condition.kind or "",
        tuple(_list_credentials(declaration, {str(source.value) for source in copies.values()})),
        tokens,
        copies,
        endpoints,
        make_map(
            place,
            **_read_scopes(query, place),
            pkce=True if "code_challenge" in query else None,
            client_authentication=_find_client_authentication(declaration),
            response=make_plain_map(response, place),
        ),
        assumptions,
    )


def _list_credentials(declaration: TrackedMapping, copied: Collection[str]) -> Iterator[SchemeSetting]:
    """Yield what the administrator of the platform supplies: what settings get, or what a template refers to."""
    sent = " ".join(_list_texts(declaration.node, ""))
    for name in CLIENT_CREDENTIALS:
        if name in copied or re.search(rf"\{{\s*{name}\s*\}}", sent):
            yield SchemeSetting(ScalarNode(name, declaration.place), MapNode((), declaration.place), is_secret=False)


def _list_response(declaration: TrackedMapping) -> dict[str, str]:
    """Return the values that the token response gives, with the dotted path of each; empty for one that is computed."""
    node = declaration.peek(find_key(declaration, _RESPONSE))
    values = {entry.key: get_text(entry.node) or "" for entry in (node.entries if isinstance(node, MapNode) else ())}
    return {name: value[1:].replace("/", ".") if value.startswith("/") else "" for name, value in values.items()}


def _list_texts(node: Node, name: str) -> Iterator[str]:
    """Yield the texts in a node, each by itself and after its name."""
    match node:
        case MapNode(entries=entries):
            for entry in entries:
                yield from _list_texts(entry.node, entry.key)
        case ScalarNode(value=str() as text):
            yield from (text, f"{name}={text}")


def _find_address(declaration: TrackedMapping, role: str) -> tuple[str, str]:
    """Return the address of a role as a template of Jinja, and its query; both are empty without one."""
    template = get_text(declaration.peek(find_key(declaration, _ADDRESSES[role]))) or ""
    address, _, query = _SECTION.sub("", template).replace("{{{", "{{").replace("}}}", "}}").partition("?")
    return address, query


def _list_endpoints(
    declaration: TrackedMapping, defaults: Mapping[str, object]
) -> tuple[dict[str, MapNode], tuple[Assumption, ...]]:
    """Return the addresses and what they assume."""
    endpoints: dict[str, MapNode] = {}
    assumptions: tuple[Assumption, ...] = ()
    for role, name in _ADDRESSES.items():
        key = find_key(declaration, name)
        node = declaration.peek(key)
        address, query = _find_address(declaration, role)
        chosen = choose_value(address, {}, defaults) if address else None
        if node is not None and chosen is not None and (chosen.template.names or chosen.template.is_literal):
            fixed = "&".join(pair for pair in query.split("&") if not pair.startswith("scope="))
            kept = read_fixed_query(fixed, declaration.place) if role == "authorize" else None
            endpoints[role] = chosen.to_endpoint(declaration.place, kept)
            assumptions += chosen.list_assumptions(key, node.place)
            if chosen.is_all and not query:
                declaration.take(key)
    return endpoints, assumptions


def _read_scopes(query: str, place: Place) -> dict[str, ListNode | str | None]:
    """Return the scopes in a query, and their separator if it is not a space."""
    text = next((pair.removeprefix("scope=") for pair in query.split("&") if pair.startswith("scope=")), "")
    scopes, separator = ("", None) if "{{" in text else (unquote_plus(text), find_separator(unquote_plus(text)))
    words = tuple(ScalarNode(word, place) for word in scopes.split(separator) if word)
    return {"scopes": ListNode(words, place) if words else None, "scope_separator": separator}


def _find_client_authentication(declaration: TrackedMapping) -> str | None:
    """Return how the token request authenticates the client; None if it does so in the address, or not at all."""
    headers, body = (declaration.peek(find_key(declaration, key)) for key in (_HEADERS, _BODY))
    if any("client_secret" in text for text in (_list_texts(headers, "") if headers is not None else ())):
        return "client_secret_basic"
    return "client_secret_post" if "client_secret" in (get_text(body) or "") else None
