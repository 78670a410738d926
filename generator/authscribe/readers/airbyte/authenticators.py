"""Airbyte's authenticators: what each says about how requests are authenticated.

The components are those of the declarative component schema of airbyte-cdk. What an authenticator says beyond the
models stays in the manifest; nothing of it is taken before some way of the connector is known to use it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from authscribe.draft import MapNode, Node, ScalarNode, text
from authscribe.finding import Place
from authscribe.readers.airbyte import templates
from authscribe.readers.airbyte.manifest import Component, Manifest
from authscribe.readers.airbyte.templates import Template
from authscribe.readers.foreign import Reading, entries, listed, mapped
from authscribe.readers.settings import Obtained, texts

_LOCATIONS: Final[Mapping[str, str]] = {
    "header": "header",
    "request_parameter": "query",
    "body_data": "body",
    "body_json": "body",
    "path": "path",
}
_SENT: Final[Mapping[str, str]] = {
    "request_headers": "header",
    "request_parameters": "query",
    "request_body_json": "body",
    "request_body_data": "body",
}
_ASSERTION: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_GRANTS: Final[Mapping[str, str]] = {
    "refresh_token": "oauth2_refresh",
    "client_credentials": "oauth2_client_credentials",
    "password": "oauth2_password",
    _ASSERTION: "oauth2_jwt_bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange": "oauth2_token_exchange",
}
_SELECTIVE: Final = "SelectiveAuthenticator"
_JWT: Final = "jwt"
_SESSION_TOKEN: Final = "session_token"  # noqa: S105 - the name that a template of Airbyte has for it


@dataclass(slots=True)
class Mechanism:
    """How requests are authenticated, with the keys of the manifest that say so."""

    place: Place
    kind: str
    names: set[str] = field(default_factory=set)
    placements: list[MapNode] = field(default_factory=list)
    endpoints: dict[str, MapNode] = field(default_factory=dict)
    oauth: MapNode | None = None
    token_request: MapNode | None = None
    obtained: list[Obtained] = field(default_factory=list)
    said: list[tuple[Reading, str]] = field(default_factory=list)

    def take(self) -> None:
        """What the manifest says of it is mapped."""
        for reading, key in self.said:
            reading.take(key)

    def template(self, component: Component | None, key: str, known: tuple[str, ...] = ()) -> Template | None:
        """The template under a key, which is then said, with the settings that it refers to."""
        found = component.template(key, known) if component is not None else None
        if component is not None and found is not None:
            self.names |= set(found.names) - set(known)
            self.say(component, key)
        return found

    def literal(self, component: Component | None, key: str) -> str | None:
        """The literal text under a key, which is then said."""
        found = component.literal(key) if component is not None else None
        if component is not None and found is not None:
            self.say(component, key)
        return found

    def say(self, component: Component, *keys: str) -> None:
        """The keys are part of what this says."""
        owners = ((component.owner(key), key) for key in keys)
        self.said += [(owner, key) for owner, key in owners if owner is not None]

    def say_type(self, component: Component, name: str) -> None:
        """The type of a component that says no more than where it stands."""
        if component.literal("type") == name:
            self.say(component, "type")

    def place_value(self, location: str, name: str, value: str) -> None:
        """The value goes into a part of each request."""
        self.placements.append(entries(self.place, in_=location, name=name or None, value=value))

    def obtain(self, name: str, source: str, lifetime: str | None = "expires") -> None:
        """A secret that nobody supplies."""
        origin = entries(self.place, source=source)
        self.obtained.append(Obtained(ScalarNode(name, self.place), origin, MapNode((), self.place), lifetime))


@dataclass(frozen=True, slots=True)
class Selection:
    """Authenticators by the value of the setting that selects one."""

    setting: str
    mechanisms: Mapping[str, Mechanism]


def derived(component: Component) -> Mechanism | Selection | None:
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


def sent_by_streams(manifest: Manifest, secrets: Container[str]) -> Iterator[Mechanism]:
    """Each secret that requests send by themselves, without an authenticator; what they say stays where it stands.

    A name that different requests send with different values says nothing of the connector as a whole.
    """
    for key, location in _SENT.items():
        values: dict[str, set[str]] = {}
        for entry in manifest.sent(key):
            values.setdefault(entry.key, set()).add(text(entry.node) or "")
        places = {entry.key: entry.place for entry in manifest.sent(key)}
        for name, (value, *others) in values.items():
            template = templates.parsed(value, {})
            if not others and template is not None and any(word in secrets for word in template.names):
                mechanism = Mechanism(places[name], "api_key", set(template.names))
                mechanism.place_value(location, name, template.placement())
                yield mechanism


def _selection(component: Component) -> Selection | None:
    path = texts(component.find("authenticator_selection_path"))
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
    if _place_by_option(component, mechanism, "inject_into", value):
        mechanism.template(component, "api_token")
    elif component.literal("header") is not None:
        mechanism.template(component, "api_token")
        mechanism.place_value("header", str(mechanism.literal(component, "header")), value.placement())


def _place_by_option(component: Component, mechanism: Mechanism, key: str, value: Template) -> bool:
    """Puts a value where a request option says; whether there is one that can be understood."""
    option = component.inner(key)
    location = _LOCATIONS.get(option.literal("inject_into") or "") if option is not None else None
    if option is None or location is None:
        return False
    name = option.literal("field_name")
    path = texts(option.find("field_path"))
    if name is None and not path and location != "path":
        return False
    mechanism.say(option, "inject_into", "field_name" if name is not None else "field_path")
    mechanism.say_type(option, "RequestOption")
    mechanism.place_value(location, name if name is not None else ".".join(path), value.placement())
    return True


def _basic(component: Component, mechanism: Mechanism) -> None:
    for key, location in (("username", "basic_username"), ("password", "basic_password")):
        value = mechanism.template(component, key)
        if value is not None:
            mechanism.place_value(location, "", value.placement())


def _bearer(component: Component, mechanism: Mechanism) -> None:
    value = component.template("api_token")
    if value is not None and value.names:
        mechanism.template(component, "api_token")
        mechanism.place_value("header", "Authorization", f"Bearer {value.placement()}")


def _oauth(component: Component, mechanism: Mechanism) -> None:
    grant = _grant(component, mechanism)
    mechanism.kind = _GRANTS.get(grant, "custom")
    address = mechanism.template(component, "token_refresh_endpoint")
    if address is not None:
        role = "refresh" if grant == "refresh_token" else "token"
        mechanism.endpoints[role] = entries(mechanism.place, url=address.url())
    mechanism.token_request = entries(
        mechanism.place,
        headers=_sent(component, mechanism, "refresh_request_headers"),
        body=_grant_body(component, mechanism, grant),
        token_path=mechanism.literal(component, "access_token_name") or "access_token",
        expires_in_path=mechanism.literal(component, "expires_in_name") or "expires_in",
    )
    _scopes(component, mechanism)
    _place_access_token(component, mechanism)


def _grant(component: Component, mechanism: Mechanism) -> str:
    """The grant, which an assertion that is signed for the client overrides."""
    node = component.find("use_profile_assertion")
    if isinstance(node, ScalarNode) and node.value is True:
        mechanism.say(component, "use_profile_assertion")
        return _ASSERTION
    stated = mechanism.literal(component, "grant_type")
    return stated or ("refresh_token" if component.find("grant_type") is None else "")


def _grant_body(component: Component, mechanism: Mechanism, grant: str) -> MapNode | None:
    """What the request for a token sends (RFC 6749), by the names that this provider has for it."""
    fields: dict[str, Node | str] = {mechanism.literal(component, "grant_type_name") or "grant_type": grant}
    signed = component.inner("profile_assertion") if grant == _ASSERTION else None
    if signed is not None:
        _sign(signed, mechanism)
        fields["assertion"] = f"{{{_JWT}}}"
        return mapped(dict(fields), mechanism.place)
    for key in ("client_id", "client_secret", "refresh_token"):
        value = mechanism.template(component, key)
        if value is not None:
            fields[mechanism.literal(component, f"{key}_name") or key] = value.placement()
    more = _sent(component, mechanism, "refresh_request_body")
    for entry in more.entries if more is not None else ():
        fields[entry.key] = entry.node
    return mapped(dict(fields), mechanism.place)


def _sent(component: Component, mechanism: Mechanism, key: str) -> MapNode | None:
    """What is sent under a key, as templates; None where some of it cannot be understood, which then stays."""
    node = component.find(key)
    inner = component.inner(key) if isinstance(node, MapNode) else None
    if inner is None or len(inner.readings) > 1:
        return None
    keys = [entry.key for entry in inner.readings[0].node.entries]
    values = {name: inner.template(name) for name in keys}
    if any(value is None for value in values.values()):
        return None
    said = {name: value.placement() for name in keys if (value := mechanism.template(inner, name)) is not None}
    return mapped(dict(said), mechanism.place)


def _scopes(component: Component, mechanism: Mechanism) -> None:
    scopes = texts(component.find("scopes"))
    rotates = isinstance(component.find("refresh_token_updater"), MapNode)
    if scopes and not any("{{" in scope for scope in scopes):
        mechanism.say(component, "scopes")
    else:
        scopes = ()
    names = listed(tuple(ScalarNode(scope, mechanism.place) for scope in scopes), mechanism.place)
    if names is not None or rotates:
        mechanism.oauth = entries(mechanism.place, scopes=names, rotates_refresh_token=True if rotates else None)


def _place_access_token(component: Component, mechanism: Mechanism) -> None:
    """The token is that of a setting where one keeps it, else one that the connector obtains and renews itself."""
    kept = component.template("access_token_value")
    if kept is not None and len(kept.names) == 1 and kept.placement() == f"{{{kept.names[0]}}}":
        mechanism.template(component, "access_token_value")
        name = kept.names[0]
    else:
        updater = component.inner("refresh_token_updater")
        name = _updated(updater) if updater is not None else component.literal("access_token_name") or "access_token"
        mechanism.obtain(name, "platform")
    mechanism.place_value("header", "Authorization", f"Bearer {{{name}}}")


def _updated(updater: Component) -> str:
    """The setting that a renewed token is written to; the default is that of airbyte-cdk."""
    return ".".join(texts(updater.find("access_token_config_path"))) or "credentials.access_token"


def _jwt(component: Component, mechanism: Mechanism) -> None:
    """A token that is signed with the key for some minutes; how it is made stays in the manifest."""
    _sign(component, mechanism)
    token = Template(("", _JWT, ""))
    if component.find("request_option") is not None:
        _place_by_option(component, mechanism, "request_option", token)
    elif component.find("header_prefix") is None:
        mechanism.place_value("header", "Authorization", token.placement())
    elif (prefix := mechanism.literal(component, "header_prefix")) is not None:
        mechanism.place_value("header", "Authorization", f"{prefix} {token.placement()}")


def _sign(component: Component, mechanism: Mechanism) -> None:
    key = component.template("secret_key")
    mechanism.names |= set(key.names) if key is not None else set()
    mechanism.obtain(_JWT, "derived")


def _session(component: Component, mechanism: Mechanism) -> None:
    requester = component.inner("login_requester")
    mechanism.obtain(_SESSION_TOKEN, "platform", "expires" if component.find("expiration_duration") else None)
    path = texts(component.find("session_token_path"))
    if requester is not None:
        mechanism.say_type(requester, "HttpRequester")
        _login_address(requester, mechanism)
        mechanism.token_request = entries(
            mechanism.place,
            method=mechanism.literal(requester, "http_method") or "GET",
            headers=_sent(requester, mechanism, "request_headers"),
            body=_sent(requester, mechanism, "request_body_json") or _sent(requester, mechanism, "request_body_data"),
            token_path=".".join(path) or None,
        )
        if path:
            mechanism.say(component, "session_token_path")
    _place_session_token(component, mechanism)


def _login_address(requester: Component, mechanism: Mechanism) -> None:
    whole = requester.template("url")
    base, path = requester.template("url_base"), requester.template("path")
    if whole is not None:
        mechanism.template(requester, "url")
        mechanism.endpoints["login"] = entries(mechanism.place, url=whole.url())
    elif base is not None and (path is not None or requester.find("path") is None):
        mechanism.template(requester, "url_base")
        mechanism.template(requester, "path")
        joined = f"{base.url().rstrip('/')}/{path.url().lstrip('/')}" if path is not None else base.url()
        mechanism.endpoints["login"] = entries(mechanism.place, url=joined)


def _place_session_token(component: Component, mechanism: Mechanism) -> None:
    use = component.inner("request_authentication")
    if use is None:
        return
    if use.literal("type") == "Bearer":
        mechanism.say(use, "type")
        mechanism.place_value("header", "Authorization", f"Bearer {{{_SESSION_TOKEN}}}")
        return
    stated = use.find("api_token") is not None
    value = use.template("api_token", (_SESSION_TOKEN,)) if stated else Template(("", _SESSION_TOKEN, ""))
    if value is not None and _place_by_option(use, mechanism, "inject_into", value):
        mechanism.say_type(use, "ApiKey")
        mechanism.template(use, "api_token", (_SESSION_TOKEN,))


def _legacy_session(component: Component, mechanism: Mechanism) -> None:
    mechanism.obtain(_SESSION_TOKEN, "platform", None)
    fields = {key: mechanism.template(component, key) for key in ("username", "password")}
    body = mapped({key: value.placement() for key, value in fields.items() if value is not None}, mechanism.place)
    path = mechanism.literal(component, "session_token_response_key")
    mechanism.token_request = entries(mechanism.place, body=body, token_path=path)
    header = mechanism.literal(component, "header")
    if header is not None:
        mechanism.place_value("header", header, f"{{{_SESSION_TOKEN}}}")


def _nothing(component: Component, mechanism: Mechanism) -> None:
    """No request is authenticated."""


_KINDS: Final[Mapping[str, tuple[str, Callable[[Component, Mechanism], None]]]] = {
    "ApiKeyAuthenticator": ("api_key", _api_key),
    "BasicHttpAuthenticator": ("http_basic", _basic),
    "BearerAuthenticator": ("http_bearer", _bearer),
    "OAuthAuthenticator": ("oauth2_refresh", _oauth),
    "JwtAuthenticator": ("jwt", _jwt),
    "SessionTokenAuthenticator": ("two_step", _session),
    "LegacySessionTokenAuthenticator": ("two_step", _legacy_session),
    "NoAuth": ("none", _nothing),
}
