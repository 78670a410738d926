"""Read Airbyte's advanced auth: an OAuth flow that the platform runs, with its inputs and the settings that it fills.

The components are those of the declarative component schema of airbyte-cdk: the administrator of the platform supplies
the server input, the flow gives its output, and both are written to paths of the connector's configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.credential_names import may_be_credential
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, get_text
from authscribe.readers.foreign.airbyte.addresses import Assumption, ChosenValue, choose_value
from authscribe.readers.foreign.airbyte.literal_secrets import is_literal_field
from authscribe.readers.foreign.airbyte.specification import list_settings
from authscribe.readers.foreign.literal_credentials import holds_credential
from authscribe.readers.foreign.scheme_lists import SchemeSetting, list_texts
from authscribe.readers.foreign.scopes import find_separator
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map, make_plain_map

KINDS: Final[Mapping[str, str]] = {"oauth2.0": "oauth2_authorization_code", "oauth1.0": "oauth1"}
"""Kinds by the types of flows."""
_PATH: Final = "path_in_connector_config"
_RESPONSE_PATH: Final = "path_in_oauth_response"
SERVER_INPUT: Final = "complete_oauth_server_input_specification"
"""Key of the values that the administrator of the platform supplies."""
CLIENT_CREDENTIALS: Final = ("client_id", "client_secret")
"""Values of the server input that airbyte-cdk's schema describes; connectors mark the settings for them as secret."""
_SENT_KEYS: Final = ("access_token_headers", "access_token_params")
"""Keys of what the request for a token sends: headers, and a body."""
_PAIR: Final = re.compile(
    r"""([A-Za-z][A-Za-z_-]{0,63})["']?\s{0,8}[=:]\s{0,8}["']?((?:(?i:basic|bearer)\s)?[^"'&{}\s,=?]++)(?!\s?\{)"""
)
"""Matches a name and its literal value in a query, in a header and in a body of whatever form."""
_SEPARATORS: Final[Mapping[str, str]] = {"space": " ", "comma": ",", "plus": "+"}


@dataclass(frozen=True, slots=True)
class FlowCondition:
    """Condition under which a flow applies, and the settings that it fills; without a `kind` it never applies."""

    declaration: TrackedMapping
    kind: str | None
    setting: str | None
    value: str | None
    targets: frozenset[str]

    def is_met(self, values: Mapping[str, str | None]) -> bool:
        """Return whether the flow authenticates a method with these settings and their only possible values, if any."""
        if self.kind is None or self.setting is None:
            return self.kind is not None
        return self.setting in values and self.value in (None, values[self.setting])


@dataclass(frozen=True, slots=True)
class OAuthFlow:
    """OAuth flow of the platform; `tokens` and `copies` map settings to names in the flow."""

    declaration: TrackedMapping
    kind: str
    credentials: tuple[SchemeSetting, ...]
    tokens: Mapping[str, ScalarNode]
    copies: Mapping[str, ScalarNode]
    endpoints: Mapping[str, MapNode]
    oauth: MapNode
    assumptions: tuple[Assumption, ...] = ()

    def take_condition(self, kind: str) -> None:
        """Take the condition, which has selected a method, and the type if it is that of the scheme."""
        path = find_key(self.declaration, "predicate_key")
        # A path that is not a list of texts selects nothing: it stays as it is.
        if list_texts(self.declaration.peek(path)):
            self.declaration.take(path)
        if kind == self.kind:
            self.declaration.take(find_key(self.declaration, "auth_flow_type"))
        self.declaration.take_text(find_key(self.declaration, "predicate_value"))


def find_key(mapping: TrackedMapping, name: str) -> str:
    """Return the key that is spelt as `name`, or in camel case as in the API of the platform."""
    wanted = name.replace("_", "").lower()
    keys = (entry.key for entry in mapping.node.entries)
    return next((key for key in keys if key.replace("_", "").lower() == wanted), name)


def read_condition(declaration: TrackedMapping) -> FlowCondition:
    """Return the condition of the flow, without taking any key."""
    predicate = list_texts(declaration.peek(find_key(declaration, "predicate_key")))
    config = declaration.peek(find_key(declaration, "oauth_config_specification"))
    return FlowCondition(
        declaration,
        KINDS.get(get_text(declaration.peek(find_key(declaration, "auth_flow_type"))) or ""),
        ".".join(predicate) or None,
        get_text(declaration.peek(find_key(declaration, "predicate_value"))),
        frozenset(_list_targets(config)) if config is not None else frozenset(),
    )


