"""Build Airbyte's authenticator for sessions, which sends a token from the response to a login."""

from __future__ import annotations

from typing import Final

from authscribe.model.definitions import BodyFormat, TokenRequest
from authscribe.targets.airbyte.configuration import ConfiguredMethod, Json
from authscribe.targets.airbyte.oauth import spell_json, spell_texts
from authscribe.targets.airbyte.templates import spell_endpoint, spell_text

_METHODS: Final = ("GET", "POST")
_BODIES: Final = {BodyFormat.JSON: "RequestBodyJsonObject", BodyFormat.FORM: "RequestBodyUrlEncodedForm"}


def build_session(method: ConfiguredMethod, request_authentication: Json) -> Json:
    """Return an authenticator that logs in, and authenticates requests with the token of the response."""
    request = method.contract.token_request
    path = request.token_path if request is not None else None
    return {
        "type": "SessionTokenAuthenticator",
        "login_requester": {
            "type": "HttpRequester",
            **_build_address(method),
            **(_build_login(method, request) if request is not None else {}),
        },
        "session_token_path": path.split(".") if path else [],
        "request_authentication": request_authentication,
    }


def _build_address(method: ConfiguredMethod) -> Json:
    endpoint = method.contract.endpoints.login or method.contract.endpoints.token
    address = spell_endpoint(method, endpoint) if endpoint is not None else None
    return {"url": address} if address is not None else {}


def _build_login(method: ConfiguredMethod, request: TokenRequest) -> Json:
    headers, query = spell_texts(method, request.headers), spell_texts(method, request.query)
    return {
        **({"http_method": request.method} if request.method in _METHODS else {}),
        **({"request_headers": headers} if headers else {}),
        **({"request_parameters": query} if query else {}),
        **_build_body(method, request),
        **_build_basic(method, request),
    }


def _build_body(method: ConfiguredMethod, request: TokenRequest) -> Json:
    body_type = _BODIES.get(request.body_format)
    if body_type is None or not isinstance(request.body, dict):
        return {}
    return {"request_body": {"type": body_type, "value": spell_json(method, request.body)}}


def _build_basic(method: ConfiguredMethod, request: TokenRequest) -> Json:
    if request.basic is None:
        return {}
    values = {"username": request.basic.username, "password": request.basic.password}
    spelled = {key: value for key, text in values.items() if (value := spell_text(method, text)) is not None}
    return {"authenticator": {"type": "BasicHttpAuthenticator", **spelled}} if "username" in spelled else {}
