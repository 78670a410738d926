"""Airbyte's authenticators that send a token which nobody supplies: by OAuth, signed, or from a login."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from authscribe.model.draft import MapNode, Node, ScalarNode
from authscribe.readers.foreign.airbyte.manifest import Component
from authscribe.readers.foreign.airbyte.mechanism import Mechanism
from authscribe.readers.foreign.airbyte.templates import ConfigTemplate
from authscribe.readers.foreign.scheme_lists import list_texts
from authscribe.readers.foreign.tracking import make_list, make_map, make_plain_map

_ASSERTION: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_GRANTS: Final[Mapping[str, str]] = {
    "refresh_token": "oauth2_refresh",
    "client_credentials": "oauth2_client_credentials",
    "password": "oauth2_password",
    _ASSERTION: "oauth2_jwt_bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange": "oauth2_token_exchange",
}
_JWT: Final = "jwt"
_SESSION_TOKEN: Final = "session_token"  # noqa: S105 - the name that a template of Airbyte has for it


def read_oauth(component: Component, mechanism: Mechanism) -> None:
    """A token that the connector asks for by one of the grants of OAuth."""
    grant = _grant(component, mechanism)
    mechanism.kind = _GRANTS.get(grant, "custom")
    address = mechanism.template(component, "token_refresh_endpoint")
    if address is not None:
        role = "refresh" if grant == "refresh_token" else "token"
        mechanism.endpoints[role] = make_map(mechanism.place, url=address.to_url())
    mechanism.token_request = make_map(
        mechanism.place,
        headers=mechanism.mapping(component, "refresh_request_headers"),
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
        return make_plain_map(dict(fields), mechanism.place)
    for key in ("client_id", "client_secret", "refresh_token"):
        value = mechanism.template(component, key)
        if value is not None:
            fields[mechanism.literal(component, f"{key}_name") or key] = value.to_placement()
    more = mechanism.mapping(component, "refresh_request_body")
    for entry in more.entries if more is not None else ():
        fields[entry.key] = entry.node
    return make_plain_map(dict(fields), mechanism.place)


def _scopes(component: Component, mechanism: Mechanism) -> None:
    scopes = list_texts(component.find("scopes"))
    rotates = isinstance(component.find("refresh_token_updater"), MapNode)
    if scopes and not any("{{" in scope for scope in scopes):
        mechanism.say(component, "scopes")
    else:
        scopes = ()
    names = make_list(tuple(ScalarNode(scope, mechanism.place) for scope in scopes), mechanism.place)
    if names is not None or rotates:
        mechanism.oauth = make_map(mechanism.place, scopes=names, rotates_refresh_token=True if rotates else None)


def _place_access_token(component: Component, mechanism: Mechanism) -> None:
    """The token is that of a setting where one keeps it, else one that the connector obtains and renews itself."""
    kept = component.template("access_token_value")
    updater = component.inner("refresh_token_updater")
    updated = _updated(updater) if updater is not None else None
    if kept is not None and kept.names and kept.to_placement() == f"{{{kept.names[0]}}}":
        name = kept.names[0]
        if kept.is_all:
            mechanism.say(component, "access_token_value")
    else:
        kept = None
        name = updated or component.literal("access_token_name") or "access_token"
    if kept is not None and name != updated:
        mechanism.names.add(name)
    else:
        mechanism.obtain(name, "platform")
    mechanism.place_value("header", "Authorization", f"Bearer {{{name}}}")


def _updated(updater: Component) -> str:
    """The setting that a renewed token is written to; the default is that of airbyte-cdk."""
    return ".".join(list_texts(updater.find("access_token_config_path"))) or "credentials.access_token"


def read_jwt(component: Component, mechanism: Mechanism) -> None:
    """A token that is signed with the key for some minutes; how it is made stays in the manifest."""
    _sign(component, mechanism)
    token = ConfigTemplate(("", _JWT, ""))
    if component.find("request_option") is not None:
        mechanism.place_by_option(component, "request_option", token)
    elif component.find("header_prefix") is None:
        mechanism.place_value("header", "Authorization", token.to_placement())
    elif (prefix := mechanism.literal(component, "header_prefix")) is not None:
        mechanism.place_value("header", "Authorization", f"{prefix} {token.to_placement()}")


def _sign(component: Component, mechanism: Mechanism) -> None:
    key = component.template("secret_key")
    mechanism.names |= set(key.names) if key is not None else set()
    mechanism.obtain(_JWT, "derived")


def read_session(component: Component, mechanism: Mechanism) -> None:
    """A token that the answer to a login holds."""
    requester = component.inner("login_requester")
    mechanism.obtain(_SESSION_TOKEN, "platform", "expires" if component.find("expiration_duration") else None)
    path = list_texts(component.find("session_token_path"))
    if requester is not None:
        mechanism.say_type(requester, "HttpRequester")
        _login_address(requester, mechanism)
        mechanism.token_request = make_map(
            mechanism.place,
            method=mechanism.literal(requester, "http_method") or "GET",
            headers=mechanism.mapping(requester, "request_headers"),
            body=_login_body(requester, mechanism),
            token_path=".".join(path) or None,
        )
        if path:
            mechanism.say(component, "session_token_path")
    _place_session_token(component, mechanism)


def _login_body(requester: Component, mechanism: Mechanism) -> MapNode | None:
    """What the login sends: under a key for its form or, in later versions, as the value of a body of some type."""
    for key in ("request_body_json", "request_body_data"):
        found = mechanism.mapping(requester, key)
        if found is not None:
            return found
    body = requester.inner("request_body")
    return mechanism.mapping(body, "value") if body is not None else None


def _login_address(requester: Component, mechanism: Mechanism) -> None:
    whole = requester.template("url")
    base, path = requester.template("url_base"), requester.template("path")
    if whole is not None:
        mechanism.template(requester, "url")
        mechanism.endpoints["login"] = make_map(mechanism.place, url=whole.to_url())
    elif base is not None and (path is not None or requester.find("path") is None):
        mechanism.template(requester, "url_base")
        mechanism.template(requester, "path")
        joined = f"{base.to_url().rstrip('/')}/{path.to_url().lstrip('/')}" if path is not None else base.to_url()
        mechanism.endpoints["login"] = make_map(mechanism.place, url=joined)


def _place_session_token(component: Component, mechanism: Mechanism) -> None:
    use = component.inner("request_authentication")
    if use is None:
        return
    if use.literal("type") == "Bearer":
        mechanism.say(use, "type")
        mechanism.place_value("header", "Authorization", f"Bearer {{{_SESSION_TOKEN}}}")
        return
    stated = use.find("api_token") is not None
    value = use.template("api_token", (_SESSION_TOKEN,)) if stated else ConfigTemplate(("", _SESSION_TOKEN, ""))
    if value is not None and mechanism.place_by_option(use, "inject_into", value):
        mechanism.say_type(use, "ApiKey")
        mechanism.template(use, "api_token", (_SESSION_TOKEN,))


def read_legacy_session(component: Component, mechanism: Mechanism) -> None:
    """The same where the login is a name and a password."""
    mechanism.obtain(_SESSION_TOKEN, "platform", None)
    fields = {key: mechanism.template(component, key) for key in ("username", "password")}
    body = make_plain_map(
        {key: value.to_placement() for key, value in fields.items() if value is not None}, mechanism.place
    )
    path = mechanism.literal(component, "session_token_response_key")
    mechanism.token_request = make_map(mechanism.place, body=body, token_path=path)
    header = mechanism.literal(component, "header")
    if header is not None:
        mechanism.place_value("header", header, f"{{{_SESSION_TOKEN}}}")