def _list_targets(node: Node) -> Iterator[str]:
    """Yield the settings that are filled anywhere in a flow."""
    match node:
        case MapNode(entries=entries):
            for entry in entries:
                path = list_texts(entry.node) if entry.key == _PATH else ()
                yield from (".".join(path),) if path else _list_targets(entry.node)
        case ListNode(items=items):
            for item in items:
                yield from _list_targets(item)


def read_flow(condition: FlowCondition, defaults: Mapping[str, object]) -> OAuthFlow:
    """Return the flow of a condition that is met; `defaults` are those of the settings, by their names."""
    config = condition.declaration.child(find_key(condition.declaration, "oauth_config_specification"))
    tokens = _take_tokens(_find_child(config, "complete_oauth_output_specification"))
    connector_input = _find_child(config, "oauth_connector_input_specification")
    user_input = _find_child(config, "oauth_user_input_from_connector_config_specification")
    for key in _SENT_KEYS:
        _withhold_literals(connector_input, key)
    endpoints, assumptions = _take_endpoints(connector_input, user_input.child("properties"), defaults)
    return OAuthFlow(
        condition.declaration,
        condition.kind or "",
        list_settings(_find_child(config, SERVER_INPUT)),
        tokens,
        _take_targets(_find_child(config, "complete_oauth_server_output_specification")),
        endpoints,
        _take_oauth(connector_input, tokens),
        assumptions,
    )


def _withhold_literals(connector_input: TrackedMapping, key: str) -> None:
    """Withhold the fields under a key that have the name of a credential and a literal for its value."""
    sent = connector_input.peek(key)
    for entry in sent.entries if isinstance(sent, MapNode) else ():
        if is_literal_field(entry.key, entry.node):
            connector_input.child(key).withhold(entry.key)


def _find_child(config: TrackedMapping, name: str) -> TrackedMapping:
    return config.child(find_key(config, name))


def _take_tokens(schema: TrackedMapping) -> dict[str, ScalarNode]:
    """Return for each setting that the login fills the dotted path of its value in the token response."""
    targets = _take_targets(schema)
    properties = schema.child("properties")
    for setting, name in targets.items():
        value = properties.child(str(name.value))
        path = list_texts(value.peek(_RESPONSE_PATH))
        if path:
            targets[setting] = ScalarNode(".".join(path), name.place)
            value.take(_RESPONSE_PATH)
    return targets


def _take_targets(schema: TrackedMapping) -> dict[str, ScalarNode]:
    """Return for each setting that is filled the name of its value in the flow."""
    targets: dict[str, ScalarNode] = {}
    properties = schema.child("properties")
    for key in properties.keys:
        value = properties.child(key)
        path = list_texts(value.peek(_PATH))
        if path:
            targets[".".join(path)] = ScalarNode(key, value.place)
            _take_path(value)
    return targets


def _take_path(value: TrackedMapping) -> None:
    """Take the path of a value in the configuration, and its type if it is the usual one."""
    value.take(_PATH)
    if get_text(value.peek("type")) == "string":
        value.take("type")


def _take_endpoints(
    connector_input: TrackedMapping, user_input: TrackedMapping, defaults: Mapping[str, object]
) -> tuple[dict[str, MapNode], tuple[Assumption, ...]]:
    """Return the addresses and what they assume, unless they are templates of the flow, which are left.

    One with a credential before its host is withheld, and so is a query with one. Their variables may be settings that
    the user input names.
    """
    endpoints: dict[str, MapNode] = {}
    assumptions: tuple[Assumption, ...] = ()
    for key, role in (("consent_url", "authorize"), ("access_token_url", "token")):
        node = connector_input.peek(key)
        value = get_text(node)
        if node is None or value is None:
            continue
        address, _, query = value.partition("?")
        if holds_credential(address):
            connector_input.withhold(key)
            continue
        if has_literal_credential(value):
            connector_input.withhold(key)
        chosen = _read_address(address, user_input, defaults)
        if chosen is not None and (chosen.template.names or chosen.template.is_literal):
            endpoints[role] = chosen.to_endpoint(node.place, read_fixed_query(query, node.place))
            assumptions += chosen.list_assumptions(key, node.place)
            if chosen.is_all and query == _join_query(endpoints[role].find("query")):
                connector_input.take(key)
    return endpoints, assumptions


