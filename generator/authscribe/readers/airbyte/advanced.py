"""Airbyte's advanced auth: an OAuth flow that the platform runs, with what it needs and what it puts into the settings.

The components are those of the declarative component schema of airbyte-cdk: the administrator of the platform gives
the server input, the flow gives its output, and both go to paths of the connector's configuration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from authscribe.draft import ListNode, MapNode, ScalarNode, text
from authscribe.finding import Place
from authscribe.readers.airbyte import specification, templates
from authscribe.readers.foreign import Reading, entries, listed, mapped
from authscribe.readers.settings import Setting, texts

_FLOWS: Final[Mapping[str, str]] = {"oauth2.0": "oauth2_authorization_code", "oauth1.0": "oauth1"}
_SEPARATORS: Final[Mapping[str, str]] = {"space": " ", "comma": ",", "plus": "+"}


@dataclass(frozen=True, slots=True)
class Flow:
    """An OAuth flow; the keys of `tokens` and `copies` are settings, their values names in the flow."""

    reading: Reading
    kind: str
    setting: str | None
    value: str | None
    credentials: tuple[Setting, ...]
    tokens: Mapping[str, ScalarNode]
    copies: Mapping[str, ScalarNode]
    endpoints: Mapping[str, MapNode]
    oauth: MapNode

    def applies(self, chosen_by: str | None, value: str | None) -> bool:
        """Whether this is how the way with `value` for the setting `chosen_by` authenticates."""
        if self.setting is None:
            return True
        return self.setting == chosen_by and self.value in (None, value)

    def take(self) -> None:
        """The condition is mapped: it has chosen a way."""
        for key in ("predicate_key", "predicate_value"):
            self.reading.take(key)


def named(reading: Reading, name: str) -> str:
    """The key of a mapping that is spelt as `name` or in camel case, as the API of the platform has it."""
    wanted = name.replace("_", "").lower()
    keys = (entry.key for entry in reading.node.entries)
    return next((key for key in keys if key.replace("_", "").lower() == wanted), name)


def read(reading: Reading) -> Flow | None:
    """The flow; None where there is none or it is of an unknown type."""
    stated = text(reading.peek(named(reading, "auth_flow_type")))
    kind = _FLOWS.get(stated or "")
    if kind is None:
        return None
    reading.take(named(reading, "auth_flow_type"))
    config = reading.within(named(reading, "oauth_config_specification"))
    given = _part(config, "complete_oauth_server_input_specification")
    tokens = _targets(_part(config, "complete_oauth_output_specification"))
    declared = _part(config, "oauth_connector_input_specification")
    predicate = texts(reading.peek(named(reading, "predicate_key")))
    return Flow(
        reading,
        kind,
        ".".join(predicate) or None,
        text(reading.peek(named(reading, "predicate_value"))),
        specification.settings_of(given),
        tokens,
        _targets(_part(config, "complete_oauth_server_output_specification")),
        _endpoints(declared),
        _oauth(declared, tokens),
    )


def _part(config: Reading, name: str) -> Reading:
    return config.within(named(config, name))


def _targets(schema: Reading) -> dict[str, ScalarNode]:
    """For each setting that gets a value, the name that the value has in the flow."""
    found: dict[str, ScalarNode] = {}
    properties = schema.within("properties")
    for key in properties.keys:
        reading = properties.within(key)
        path = texts(reading.peek("path_in_connector_config"))
        if path:
            found[".".join(path)] = ScalarNode(key, reading.place)
            reading.take("path_in_connector_config")
            _take_if(reading, "type", "string")
    return found


def _take_if(reading: Reading, key: str, value: str) -> None:
    if text(reading.peek(key)) == value:
        reading.take(key)


def _endpoints(declared: Reading) -> dict[str, MapNode]:
    """The addresses, where they are more than the templates of the flow; those stay as they stand."""
    found: dict[str, MapNode] = {}
    for key, role in (("consent_url", "authorize"), ("access_token_url", "token")):
        node = declared.peek(key)
        value = text(node)
        if node is None or value is None:
            continue
        address, _, query = value.partition("?")
        template = templates.parsed(address, {})
        if template is not None and (template.names or template.is_literal):
            found[role] = entries(node.place, url=template.url(), query=_fixed(query, node.place))
            if "{{" not in query and not (query and found[role].find("query") is None):
                declared.take(key)
    return found


def _fixed(query: str, place: Place) -> MapNode | None:
    """The parts of a query that no template fills."""
    pairs = [part.partition("=") for part in query.split("&") if part and "{{" not in part and "}}" not in part]
    return mapped({name: value for name, sign, value in pairs if sign}, place)


def _oauth(declared: Reading, tokens: Mapping[str, ScalarNode]) -> MapNode:
    place = declared.place
    consent = text(declared.peek("consent_url")) or ""
    separator = _SEPARATORS.get(text(declared.peek("scopes_join_strategy")) or "")
    if separator is not None:
        declared.take("scopes_join_strategy")
    return entries(
        place,
        scopes=_scopes(declared, "scopes") or _scope(declared),
        optional_scopes=_scopes(declared, "optional_scopes"),
        scope_separator=separator,
        pkce=True if "code_challenge" in consent else None,
        response=mapped({setting: text(name) for setting, name in tokens.items()}, place),
    )


def _scopes(declared: Reading, key: str) -> ListNode | None:
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
    if not found or any(text(item) is None for item in found):
        return None
    declared.take(key)
    return listed(found, declared.place)


def _scope(declared: Reading) -> ListNode | None:
    """Scopes in one text, where blanks separate them (RFC 6749 section 3.3)."""
    node = declared.peek("scope")
    words = (text(node) or "").split(" ")
    if node is None or not all(words) or any("{{" in word or "," in word for word in words):
        return None
    declared.take("scope")
    return listed(tuple(ScalarNode(word, node.place) for word in words), node.place)
