"""Read Airbyte's authenticators: how each of them authenticates requests.

The components are those of the declarative component schema of airbyte-cdk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from authscribe.findings.finding import Finding
from authscribe.findings.rules.unknown_mode import report_unknown_mode
from authscribe.model.draft import get_text
from authscribe.readers.foreign.airbyte.literal_secrets import has_literal_secret
from authscribe.readers.foreign.airbyte.manifest import Manifest, ManifestComponent
from authscribe.readers.foreign.airbyte.mechanism import AuthMechanism
from authscribe.readers.foreign.airbyte.sessions import read_legacy_session, read_session
from authscribe.readers.foreign.airbyte.templates import list_choices
from authscribe.readers.foreign.airbyte.tokens import read_custom, read_jwt, read_oauth
from authscribe.readers.foreign.scheme_lists import list_texts

_SELECTIVE: Final = "SelectiveAuthenticator"
_PROGRAMMED: Final = "CustomAuthenticator"
_AUTHORIZATION: Final = "authorization"


@dataclass(frozen=True, slots=True)
class AuthenticatorSelection:
    """Component that selects an authenticator, and the authenticators by the value of the setting that selects one."""

    setting: str
    component: ManifestComponent
    authenticators: Mapping[str, ManifestComponent]

    def read(self, value: str, manifest: Manifest) -> AuthMechanism | None:
        """Return the mechanism that a value selects, as `read_mechanism` does; None if it selects none."""
        if value not in self.authenticators:
            return None
        mechanism = read_mechanism(self.authenticators[value], manifest)
        mechanism.note(self.component, "type")
        mechanism.is_selected = True
        return mechanism


@dataclass(frozen=True, slots=True)
class ProgrammedSelection:
    """Authenticator in code that selects one of the `authenticators` in its fields, by rules of its own."""

    component: ManifestComponent
    authenticators: tuple[ManifestComponent, ...]

    def read(self, declared: AbstractSet[str], manifest: Manifest, *, is_alternative: bool) -> AuthMechanism:
        """Return the mechanism of the only authenticator whose settings are all declared.

        An alternative declares what its own authenticator needs, so that of several the one with the most settings
        counts there. If a choice is left, only the fields of the code itself are known.
        """
        mechanisms = (read_mechanism(each, manifest) for each in self.authenticators)
        usable = [mechanism for mechanism in mechanisms if mechanism.names <= declared]
        most = max((len(mechanism.names) for mechanism in usable), default=0) if is_alternative else 0
        best = [mechanism for mechanism in usable if len(mechanism.names) >= most]
        if len(best) == 1:
            return best[0]
        return read_mechanism(self.component, manifest)


AuthenticatorSource: TypeAlias = ManifestComponent | AuthenticatorSelection | ProgrammedSelection


def find_authenticators(manifest: Manifest) -> Iterator[AuthenticatorSource]:
    """Yield each authenticator of a manifest, or the selection between several."""
    for component in manifest.list_authenticators():
        component_type = component.find_literal("type")
        if component_type == _SELECTIVE:
            selection = _find_selection(component)
            yield from (selection,) if selection is not None else ()
        elif component_type in (_PROGRAMMED, None) and (inner := tuple(_list_inner(component))):
            yield ProgrammedSelection(component, inner)
        else:
            yield component


def find_unknown_types(manifest: Manifest) -> Iterator[Finding]:
    """Report each authenticator of a type that airbyte-cdk does not have."""
    for component in manifest.list_authenticators():
        selectable = component.find_component("authenticators")
        entries = selectable.mappings[0].node.entries if selectable is not None else ()
        inner = (selectable.find_component(entry.key) for entry in entries) if selectable is not None else ()
        for each in (component, *inner):
            type_node = each.find_node("type") if each is not None else None
            name = get_text(type_node)
            if type_node is not None and name is not None and name not in AUTHENTICATORS:
                yield report_unknown_mode(name, type_node.place, AUTHENTICATORS)


def read_mechanism(component: ManifestComponent, manifest: Manifest) -> AuthMechanism:
    """Return the mechanism of an authenticator with the settings that a manifest prefers.

    Of an authenticator that is programmed elsewhere, only its fields are known.
    """
    component = replace(component, manifest=manifest)
    place = component.mappings[0].place
    kind, read = AUTHENTICATORS.get(component.find_literal("type") or "", _CUSTOM)
    mechanism = AuthMechanism(place, kind)
    read(component, mechanism)
    # These kinds do not tell the type, which is kept instead.
    if {kind, mechanism.kind}.isdisjoint({"none", "custom"}):
        mechanism.note(component, "type")
    return mechanism


def _find_selection(component: ManifestComponent) -> AuthenticatorSelection | None:
    """Return the authenticators between which a component selects; None if it selects nothing."""
    path = list_texts(component.find_node("authenticator_selection_path"))
    authenticators = component.find_component("authenticators")
    if not path or authenticators is None:
        return None
    found = {entry.key: authenticators.find_component(entry.key) for entry in authenticators.mappings[0].node.entries}
    # A nested selection is not understood, and could be this one again.
    usable = {key: each for key, each in found.items() if each is not None and each.find_literal("type") != _SELECTIVE}
    return AuthenticatorSelection(".".join(path), component, usable)


def _list_inner(component: ManifestComponent) -> Iterator[ManifestComponent]:
    """Yield each authenticator in the fields of another one, unless that is programmed or selects one as well."""
    for entry in component.mappings[0].node.entries:
        inner = component.find_component(entry.key)
        if inner is not None and inner.find_literal("type") in AUTHENTICATORS.keys() - {_SELECTIVE, _PROGRAMMED}:
            yield inner


def _read_api_key(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    pair = component.find_basic("api_token")
    if pair is not None and _find_header(component) == _AUTHORIZATION:
        mechanism.use_basic(component, "api_token")
        mechanism.add_basic(*pair)
        return
    value = component.find_template("api_token")
    if value is None or not value.names:
        return
    fallback = component.find_fallback("api_token")
    if mechanism.add_placement_by_option(component, "inject_into", value, fallback):
        mechanism.use_template(component, "api_token")
    elif component.find_literal("header") is not None:
        mechanism.use_template(component, "api_token")
        mechanism.add_template("header", str(mechanism.use_literal(component, "header")), value, fallback)


def _find_header(component: ManifestComponent) -> str | None:
    """Return the name of the header with the key, in lower case."""
    option = component.find_component("inject_into")
    if option is None:
        header = component.find_literal("header")
    else:
        header = option.find_literal("field_name") if option.find_literal("inject_into") == "header" else None
    return header.lower() if header is not None else None


def _read_basic(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    for key, location in (("username", "basic_username"), ("password", "basic_password")):
        value = mechanism.use_template(component, key)
        if value is not None:
            mechanism.add_template(location, "", value, component.find_fallback(key))


def _read_bearer(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    value = component.find_template("api_token")
    if value is not None and value.names:
        mechanism.use_template(component, "api_token")
        fallback = component.find_fallback("api_token")
        other = fallback.prepend("Bearer ") if fallback is not None else None
        mechanism.add_template("header", "Authorization", value.prepend("Bearer "), other)


def _read_tokens(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    """Add the first of several tokens between which the connector rotates; they are interchangeable."""
    tokens = component.find_node("tokens")
    if tokens is None or has_literal_secret("tokens", tokens):
        return
    listed = list_texts(tokens)
    choices = [list_choices(token, component.parameters) for token in listed or (get_text(tokens) or "",)]
    templates = [choice[0] for choice in choices if choice]
    if not templates or not templates[0].names:
        return
    mechanism.names |= {name for template in templates for name in template.names}
    header = mechanism.use_literal(component, "header") or "Authorization"
    prefix = mechanism.use_literal(component, "auth_method") or "Bearer"
    mechanism.kind = "http_bearer" if (header.lower(), prefix) == (_AUTHORIZATION, "Bearer") else "api_key"
    mechanism.add_placement("header", header, templates[0].prepend(f"{prefix} ").to_placement())
    if not listed:
        mechanism.note(component, "tokens")


def _read_nothing(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    """Add nothing: requests are not authenticated, or by what is read instead."""


_CUSTOM: Final = ("custom", read_custom)

AUTHENTICATORS: Final[Mapping[str, tuple[str, Callable[[ManifestComponent, AuthMechanism], None]]]] = {
    "ApiKeyAuthenticator": ("api_key", _read_api_key),
    "BasicHttpAuthenticator": ("http_basic", _read_basic),
    "BearerAuthenticator": ("http_bearer", _read_bearer),
    "OAuthAuthenticator": ("oauth2_refresh", read_oauth),
    "JwtAuthenticator": ("jwt", read_jwt),
    "SessionTokenAuthenticator": ("two_step", read_session),
    "LegacySessionTokenAuthenticator": ("two_step", read_legacy_session),
    "RateLimitedMultipleTokenAuthenticator": ("http_bearer", _read_tokens),
    "NoAuth": ("none", _read_nothing),
    _PROGRAMMED: _CUSTOM,
    _SELECTIVE: ("custom", _read_nothing),
}
"""Kinds and readers by the types of components: all authenticators in the schema of airbyte-cdk."""
