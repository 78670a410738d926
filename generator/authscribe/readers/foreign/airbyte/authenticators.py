"""Read Airbyte's authenticators: how each of them authenticates requests.

The components are those of the declarative component schema of airbyte-cdk.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from authscribe.model.draft import get_text
from authscribe.readers.foreign.airbyte.manifest import Manifest, ManifestComponent
from authscribe.readers.foreign.airbyte.mechanism import AuthMechanism
from authscribe.readers.foreign.airbyte.templates import list_choices
from authscribe.readers.foreign.airbyte.tokens import read_jwt, read_legacy_session, read_oauth, read_session
from authscribe.readers.foreign.scheme_lists import list_texts

_SENT_KEYS: Final[Mapping[str, str]] = {
    "request_headers": "header",
    "request_parameters": "query",
    "request_body_json": "body",
    "request_body_data": "body",
}
_SELECTIVE: Final = "SelectiveAuthenticator"


@dataclass(frozen=True, slots=True)
class AuthenticatorSelection:
    """Authenticators by the value of the setting that selects one."""

    setting: str
    mechanisms: Mapping[str, AuthMechanism]


def read_authenticators(manifest: Manifest) -> tuple[AuthMechanism | AuthenticatorSelection, ...]:
    """Return the mechanism of each authenticator of a manifest, or the selection between several.

    Of an authenticator that is programmed elsewhere, only its existence is known.
    """
    mechanisms: list[AuthMechanism | AuthenticatorSelection] = []
    for component in manifest.list_authenticators():
        if component.find_literal("type") != _SELECTIVE:
            mechanisms.append(_read_mechanism(component))
        elif (selection := _read_selection(component)) is not None:
            mechanisms.append(selection)
    return tuple(mechanisms)


def find_sent_secrets(manifest: Manifest, secrets: Container[str]) -> Iterator[AuthMechanism]:
    """Yield a mechanism for each secret that requests send without an authenticator; its keys are left.

    A name with different values in different requests is skipped, as it does not apply to the whole connector.
    """
    for key, location in _SENT_KEYS.items():
        values: dict[str, set[str]] = {}
        for entry in manifest.list_sent(key):
            values.setdefault(entry.key, set()).add(get_text(entry.node) or "")
        places = {entry.key: entry.place for entry in manifest.list_sent(key)}
        for name, (value, *others) in values.items():
            template = manifest.choose_declared(list_choices(value, {}))
            if not others and template is not None and any(setting in secrets for setting in template.names):
                mechanism = AuthMechanism(places[name], "api_key", set(template.names))
                mechanism.add_placement(location, name, template.to_placement())
                yield mechanism


def _read_mechanism(component: ManifestComponent) -> AuthMechanism:
    place = component.mappings[0].place
    reader = _READERS.get(component.find_literal("type") or "")
    if reader is None:
        return AuthMechanism(place, "custom")
    kind, read = reader
    mechanism = AuthMechanism(place, kind)
    read(component, mechanism)
    # These kinds do not tell the type, which is kept instead.
    if mechanism.kind not in ("none", "custom"):
        mechanism.note(component, "type")
    return mechanism


def _read_selection(component: ManifestComponent) -> AuthenticatorSelection | None:
    """Return the authenticators between which a component selects; None if it selects nothing."""
    path = list_texts(component.find_node("authenticator_selection_path"))
    authenticators = component.find_component("authenticators")
    if not path or authenticators is None:
        return None
    mechanisms: dict[str, AuthMechanism] = {}
    for entry in authenticators.mappings[0].node.entries:
        authenticator = authenticators.find_component(entry.key)
        # A nested selection is not understood, and could be this one again.
        if authenticator is not None and authenticator.find_literal("type") != _SELECTIVE:
            mechanisms[entry.key] = _read_mechanism(authenticator)
            mechanisms[entry.key].note(component, "type")
    return AuthenticatorSelection(".".join(path), mechanisms)


def _read_api_key(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    value = component.find_template("api_token")
    if value is None or not value.names:
        return
    if mechanism.add_placement_by_option(component, "inject_into", value):
        mechanism.use_template(component, "api_token")
    elif component.find_literal("header") is not None:
        mechanism.use_template(component, "api_token")
        mechanism.add_placement("header", str(mechanism.use_literal(component, "header")), value.to_placement())


def _read_basic(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    for key, location in (("username", "basic_username"), ("password", "basic_password")):
        value = mechanism.use_template(component, key)
        if value is not None:
            mechanism.add_placement(location, "", value.to_placement())


def _read_bearer(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    value = component.find_template("api_token")
    if value is not None and value.names:
        mechanism.use_template(component, "api_token")
        mechanism.add_placement("header", "Authorization", f"Bearer {value.to_placement()}")


def _read_no_auth(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    """Add nothing: requests are not authenticated."""


_READERS: Final[Mapping[str, tuple[str, Callable[[ManifestComponent, AuthMechanism], None]]]] = {
    "ApiKeyAuthenticator": ("api_key", _read_api_key),
    "BasicHttpAuthenticator": ("http_basic", _read_basic),
    "BearerAuthenticator": ("http_bearer", _read_bearer),
    "OAuthAuthenticator": ("oauth2_refresh", read_oauth),
    "JwtAuthenticator": ("jwt", read_jwt),
    "SessionTokenAuthenticator": ("two_step", read_session),
    "LegacySessionTokenAuthenticator": ("two_step", read_legacy_session),
    "NoAuth": ("none", _read_no_auth),
}
"""Kinds and readers by the types of components."""
