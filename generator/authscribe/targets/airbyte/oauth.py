"""Build Airbyte's authenticator for OAuth, which requests tokens by a grant and sends them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from authscribe.model.definitions import BasicCredentials, RequestContent
from authscribe.model.placement_template import Hole, parse_references
from authscribe.targets.airbyte.configuration import ConfiguredMethod, Json, find_ending, squash_name
from authscribe.targets.airbyte.templates import spell_basic, spell_endpoint, spell_parts, spell_text

_REFRESH: Final = "refresh_token"
_BASIC: Final = "client_secret_basic"
"""Client authentication with a header (RFC 7591)."""

_CLIENT_FIELDS: Final = ("client_id", "client_secret")
"""Fields of a token request (RFC 6749) that the authenticator fills from attributes of the same name."""

_GRANT_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "password": ("username", "password"),
    "urn:ietf:params:oauth:grant-type:jwt-bearer": ("assertion",),
    "urn:ietf:params:oauth:grant-type:token-exchange": ("subject_token", "subject_token_type"),
}
"""Fields that a grant requires beside the authenticator's own ones (RFC 6749 section 4.3, RFC 7523, RFC 8693)."""


def build_oauth(method: ConfiguredMethod, grant: str, token: str | None) -> Json:
    """Return an authenticator that obtains tokens by a grant; `token` is the one that it sends, if it has a name."""
    request = _find_request(method, grant)
    fields = dict(_read_fields(request)) if request is not None else {}
    document: Json = {"type": "OAuthAuthenticator", **_build_grant(grant, fields), **_build_endpoint(method, grant)}
    document |= _build_assertion(method, fields) or _build_credentials(method, grant, request, fields)
    document |= _build_scopes(method, request, fields)
    fields |= _list_grant_fields(method, grant, fields)
    others = {key: spelled for key, value in fields.items() if (spelled := spell_json(method, value)) is not None}
    document |= {"refresh_request_body": others} if others else {}
    document |= _build_response(method, token) | _build_request(method, request)
    if token is not None and "refresh_token_updater" in document:
        document["refresh_token_updater"]["access_token_config_path"] = _locate(method, token)
    return document


def _find_request(method: ConfiguredMethod, grant: str) -> RequestContent | None:
    """Return the request by which the connector renews its token, or else the only one, if that is of the grant."""
    request = method.contract.token_request
    refresh = request.refresh if request is not None and grant == _REFRESH else None
    chosen = refresh or request
    stated = dict(_read_fields(chosen)).get("grant_type", grant) if chosen is not None else grant
    return chosen if stated == grant else None


def _read_fields(request: RequestContent) -> Iterator[tuple[str, object]]:
    body = request.body if isinstance(request.body, dict) else None
    yield from (request.query if body is None else body).items()


def _build_grant(grant: str, fields: dict[str, object]) -> Json:
    """Return the grant type and the name of its field, which is taken from the fields."""
    name = next((key for key, value in fields.items() if value == grant), "grant_type")
    fields.pop(name, None)
    return {"grant_type": grant, **({"grant_type_name": name} if name != "grant_type" else {})}


def _build_assertion(method: ConfiguredMethod, fields: dict[str, object]) -> Json:
    """Return how the assertion is signed that the token request carries (RFC 7523), and take its field."""
    signed = build_signing(method) if method.signed is not None else None
    if signed is None:
        return {}
    del fields["assertion"]
    return {"use_profile_assertion": True, "profile_assertion": signed}


def build_signing(method: ConfiguredMethod) -> Json | None:
    """Return an authenticator that signs with the first required secret; None if there is none."""
    secret = find_secret(method)
    if secret is None:
        return None
    key = spell_parts(method, [Hole(secret)])
    # Definitions do not state the algorithm: these are the most common ones (RFC 7518 section 3.1).
    algorithm = "RS256" if squash_name(secret).endswith("privatekey") else "HS256"
    return {"type": "JwtAuthenticator", "secret_key": key, "algorithm": algorithm}


def find_secret(method: ConfiguredMethod) -> str | None:
    """Return the first required secret in the configuration."""
    return next((each.name for each in method.contract.required if each.name in method.settings), None)


def _build_scopes(method: ConfiguredMethod, request: RequestContent | None, fields: dict[str, object]) -> Json:
    """Return the scopes that the token request carries: those in its fields, or else all that a flow does not ask for.

    The authenticator sends a list under the name `scopes`; OAuth has a text under the name `scope` (RFC 6749).
    """
    oauth = method.contract.oauth
    if request is None and oauth is not None and oauth.scopes and method.flow is None:
        fields["scope"] = oauth.scope_separator.join(oauth.scopes)
    listed = fields.get("scopes")
    if not isinstance(listed, list) or not all(isinstance(scope, str) for scope in listed):
        return {}
    return {"scopes": fields.pop("scopes")}


def _build_endpoint(method: ConfiguredMethod, grant: str) -> Json:
    endpoints = method.contract.endpoints
    endpoint = (endpoints.refresh or endpoints.token) if grant == _REFRESH else endpoints.token
    address = spell_endpoint(method, endpoint) if endpoint is not None else None
    return {"token_refresh_endpoint": address} if address is not None else {}