def _read_address(address: str, user_input: TrackedMapping, defaults: Mapping[str, object]) -> ChosenValue | None:
    """Return an address, and take the user input that it refers to."""
    paths = {entry.key: list_texts(user_input.child(entry.key).peek(_PATH)) for entry in user_input.node.entries}
    settings = {key: ".".join(path) for key, path in paths.items() if path}
    values = {key: defaults.get(name) for key, name in settings.items()}
    chosen = choose_value(address, {}, values, tuple(settings))
    if chosen is None:
        return None
    for name in chosen.template.names:
        if name in settings:
            _take_path(user_input.child(name))
    return chosen.rename(settings)


def read_fixed_query(query: str, place: Place) -> MapNode | None:
    """Return the parts of a query that are neither templates nor literals in place of a credential."""
    pairs = [part.partition("=") for part in query.split("&") if part and "{{" not in part and "}}" not in part]
    fixed = {name: value for name, sign, value in pairs if sign and not may_be_credential(name, value)}
    return make_plain_map(fixed, place)


def has_literal_credential(text: str) -> bool:
    """Return whether a text with names and values holds a literal in place of a credential."""
    return any(may_be_credential(name, value) for name, value in _PAIR.findall(text))


def _join_query(query: Node | None) -> str:
    entries = query.entries if isinstance(query, MapNode) else ()
    return "&".join(f"{entry.key}={get_text(entry.node)}" for entry in entries)


def _take_oauth(connector_input: TrackedMapping, tokens: Mapping[str, ScalarNode]) -> MapNode:
    place = connector_input.place
    consent_url = get_text(connector_input.peek("consent_url")) or ""
    separator = _SEPARATORS.get(get_text(connector_input.peek("scopes_join_strategy")) or "")
    if separator is not None:
        connector_input.take("scopes_join_strategy")
    return make_map(
        place,
        scopes=_take_scopes(connector_input, "scopes") or _take_scope(connector_input, "scope"),
        optional_scopes=_take_scopes(connector_input, "optional_scopes")
        or _take_scope(connector_input, "optional_scope"),
        scope_separator=separator or find_separator(get_text(connector_input.peek("scope")) or ""),
        pkce=True if "code_challenge" in consent_url else None,
        client_authentication=_find_client_authentication(connector_input),
        response=make_plain_map({setting: get_text(name) for setting, name in tokens.items()}, place),
    )


def _find_client_authentication(connector_input: TrackedMapping) -> str | None:
    """Return how the token request authenticates the client; None if it does so in the address, or not at all."""
    headers, fields = map(connector_input.peek, _SENT_KEYS)
    header = get_text(headers.find("Authorization")) if isinstance(headers, MapNode) else None
    if re.match(r"basic .*\{\{", header or "", re.IGNORECASE):
        return "client_secret_basic"
    values = (get_text(entry.node) or "" for entry in (fields.entries if isinstance(fields, MapNode) else ()))
    return "client_secret_post" if any("client_secret" in value for value in values) else None


def _take_scopes(connector_input: TrackedMapping, key: str) -> ListNode | None:
    """Take a list of scopes, each of which is text or a mapping with nothing else in it."""
    node = connector_input.peek(key)
    items = node.items if isinstance(node, ListNode) else ()
    scopes = tuple(_unwrap_scope(item) for item in items)
    if not scopes or any(get_text(scope) is None for scope in scopes):
        return None
    connector_input.take(key)
    return make_list(scopes, connector_input.place)


def _unwrap_scope(item: Node) -> Node:
    is_wrapped = isinstance(item, MapNode) and [entry.key for entry in item.entries] == ["scope"]
    return item.entries[0].node if isinstance(item, MapNode) and is_wrapped else item


def _take_scope(connector_input: TrackedMapping, key: str) -> ListNode | None:
    """Take the scopes in one text, which spaces separate (RFC 6749 section 3.3), or else commas."""
    node = connector_input.peek(key)
    text = get_text(node) or ""
    words = text.split(find_separator(text) or " ")
    if node is None or not all(words) or any("{{" in word or "," in word for word in words):
        return None
    connector_input.take(key)
    return make_list(tuple(ScalarNode(word, node.place) for word in words), node.place)
