"""Airbyte's advanced auth: an OAuth flow that the platform runs, with what it needs and what it puts into the settings.

The components are those of the declarative component schema of airbyte-cdk: the administrator of the platform gives
the server input, the flow gives its output, and both go to paths of the connector's configuration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import ListNode, MapNode, Node, ScalarNode, text_of
from authscribe.readers.foreign.airbyte.specification import list_settings
from authscribe.readers.foreign.airbyte.templates import parse_value
from authscribe.readers.foreign.scheme_lists import SchemeSetting, list_texts
from authscribe.readers.foreign.tracking import TrackedMapping, make_list, make_map, make_plain_map

_FLOWS: Final[Mapping[str, str]] = {"oauth2.0": "oauth2_authorization_code", "oauth1.0": "oauth1"}
_PATH: Final = "path_in_connector_config"
GIVEN: Final = "complete_oauth_server_input_specification"
"""What the administrator of the platform gives."""
_SEPARATORS: Final[Mapping[str, str]] = {"space": " ", "comma": ",", "plus": "+"}


@dataclass(frozen=True, slots=True)
class Condition:
    """When a flow applies, and the settings that it fills; without a `kind` it never does."""

    reading: TrackedMapping
    kind: str | None
    setting: str | None
    value: str | None
    targets: frozenset[str]

    def applies(self, chosen_by: str | None, value: str | None) -> bool:
        """Whether the way with `value` for the setting `chosen_by` authenticates by the flow."""
        if self.kind is None or self.setting is None:
            return self.kind is not None
        return self.setting == chosen_by and self.value in (None, value)


@dataclass(frozen=True, slots=True)
class Flow:
    """An OAuth flow; the keys of `tokens` and `copies` are settings, their values names in the flow."""

    reading: TrackedMapping
    kind: str
    credentials: tuple[SchemeSetting, ...]
    tokens: Mapping[str, ScalarNode]
    copies: Mapping[str, ScalarNode]
    endpoints: Mapping[str, MapNode]
    oauth: MapNode

    def take(self, kind: str) -> None:
        """The condition is mapped, since it has chosen a way, and the type where it is that of the scheme."""
        of_type = ("auth_flow_type",) if kind == self.kind else ()
        for key in ("predicate_key", *of_type):
            self.reading.take(find_key(self.reading, key))
        self.reading.take_text(find_key(self.reading, "predicate_value"))


def find_key(reading: TrackedMapping, name: str) -> str:
    """The key of a mapping that is spelt as `name` or in camel case, as the API of the platform has it."""
    wanted = name.replace("_", "").lower()
    keys = (entry.key for entry in reading.node.entries)
    return next((key for key in keys if key.replace("_", "").lower() == wanted), name)


def read_condition(reading: TrackedMapping) -> Condition:
    """When the flow applies; nothing is taken yet."""
    predicate = list_texts(reading.peek(find_key(reading, "predicate_key")))
    config = reading.peek(find_key(reading, "oauth_config_specification"))
    return Condition(
        reading,
        _FLOWS.get(text_of(reading.peek(find_key(reading, "auth_flow_type"))) or ""),
        ".".join(predicate) or None,
        text_of(reading.peek(find_key(reading, "predicate_value"))),
        frozenset(_filled(config)) if config is not None else frozenset(),
    )


def _filled(node: Node) -> Iterator[str]:
    """The paths of settings anywhere in a flow."""
    match node:
        case MapNode(entries=found):
            for entry in found:
                path = list_texts(entry.node) if entry.key == _PATH else ()
                yield from (".".join(path),) if path else _filled(entry.node)
        case ListNode(items=items):
            for item in items:
                yield from _filled(item)


def read_flow(condition: Condition) -> Flow:
    """The flow of a condition that applies."""
    config = condition.reading.child(find_key(condition.reading, "oauth_config_specification"))
    tokens = _targets(_part(config, "complete_oauth_output_specification"))
    declared = _part(config, "oauth_connector_input_specification")
    return Flow(
        condition.reading,
        condition.kind or "",
        list_settings(_part(config, GIVEN)),
        tokens,
        _targets(_part(config, "complete_oauth_server_output_specification")),
        _endpoints(declared),
        _oauth(declared, tokens),
    )


def _part(config: TrackedMapping, name: str) -> TrackedMapping:
    return config.child(find_key(config, name))


def _targets(schema: TrackedMapping) -> dict[str, ScalarNode]:
    """For each setting that gets a value, the name that the value has in the flow."""
    found: dict[str, ScalarNode] = {}
    properties = schema.child("properties")
    for key in properties.keys:
        reading = properties.child(key)
        path = list_texts(reading.peek(_PATH))
        if path:
            found[".".join(path)] = ScalarNode(key, reading.place)
            reading.take(_PATH)
            _take_if(reading, "type", "string")
    return found


def _take_if(reading: TrackedMapping, key: str, value: str) -> None:
    if text_of(reading.peek(key)) == value:
        reading.take(key)


def _endpoints(declared: TrackedMapping) -> dict[str, MapNode]:
    """The addresses, where they are more than the templates of the flow; those stay as they stand."""
    found: dict[str, MapNode] = {}
    for key, role in (("consent_url", "authorize"), ("access_token_url", "token")):
        node = declared.peek(key)
        value = text_of(node)
        if node is None or value is None:
            continue
        address, _, query = value.partition("?")
        template = parse_value(address, {})
        if template is not None and (template.names or template.is_literal):
            found[role] = make_map(node.place, url=template.to_url(), query=_fixed(query, node.place))
            if query == _joined(found[role].find("query")):
                declared.take(key)
    return found


def _fixed(query: str, place: Place) -> MapNode | None:
    """The parts of a query that no template fills."""
    pairs = [part.partition("=") for part in query.split("&") if part and "{{" not in part and "}}" not in part]
    return make_plain_map({name: value for name, sign, value in pairs if sign}, place)


def _joined(query: Node | None) -> str:
    """A query of fixed parts as it is written."""
    parts = query.entries if isinstance(query, MapNode) else ()
    return "&".join(f"{entry.key}={text_of(entry.node)}" for entry in parts)


def _oauth(declared: TrackedMapping, tokens: Mapping[str, ScalarNode]) -> MapNode:
    place = declared.place
    consent = text_of(declared.peek("consent_url")) or ""
    separator = _SEPARATORS.get(text_of(declared.peek("scopes_join_strategy")) or "")
    if separator is not None:
        declared.take("scopes_join_strategy")
    return make_map(
        place,
        scopes=_scopes(declared, "scopes") or _scope(declared),
        optional_scopes=_scopes(declared, "optional_scopes"),
        scope_separator=separator,
        pkce=True if "code_challenge" in consent else None,
        response=make_plain_map({setting: text_of(name) for setting, name in tokens.items()}, place),
    )


def _scopes(declared: TrackedMapping, key: str) -> ListNode | None:
    """A list of scopes, each a text or a mapping with nothing else in it."""
    node = declared.peek(key)
    items = node.items if isinstance(node, ListNode) else ()
    found = tuple(
        (
            item.entries[0].node
            if isinstance(item, MapNode) and [entry.key for entry in item.entries] == ["scope"]
            else item
        )
        for item in items
    )
    if not found or any(text_of(item) is None for item in found):
        return None
    declared.take(key)
    return make_list(found, declared.place)


def _scope(declared: TrackedMapping) -> ListNode | None:
    """Scopes in one text, where blanks separate them (RFC 6749 section 3.3)."""
    node = declared.peek("scope")
    words = (text_of(node) or "").split(" ")
    if node is None or not all(words) or any("{{" in word or "," in word for word in words):
        return None
    declared.take("scope")
    return make_list(tuple(ScalarNode(word, node.place) for word in words), node.place)
