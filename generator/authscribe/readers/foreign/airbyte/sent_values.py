"""Read what the requests of an Airbyte connector send without an authenticator: settings and fixed values."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from typing import Final

from authscribe.findings.finding import Place
from authscribe.model.draft import Entry, MapNode, Node, ScalarNode
from authscribe.model.naming import split_words
from authscribe.readers.foreign.airbyte.addresses import choose_value
from authscribe.readers.foreign.airbyte.literal_secrets import FORM, has_literal_secret, is_literal_field
from authscribe.readers.foreign.airbyte.manifest import REFERENCE, TYPED_BODY, Manifest
from authscribe.readers.foreign.airbyte.mechanism import AuthMechanism
from authscribe.readers.foreign.airbyte.templates import has_braces

_HEADERS: Final = "request_headers"
_QUERY: Final = "request_parameters"
_OPTIONS: Final = "request_options_provider"
"""Key of the component that holds what requests send in older manifests."""
_SENT_KEYS: Final[Mapping[str, str]] = {
    _HEADERS: "header",
    _QUERY: "query",
    "request_body_json": "body",
    FORM: "body",
    TYPED_BODY: "body",
}
_AUTHORIZATION: Final = "authorization"
_BEARER: Final = "Bearer "
_API_WORDS: Final = frozenset({"fmt", "format", "v", "version"})
"""Last words of the names of query parameters that say which form of an API is called: `api-version`."""


def count_sent(manifest: Manifest) -> int:
    """Return how many values requests send without an authenticator."""
    return sum(1 for key in _SENT_KEYS for _ in _list_sent(manifest, key))


def find_sent_values(manifest: Manifest, secrets: Container[str]) -> Iterator[AuthMechanism]:
    """Yield a mechanism for each value that requests send without an authenticator; its keys are left.

    All settings in headers count, and elsewhere, where requests also have their filters, the secret ones; of the fixed
    values, those that are common to all requests. A name with different values in different requests is skipped, as it
    does not apply to the whole connector.
    """
    for key, location in _SENT_KEYS.items():
        values: dict[str, set[str]] = {}
        places: dict[str, Place] = {}
        for entry in _list_sent(manifest, key):
            values.setdefault(entry.key, set()).add(_spell(entry.node))
            places[entry.key] = entry.place
        common = _find_common(manifest, key)
        for name, (value, *others) in values.items():
            mechanism = _read_sent(manifest, location, name, value, places[name]) if not others else None
            if mechanism is None:
                continue
            is_declared = location == "header" and mechanism.names <= manifest.settings.keys()
            if any(setting in secrets for setting in mechanism.names):
                yield mechanism
            elif is_declared if mechanism.names else name in common:
                yield replace(mechanism, kind="none")


def _list_sent(manifest: Manifest, key: str) -> Iterator[Entry]:
    """Yield what the requests of streams send under a key such as `request_headers`, named by dotted paths."""
    for node in manifest.list_in_streams(key):
        # Later manifests hold a body as the value of one with a type.
        sent = manifest.follow(node.find("value")) if key == TYPED_BODY and isinstance(node, MapNode) else node
        yield from _list_fields(sent, is_nested=_SENT_KEYS[key] == "body")


def _list_fields(node: Node | None, path: str = "", *, is_nested: bool) -> Iterator[Entry]:
    """Yield the fields in a mapping; only in a body, another mapping in it has fields and is not a component."""
    for entry in node.entries if isinstance(node, MapNode) else ():
        if isinstance(entry.node, MapNode):
            if is_nested:
                yield from _list_fields(entry.node, f"{path}{entry.key}.", is_nested=True)
        elif entry.key != REFERENCE:
            yield entry._replace(key=f"{path}{entry.key}")


def _find_common(manifest: Manifest, key: str) -> frozenset[str]:
    """Return the names of the headers or query parameters that all requests have and that concern the whole API.

    The rest of a query, such as `page[size]` or `sort`, is about records, even if all streams happen to have it.
    """
    if key not in (_HEADERS, _QUERY):
        return frozenset()
    pairs = zip(manifest.list_from_requesters(key), manifest.list_from_requesters(_OPTIONS, key), strict=True)
    # Many requesters may refer to one mapping.
    nodes = {id(node): node for node in (first or second for first, second in pairs)}
    names = [{entry.key for entry in node.entries} if isinstance(node, MapNode) else set() for node in nodes.values()]
    common = frozenset[str]().union(*names[:1]).intersection(*names)
    return common if key == _HEADERS else frozenset(filter(_concerns_api, common))


def _concerns_api(name: str) -> bool:
    return not _API_WORDS.isdisjoint(split_words(name)[-1:])


def _spell(node: Node) -> str:
    """Return a scalar as text; "" for anything else, which sends several values or none."""
    return str(node.value) if isinstance(node, ScalarNode) and node.value is not None else ""


def _read_sent(manifest: Manifest, location: str, name: str, value: str, place: Place) -> AuthMechanism | None:
    """Return the mechanism of a value that requests send; None for one that is not understood, or is withheld."""
    mechanism = AuthMechanism(place, "api_key")
    node, key = ScalarNode(value, place), name.rpartition(".")[2]
    if has_literal_secret(key, node) or is_literal_field(key, node) or has_braces((name,)):
        return None
    is_authorization = (location, name.lower()) == ("header", _AUTHORIZATION)
    pair = manifest.choose_basic(value, {}) if is_authorization else None
    if pair is not None:
        mechanism.names = {setting for template in pair for setting in template.names}
        mechanism.add_basic(*pair)
        return mechanism if mechanism.names else None
    chosen = choose_value(value, {}, manifest.settings)
    if chosen is None or not (chosen.template.names or chosen.template.is_literal):
        return None
    mechanism.names = set(chosen.template.names)
    if is_authorization and chosen.template.parts[:1] == (_BEARER,):
        mechanism.kind = "http_bearer"
    mechanism.add_placement(location, name, chosen.template.to_placement(), chosen.show_fallback())
    return mechanism
