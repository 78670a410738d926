"""Read Airbyte's authenticators that send a token which nobody supplies: by OAuth, signed, or from a login."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from authscribe.model.draft import MapNode, Node, ScalarNode
from authscribe.readers.foreign.airbyte.manifest import ManifestComponent
from authscribe.readers.foreign.airbyte.mechanism import AuthMechanism
from authscribe.readers.foreign.airbyte.templates import ConfigTemplate
from authscribe.readers.foreign.scheme_lists import list_texts
from authscribe.readers.foreign.tracking import make_list, make_map, make_plain_map

_ASSERTION: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_KINDS: Final[Mapping[str, str]] = {
    "refresh_token": "oauth2_refresh",
    "client_credentials": "oauth2_client_credentials",
    "password": "oauth2_password",
    _ASSERTION: "oauth2_jwt_bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange": "oauth2_token_exchange",
}
"""Kinds by grant type."""
_JWT: Final = "jwt"
_SESSION_TOKEN: Final = "session_token"  # noqa: S105 - its name in Airbyte's templates


def read_oauth(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    """Add a token that the connector requests with an OAuth grant."""
    grant = _use_grant(component, mechanism)
    mechanism.kind = _KINDS.get(grant, "custom")
    address = mechanism.use_template(component, "token_refresh_endpoint")
    if address is not None:
        role = "refresh" if grant == "refresh_token" else "token"
        mechanism.endpoints[role] = make_map(mechanism.place, url=address.to_url())
    mechanism.token_request = make_map(
        mechanism.place,
        headers=mechanism.use_mapping(component, "refresh_request_headers"),
        body=_make_grant_body(component, mechanism, grant),
        token_path=mechanism.use_literal(component, "access_token_name") or "access_token",
        expires_in_path=mechanism.use_literal(component, "expires_in_name") or "expires_in",
    )
    _add_scopes(component, mechanism)
    _add_access_token(component, mechanism)


def _use_grant(component: ManifestComponent, mechanism: AuthMechanism) -> str:
    """Return the grant type, which an assertion that is signed for the client overrides."""
    node = component.find_node("use_profile_assertion")
    if isinstance(node, ScalarNode) and node.value is True:
        mechanism.note(component, "use_profile_assertion")
        return _ASSERTION
    grant = mechanism.use_literal(component, "grant_type")
    return grant or ("refresh_token" if component.find_node("grant_type") is None else "")


def _make_grant_body(component: ManifestComponent, mechanism: AuthMechanism, grant: str) -> MapNode | None:
    """Return the body of the token request (RFC 6749), with the names that this provider uses."""
    fields: dict[str, Node | str] = {mechanism.use_literal(component, "grant_type_name") or "grant_type": grant}
    assertion = component.find_component("profile_assertion") if grant == _ASSERTION else None
    if assertion is not None:
        _add_signed_token(assertion, mechanism)
        fields["assertion"] = f"${{{_JWT}}}"
        return make_plain_map(dict(fields), mechanism.place)
    for key in ("client_id", "client_secret", "refresh_token"):
        value = mechanism.use_template(component, key)
        if value is not None:
            fields[mechanism.use_literal(component, f"{key}_name") or key] = value.to_url()
    extra_fields = mechanism.use_mapping(component, "refresh_request_body")
    for entry in extra_fields.entries if extra_fields is not None else ():
        fields[entry.key] = entry.node
    return make_plain_map(dict(fields), mechanism.place)


def _add_scopes(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    scopes = list_texts(component.find_node("scopes"))
    rotates = isinstance(component.find_node("refresh_token_updater"), MapNode)
    if scopes and not any("{{" in scope for scope in scopes):
        mechanism.note(component, "scopes")
    else:
        scopes = ()
    nodes = make_list(tuple(ScalarNode(scope, mechanism.place) for scope in scopes), mechanism.place)
    if nodes is not None or rotates:
        mechanism.oauth = make_map(mechanism.place, scopes=nodes, rotates_refresh_token=True if rotates else None)


def _add_access_token(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    """Add the access token: that of a setting, if one stores it, else one that the connector obtains and renews."""
    stored = component.find_template("access_token_value")
    updater = component.find_component("refresh_token_updater")
    updated = _find_updated_setting(updater) if updater is not None else None
    if stored is not None and stored.names and stored.to_placement() == f"{{{stored.names[0]}}}":
        name = stored.names[0]
        if stored.is_all:
            mechanism.note(component, "access_token_value")
    else:
        stored = None
        name = updated or component.find_literal("access_token_name") or "access_token"
    if stored is not None and name != updated:
        mechanism.names.add(name)
    else:
        mechanism.add_obtained(name, "platform")
    mechanism.add_placement("header", "Authorization", f"Bearer {{{name}}}")


def _find_updated_setting(updater: ManifestComponent) -> str:
    """Return the setting that a renewed token is written to; the default is that of airbyte-cdk."""
    return ".".join(list_texts(updater.find_node("access_token_config_path"))) or "credentials.access_token"


def read_jwt(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    """Add a token that is signed with a key and valid for minutes; how it is made is left in the manifest."""
    _add_signed_token(component, mechanism)
    token = ConfigTemplate(("", _JWT, ""))
    if component.find_node("request_option") is not None:
        mechanism.add_placement_by_option(component, "request_option", token)
    elif component.find_node("header_prefix") is None:
        mechanism.add_placement("header", "Authorization", token.to_placement())
    elif (prefix := mechanism.use_literal(component, "header_prefix")) is not None:
        mechanism.add_placement("header", "Authorization", f"{prefix} {token.to_placement()}")


def _add_signed_token(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    key = component.find_template("secret_key")
    mechanism.names |= set(key.names) if key is not None else set()
    mechanism.add_obtained(_JWT, "derived")


def read_session(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    """Add a token from the response to a login."""
    requester = component.find_component("login_requester")
    lifetime = "expires" if component.find_node("expiration_duration") else None
    mechanism.add_obtained(_SESSION_TOKEN, "platform", lifetime)
    path = list_texts(component.find_node("session_token_path"))
    if requester is not None:
        mechanism.note_type(requester, "HttpRequester")
        _add_login_endpoint(requester, mechanism)
        mechanism.token_request = make_map(
            mechanism.place,
            method=mechanism.use_literal(requester, "http_method") or "GET",
            headers=mechanism.use_mapping(requester, "request_headers"),
            body=_make_login_body(requester, mechanism),
            token_path=".".join(path) or None,
        )
        if path:
            mechanism.note(component, "session_token_path")
    _add_session_token(component, mechanism)


def _make_login_body(requester: ManifestComponent, mechanism: AuthMechanism) -> MapNode | None:
    """Return the body of a login, which later versions hold as the value of a body with a type."""
    for key in ("request_body_json", "request_body_data"):
        body = mechanism.use_mapping(requester, key)
        if body is not None:
            return body
    typed = requester.find_component("request_body")
    return mechanism.use_mapping(typed, "value") if typed is not None else None


def _add_login_endpoint(requester: ManifestComponent, mechanism: AuthMechanism) -> None:
    whole = requester.find_template("url")
    base, path = requester.find_template("url_base"), requester.find_template("path")
    if whole is not None:
        mechanism.use_template(requester, "url")
        mechanism.endpoints["login"] = make_map(mechanism.place, url=whole.to_url())
    elif base is not None and (path is not None or requester.find_node("path") is None):
        mechanism.use_template(requester, "url_base")
        mechanism.use_template(requester, "path")
        url = f"{base.to_url().rstrip('/')}/{path.to_url().lstrip('/')}" if path is not None else base.to_url()
        mechanism.endpoints["login"] = make_map(mechanism.place, url=url)


def _add_session_token(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    authentication = component.find_component("request_authentication")
    if authentication is None:
        return
    if authentication.find_literal("type") == "Bearer":
        mechanism.note(authentication, "type")
        mechanism.add_placement("header", "Authorization", f"Bearer {{{_SESSION_TOKEN}}}")
        return
    value: ConfigTemplate | None = ConfigTemplate(("", _SESSION_TOKEN, ""))
    if authentication.find_node("api_token") is not None:
        value = authentication.find_template("api_token", (_SESSION_TOKEN,))
    if value is not None and mechanism.add_placement_by_option(authentication, "inject_into", value):
        mechanism.note_type(authentication, "ApiKey")
        mechanism.use_template(authentication, "api_token", (_SESSION_TOKEN,))


def read_legacy_session(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    """Add a token from the response to a login with user name and password."""
    mechanism.add_obtained(_SESSION_TOKEN, "platform", None)
    fields = {key: mechanism.use_template(component, key) for key in ("username", "password")}
    body = make_plain_map({key: value.to_url() for key, value in fields.items() if value is not None}, mechanism.place)
    path = mechanism.use_literal(component, "session_token_response_key")
    mechanism.token_request = make_map(mechanism.place, body=body, token_path=path)
    header = mechanism.use_literal(component, "header")
    if header is not None:
        mechanism.add_placement("header", header, f"{{{_SESSION_TOKEN}}}")
