"""Read Airbyte's authenticators that send a token from the response to a login."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from authscribe.model.draft import MapNode, get_text
from authscribe.readers.foreign.airbyte.base_address import find_base_address
from authscribe.readers.foreign.airbyte.literal_secrets import FORM, has_literal_fields
from authscribe.readers.foreign.airbyte.manifest import TYPED_BODY, ManifestComponent
from authscribe.readers.foreign.airbyte.mechanism import AuthMechanism
from authscribe.readers.foreign.airbyte.templates import ConfigTemplate
from authscribe.readers.foreign.scheme_lists import list_texts
from authscribe.readers.foreign.tracking import make_map, make_plain_map

_SESSION_TOKEN: Final = "session_token"  # noqa: S105 - its name in Airbyte's templates
_BODY_FORMATS: Final[Mapping[str, str | None]] = {"request_body_json": "json", FORM: None}
"""Formats of bodies by their keys; a form is the default."""
_HEADER: Final = "header"
_QUERY: Final = "request_parameter"
_JSON_BODY: Final = "RequestBodyJsonObject"


def read_session(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    """Add a token from the response to a login."""
    requester = component.find_component("login_requester")
    lifetime = "expires" if component.find_node("expiration_duration") else None
    mechanism.add_obtained(_SESSION_TOKEN, "platform", lifetime)
    if requester is not None:
        mechanism.note_type(requester, "HttpRequester")
        _add_login_endpoint(requester, mechanism)
        mechanism.token_request = _make_login_request(component, requester, mechanism)
    _add_session_token(component, mechanism)


def _make_login_request(
    component: ManifestComponent, requester: ManifestComponent, mechanism: AuthMechanism
) -> MapNode:
    path = list_texts(component.find_node("session_token_path"))
    if path:
        mechanism.note(component, "session_token_path")
    body_format, body = _use_body(requester, mechanism)
    location, key = _use_key(requester, mechanism)
    return make_map(
        mechanism.place,
        method=mechanism.use_literal(requester, "http_method") or "GET",
        headers=_merge(mechanism.use_mapping(requester, "request_headers"), key if location == _HEADER else None),
        query=_merge(mechanism.use_mapping(requester, "request_parameters"), key if location == _QUERY else None),
        basic=_use_basic(requester, mechanism),
        body_format=body_format if body is not None else None,
        body=body,
        token_path=".".join(path) or None,
    )


def _use_body(requester: ManifestComponent, mechanism: AuthMechanism) -> tuple[str | None, MapNode | None]:
    """Return format and content of a body, which later manifests hold as the value of a body with a type."""
    for key, body_format in _BODY_FORMATS.items():
        body = mechanism.use_mapping(requester, key)
        if body is not None:
            return body_format, body
    form = _use_form(requester, mechanism)
    if form is not None:
        return None, form
    typed = requester.find_component(TYPED_BODY)
    if typed is None:
        return None, None
    return "json" if typed.find_literal("type") == _JSON_BODY else None, mechanism.use_mapping(typed, "value")


def _use_form(requester: ManifestComponent, mechanism: AuthMechanism) -> MapNode | None:
    """Return the fields of a form that is written as one text."""
    template = requester.find_template(FORM)
    fields = dict(parse_qsl(template.to_url(), keep_blank_values=True)) if template is not None else {}
    if not fields or has_literal_fields(get_text(requester.find_node(FORM)) or ""):
        return None
    mechanism.use_template(requester, FORM)
    return make_plain_map(fields, mechanism.place)


def _use_basic(requester: ManifestComponent, mechanism: AuthMechanism) -> MapNode | None:
    """Return the basic credentials of a login."""
    authenticator = _find_authenticator(requester, "BasicHttpAuthenticator")
    if authenticator is None:
        return None
    values = {key: mechanism.use_template(authenticator, key) for key in ("username", "password")}
    return make_plain_map({key: value.to_url() for key, value in values.items() if value is not None}, mechanism.place)


def _use_key(requester: ManifestComponent, mechanism: AuthMechanism) -> tuple[str, MapNode | None]:
    """Return where a login sends the key that authenticates it, in terms of request options, and its field."""
    bearer = _find_authenticator(requester, "BearerAuthenticator")
    if bearer is not None and (token := mechanism.use_template(bearer, "api_token")) is not None:
        return _HEADER, make_plain_map({"Authorization": f"Bearer {token.to_url()}"}, mechanism.place)
    keyed = _find_authenticator(requester, "ApiKeyAuthenticator")
    if keyed is None:
        return "", None
    option = keyed.find_component("inject_into")
    name = option.find_literal("field_name") if option is not None else keyed.find_literal(_HEADER)
    location = option.find_literal("inject_into") if option is not None else _HEADER
    if name is None or location not in (_HEADER, _QUERY) or (key := mechanism.use_template(keyed, "api_token")) is None:
        return "", None
    return location, make_plain_map({name: key.to_url()}, mechanism.place)


def _find_authenticator(requester: ManifestComponent, name: str) -> ManifestComponent | None:
    authenticator = requester.find_component("authenticator")
    return authenticator if authenticator is not None and authenticator.find_literal("type") == name else None


def _merge(first: MapNode | None, second: MapNode | None) -> MapNode | None:
    if first is None or second is None:
        return first or second
    return MapNode((*first.entries, *second.entries), first.place)


def _add_login_endpoint(requester: ManifestComponent, mechanism: AuthMechanism) -> None:
    base, path = requester.choose_value("url_base"), requester.find_template("path")
    if base is None:
        mechanism.use_address(requester, "login", "url")
    elif path is None and requester.find_node("path") is None:
        mechanism.use_address(requester, "login", "url_base")
    elif path is not None:
        mechanism.use_address(requester, "login", "url_base")
        mechanism.use_template(requester, "path")
        url = f"{base.template.to_url().rstrip('/')}/{path.to_url().lstrip('/')}"
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
    """Add a token from the response to a login with user name and password.

    As in airbyte-cdk, a token in a setting is sent instead, if it has a value.
    """
    mechanism.add_obtained(_SESSION_TOKEN, "platform", None)
    _add_legacy_login(component, mechanism)
    fields = {key: mechanism.use_template(component, key) for key in ("username", "password")}
    body = make_plain_map({key: value.to_url() for key, value in fields.items() if value is not None}, mechanism.place)
    path = mechanism.use_literal(component, "session_token_response_key")
    mechanism.token_request = make_map(
        mechanism.place, body_format="json" if body is not None else None, body=body, token_path=path
    )
    stored, obtained = mechanism.use_template(component, "session_token"), f"{{{_SESSION_TOKEN}}}"
    value = stored.to_placement() if stored is not None and stored.names else obtained
    header = mechanism.use_literal(component, "header")
    if header is not None:
        mechanism.add_placement("header", header, value, obtained if value != obtained else None)


def _add_legacy_login(component: ManifestComponent, mechanism: AuthMechanism) -> None:
    """Add the address of the login: airbyte-cdk appends its path to the base address."""
    base, path = find_base_address(component.manifest), get_text(component.find_node("login_url"))
    if base is not None and path is not None:
        mechanism.note(component, "login_url")
        mechanism.endpoints["login"] = make_map(mechanism.place, url=f"{base.chosen.template.to_url()}{path}")