def _build_credentials(
    method: ConfiguredMethod, grant: str, request: RequestContent | None, fields: dict[str, object]
) -> Json:
    """Return the values of the authenticator's own fields, which are taken from the fields."""
    document: Json = {}
    for attribute in (*_CLIENT_FIELDS, *((_REFRESH,) if grant == _REFRESH else ())):
        name, setting = _take_field(method, attribute, request, fields)
        if setting is None:
            continue
        named = {f"{attribute}_name": name} if name != attribute else {}
        if attribute == _REFRESH and _rotates(method):
            paths = {"refresh_token_config_path": _locate(method, setting)}
            document["refresh_token_updater"] = {**named, **paths}
        else:
            document |= {attribute: spell_parts(method, [Hole(setting)]), **named}
    return document


def _list_grant_fields(method: ConfiguredMethod, grant: str, fields: Mapping[str, object]) -> dict[str, object]:
    """Return the fields that a grant requires, and that a definition need not repeat, from settings of such names."""
    missing = (name for name in _GRANT_FIELDS.get(grant, ()) if name not in fields)
    found = {name: find_ending(method.settings.values(), name) for name in missing}
    return {name: f"${{{setting.name}}}" for name, setting in found.items() if setting is not None}


def _take_field(
    method: ConfiguredMethod, attribute: str, request: RequestContent | None, fields: dict[str, object]
) -> tuple[str, str | None]:
    """Return the name of a field and the setting in it, if any.

    A definition need not repeat the credentials of the client and what a grant requires: they have their usual names.
    """
    for name, value in fields.items():
        match parse_references(value) if isinstance(value, str) else ():
            case (Hole(name=setting),) if method.find_path(setting) and _is_field(attribute, name, setting):
                del fields[name]
                return name, setting
    if attribute in fields or (attribute != _REFRESH and _find_basic(method, request) is not None):
        return attribute, None
    usual = find_ending(method.settings.values(), attribute)
    return attribute, usual.name if usual is not None else None


def _find_basic(method: ConfiguredMethod, request: RequestContent | None) -> BasicCredentials | None:
    """Return the basic credentials of a request for a token: those that it states, or else the client's, if it does."""
    if request is not None and request.basic is not None:
        return request.basic
    oauth = method.contract.oauth
    usual = [find_ending(method.settings.values(), attribute) for attribute in _CLIENT_FIELDS]
    if oauth is None or oauth.client_authentication != _BASIC or None in usual:
        return None
    username, password = (f"${{{each.name}}}" for each in usual if each is not None)
    return BasicCredentials(username=username, password=password)


def _is_field(attribute: str, name: str, setting: str) -> bool:
    ending = squash_name(attribute)
    return squash_name(name) == ending or squash_name(setting).endswith(ending)


def _rotates(method: ConfiguredMethod) -> bool:
    oauth = method.contract.oauth
    return oauth is not None and oauth.rotates_refresh_token is True


def _locate(method: ConfiguredMethod, setting: str) -> list[str]:
    """Return where the configuration has a setting, or would have it."""
    return [*(method.find_path(setting) or setting.split("."))]


def _build_response(method: ConfiguredMethod, token: str | None) -> Json:
    """Return where the response has the token, and where the configuration has one that was obtained before."""
    request = method.contract.token_request
    names = (
        {} if request is None else {"access_token_name": request.token_path, "expires_in_name": request.expires_in_path}
    )
    usual = ("access_token", "expires_in")
    stored = {"access_token_value": spell_parts(method, [Hole(token)])} if token and method.find_path(token) else {}
    return {key: name for key, name in names.items() if name is not None and name not in usual} | stored


def _build_request(method: ConfiguredMethod, request: RequestContent | None) -> Json:
    """Return what the request for a token carries beside its fields."""
    headers = spell_texts(method, request.headers) if request is not None else {}
    basic = _find_basic(method, request)
    if basic is not None:
        header = spell_basic(method, basic.username, basic.password)
        headers |= {"Authorization": header} if header is not None else {}
    is_query = request is not None and not isinstance(request.body, dict) and bool(request.query)
    return {
        **({"refresh_request_headers": headers} if headers else {}),
        **({"send_refresh_request_as_query_params": True} if is_query else {}),
    }


def spell_texts(method: ConfiguredMethod, texts: Mapping[str, str]) -> dict[str, str]:
    """Return texts that refer to settings, without those that refer to anything else."""
    return {key: spelled for key, text in texts.items() if (spelled := spell_text(method, text)) is not None}


def spell_json(method: ConfiguredMethod, value: object) -> object:
    """Return a part of a body whose texts refer to settings; None for what the configuration lacks."""
    match value:
        case str():
            return spell_text(method, value)
        case dict():
            spelled = {key: spell_json(method, item) for key, item in value.items()}
            return {key: item for key, item in spelled.items() if item is not None}
        case list():
            return [spell_json(method, item) for item in value]
    return value
