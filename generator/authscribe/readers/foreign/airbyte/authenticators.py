"""Airbyte's authenticators: what each says about how requests are authenticated.

The components are those of the declarative component schema of airbyte-cdk.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from authscribe.model.draft import text_of
from authscribe.readers.foreign.airbyte.manifest import Component, Manifest
from authscribe.readers.foreign.airbyte.mechanism import Mechanism
from authscribe.readers.foreign.airbyte.templates import list_choices
from authscribe.readers.foreign.airbyte.tokens import read_jwt, read_legacy_session, read_oauth, read_session
from authscribe.readers.foreign.scheme_lists import list_texts

_SENT: Final[Mapping[str, str]] = {
    "request_headers": "header",
    "request_parameters": "query",
    "request_body_json": "body",
    "request_body_data": "body",
}
_SELECTIVE: Final = "SelectiveAuthenticator"


@dataclass(frozen=True, slots=True)
class Selection:
    """Authenticators by the value of the setting that selects one."""

    setting: str
    mechanisms: Mapping[str, Mechanism]


def read_authenticator(component: Component) -> Mechanism | Selection | None:
    """What an authenticator says: of one that is programmed elsewhere only that; None where it selects nothing."""
    return _selection(component) if component.literal("type") == _SELECTIVE else _mechanism(component)


def _mechanism(component: Component) -> Mechanism:
    known = _KINDS.get(component.literal("type") or "")
    if known is None:
        return Mechanism(component.readings[0].place, "custom")
    mechanism = Mechanism(component.readings[0].place, known[0])
    known[1](component, mechanism)
    if mechanism.kind not in ("none", "custom"):
        mechanism.say(component, "type")
    return mechanism


def find_sent_secrets(manifest: Manifest, secrets: Container[str]) -> Iterator[Mechanism]:
    """Each secret that requests send by themselves, without an authenticator; what they say stays where it stands.

    A name that different requests send with different values says nothing of the connector as a whole.
    """
    for key, location in _SENT.items():
        values: dict[str, set[str]] = {}
        for entry in manifest.sent(key):
            values.setdefault(entry.key, set()).add(text_of(entry.node) or "")
        places = {entry.key: entry.place for entry in manifest.sent(key)}
        for name, (value, *others) in values.items():
            template = manifest.declared_first(list_choices(value, {}))
            if not others and template is not None and any(word in secrets for word in template.names):
                mechanism = Mechanism(places[name], "api_key", set(template.names))
                mechanism.place_value(location, name, template.to_placement())
                yield mechanism


def _selection(component: Component) -> Selection | None:
    path = list_texts(component.find("authenticator_selection_path"))
    among = component.inner("authenticators")
    if not path or among is None:
        return None
    found: dict[str, Mechanism] = {}
    for key in (entry.key for entry in among.readings[0].node.entries):
        inner = among.inner(key)
        # One that selects in turn is not understood, all the less where that is this one again.
        if inner is not None and inner.literal("type") != _SELECTIVE:
            found[key] = _mechanism(inner)
            found[key].say(component, "type")
    return Selection(".".join(path), found)


def _api_key(component: Component, mechanism: Mechanism) -> None:
    value = component.template("api_token")
    if value is None or not value.names:
        return
    if mechanism.place_by_option(component, "inject_into", value):
        mechanism.template(component, "api_token")
    elif component.literal("header") is not None:
        mechanism.template(component, "api_token")
        mechanism.place_value("header", str(mechanism.literal(component, "header")), value.to_placement())


def _basic(component: Component, mechanism: Mechanism) -> None:
    for key, location in (("username", "basic_username"), ("password", "basic_password")):
        value = mechanism.template(component, key)
        if value is not None:
            mechanism.place_value(location, "", value.to_placement())


def _bearer(component: Component, mechanism: Mechanism) -> None:
    value = component.template("api_token")
    if value is not None and value.names:
        mechanism.template(component, "api_token")
        mechanism.place_value("header", "Authorization", f"Bearer {value.to_placement()}")


def _nothing(component: Component, mechanism: Mechanism) -> None:
    """No request is authenticated."""


_KINDS: Final[Mapping[str, tuple[str, Callable[[Component, Mechanism], None]]]] = {
    "ApiKeyAuthenticator": ("api_key", _api_key),
    "BasicHttpAuthenticator": ("http_basic", _basic),
    "BearerAuthenticator": ("http_bearer", _bearer),
    "OAuthAuthenticator": ("oauth2_refresh", read_oauth),
    "JwtAuthenticator": ("jwt", read_jwt),
    "SessionTokenAuthenticator": ("two_step", read_session),
    "LegacySessionTokenAuthenticator": ("two_step", read_legacy_session),
    "NoAuth": ("none", _nothing),
}
