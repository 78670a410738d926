"""Build what a Nango provider states about addresses, OAuth and requests for tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from authscribe.model.credential_names import may_be_credential
from authscribe.model.definitions import Endpoint, RequestContent, TokenRequest
from authscribe.model.nango import (
    ACCESS,
    ADDRESS_KEYS,
    FRAGMENT,
    IN_QUERY,
    PRIVATE_KEY,
    REFRESH,
    RENEWING,
    AuthMode,
)
from authscribe.targets.nango.references import References
from authscribe.targets.nango.subjects import Subject

_BOOLEANS: Final = {"true": True, "false": False}
_ALLOWED_PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {
    "access_type": ("offline",),
    "approval_prompt": ("auto", "force"),
    "duration": ("permanent",),
    "expiration": ("never",),
    "prompt": ("consent",),
}
"""Values that Nango's schema allows for a parameter of the authorization URL; any for the other parameters."""

_ALLOWED_GRANTS: Final = (
    "authorization_code", "client_credentials", "account_credentials", "urn:ietf:params:oauth:grant-type:saml2-bearer",
    "urn:ietf:params:oauth:grant-type:jwt-bearer", "password", "refresh_token", "openapi_2lo",
    "http://auth0.com/oauth/grant-type/password-realm",
)  # fmt: skip
"""Grants that Nango's schema allows in a request for a token."""

_USER_METHOD: Final = "authorization_method"
_CLIENT_METHOD: Final = "token_request_auth_method"
_BASIC: Final[Mapping[str, str]] = {_USER_METHOD: "header", _CLIENT_METHOD: "basic"}
"""Values for a client that authenticates in a header."""


def build_addresses(subject: Subject, references: References) -> dict[str, object]:
    """Return the addresses, and the parameters of the authorization URL."""
    endpoints = subject.contract.endpoints
    facts: dict[str, object] = {}
    for role, key in ADDRESS_KEYS:
        endpoint: Endpoint | None = getattr(endpoints, role)
        if endpoint is None and role == "token" and subject.mode.kind == "two_step":
            endpoint = endpoints.login
        if endpoint is not None and role == "authorize" and _is_allowed(endpoint.query):
            facts["authorization_params"] = _build_parameters(endpoint.query, references)
            endpoint = endpoint.model_copy(update={"query": {}})
        addresses = endpoint.addresses if endpoint is not None else ()
        if role == "authorize":
            addresses, facts[FRAGMENT] = _split_fragment(addresses)
        facts[key] = references.fill_texts(addresses) if addresses else None
    return {key: value for key, value in facts.items() if value}


def _split_fragment(addresses: tuple[str, ...]) -> tuple[tuple[str, ...], str | None]:
    """Return the addresses without the fragment that all of them have, and the fragment; a query belongs before it."""
    sides = [address.partition("#") for address in addresses]
    fragments = {fragment for _, _, fragment in sides}
    fragment = fragments.pop() if len(fragments) == 1 else ""
    if not fragment or "?" in fragment or "${" in fragment:
        return addresses, None
    return tuple(before for before, _, _ in sides), fragment


def _is_allowed(query: Mapping[str, str]) -> bool:
    return all(value in _ALLOWED_PARAMETERS.get(key, (value,)) for key, value in query.items())


def _build_parameters(query: Mapping[str, str], references: References) -> dict[str, object]:
    filled = {key: references.fill_texts((value,)) for key, value in query.items() if "${" not in key}
    return {key: _BOOLEANS.get(value, value) for key, value in filled.items() if value is not None}


def build_oauth(subject: Subject) -> dict[str, object]:
    """Return what differs from what the mode does by itself."""
    oauth, mode = subject.contract.oauth, subject.mode
    if oauth is None or not mode.is_oauth:
        return {}
    stated = oauth.model_fields_set
    facts: dict[str, object] = {
        "default_scopes": [*oauth.scopes] if "scopes" in stated else None,
        "scope_separator": oauth.scope_separator if "scope_separator" in stated else None,
        "disable_pkce": not oauth.pkce if oauth.pkce not in (None, mode.pkce) else None,
        "alternate_access_token_response_path": oauth.response.get(ACCESS),
        **_build_client_authentication(oauth.client_authentication, subject),
    }
    return {key: value for key, value in facts.items() if value is not None}


def _build_client_authentication(method: str | None, subject: Subject) -> dict[str, object]:
    """Return the client authentication; a login of a user and one of a client state the header under two keys.

    The key that is not the usual one serves if the other one has a value that the model has no place for.
    """
    if method == PRIVATE_KEY:
        return {_CLIENT_METHOD: PRIVATE_KEY}
    if method != "client_secret_basic":
        return {}
    is_client = subject.mode.kind.startswith("oauth2") and subject.mode.pkce is None
    keys = (_CLIENT_METHOD, _USER_METHOD) if is_client else (_USER_METHOD, _CLIENT_METHOD)
    free = (key for key in keys if all(key not in extras for extras in subject.extras))
    return {key: _BASIC[key] for key in islice(free, 1)}


def build_token_request(subject: Subject, references: References) -> dict[str, object]:
    """Return the request for a token, and what is in its response, apart from what the mode does by itself."""
    request, mode = subject.contract.token_request, subject.mode
    if request is None or not mode.requests_tokens:
        return {}
    is_stated = "body_format" in request.model_fields_set or _is_query(request)
    body_format = _find_format(request) if is_stated else mode.body_format
    facts: dict[str, object] = {
        "body_format": body_format if body_format != mode.body_format else None,
        **_build_content(request, references, mode.body),
        **_build_refresh(request, mode, references),
        "additional_steps": [*_build_steps(request, references, "form" if body_format == "form" else "json")],
        "token_response": _build_response(request, mode.token_path),
    }
    return {key: value for key, value in facts.items() if value not in (None, {}, [])}


def _build_content(
    request: RequestContent, references: References, implied: Mapping[str, object], responses: int = 0
) -> dict[str, object]:
    """Return what a request carries, apart from the values of its body that are `implied`."""
    headers = fill_values(request.headers, request.fallbacks, references, responses)
    values = request.query if _is_query(request) else request.body
    body = fill_values(values, request.fallbacks, references, responses)
    body = {key: value for key, value in body.items() if key not in implied or implied[key] != value}
    # Only the first request is restricted.
    if not responses and body.get("grant_type", _ALLOWED_GRANTS[0]) not in _ALLOWED_GRANTS:
        del body["grant_type"]
    facts: dict[str, object] = {
        "token_request_method": request.method if request.method == "GET" else None,
        "token_headers": {**headers, **_build_basic(request, references, responses)},
        "token_params": body,
    }
    return {key: value for key, value in facts.items() if value not in (None, {})}


def _is_query(request: RequestContent) -> bool:
    return bool(request.query) and not request.body


def _find_format(request: RequestContent) -> str:
    return IN_QUERY if _is_query(request) else request.body_format.value


def _build_basic(request: RequestContent, references: References, responses: int) -> dict[str, str]:
    if request.basic is None:
        return {}
    sides = (references.fill_texts((text,), responses) for text in (request.basic.username, request.basic.password))
    filled = [side for side in sides if side is not None]
    return {"authorization": f"Basic ${{base64({':'.join(filled)})}}"} if len(filled) == 2 else {}


def _build_refresh(request: TokenRequest, mode: AuthMode, references: References) -> dict[str, object]:
    """Return the request that renews a token, in which a login refers to the refresh token by a name of its own."""
    refresh = request.refresh
    if refresh is None:
        return {}
    if mode.kind == "two_step" and REFRESH in references.elsewhere:
        references = references._replace(elsewhere={**references.elsewhere, REFRESH: RENEWING})
    return {
        key: fill_values(getattr(refresh, part), refresh.fallbacks, references, 0)
        for part, key in mode.refresh_keys.items()
    }


def _build_steps(request: TokenRequest, references: References, usual: str) -> Iterator[object]:
    """Yield the requests after the first one, whose bodies have the `usual` format unless they state another one."""
    for responses, step in enumerate(request.steps, 1):
        url = references.fill_texts((step.url,), responses)
        if url is None:
            return
        step_format = _find_format(step)
        own = {"body_format": step_format} if step_format != usual else {}
        yield {"token_url": url, **own, **_build_content(step, references, {}, responses)}


def _build_response(request: TokenRequest, usual: str | None) -> dict[str, object]:
    paths = ((request.expires_in_path, "expireIn"), (request.expires_at_path, "expireAt"))
    expiry = next(((path, strategy) for path, strategy in paths if path is not None), None)
    facts: dict[str, object] = {
        "token": request.token_path if request.token_path != usual else None,
        "refresh_token": request.refresh_token_path,
        "token_expiration": expiry[0] if expiry is not None else None,
        "token_expiration_strategy": expiry[1] if expiry is not None else None,
    }
    return {key: value for key, value in facts.items() if value is not None}


def fill_values(
    values: object, fallbacks: Mapping[str, str], references: References, responses: int, path: tuple[str, ...] = ()
) -> dict[str, object]:
    """Return a mapping with references in all of its texts, without the values that have no template.

    Literals that may be credentials, by the keys that lead to them, are left out.
    """
    filled: dict[str, object] = {}
    for key, value in values.items() if isinstance(values, Mapping) else ():
        inner = (*path, key)
        if "${" in key or _is_credential(value, inner):
            continue
        text = _fill_value(value, fallbacks, references, responses, inner)
        if text is not None:
            filled[key] = text
    return filled


def _is_credential(value: object, path: tuple[str, ...]) -> bool:
    if isinstance(value, dict) or value is None or "${" in str(value):
        return False
    return any(may_be_credential(name, str(value)) for name in path)


def _fill_value(
    value: object, fallbacks: Mapping[str, str], references: References, responses: int, path: tuple[str, ...] = ()
) -> object:
    """Return a value with references in all of its texts; None if one of them has no template."""
    match value:
        case str():
            return references.fill_texts(_list_alternatives(value, fallbacks), responses)
        case list():
            items = [_fill_value(item, fallbacks, references, responses) for item in value]
            return items if None not in items else None
        case dict():
            return fill_values(value, fallbacks, references, responses, path)
    return value


def _list_alternatives(text: str, fallbacks: Mapping[str, str]) -> tuple[str, ...]:
    """Return a text, and those that are tried after it."""
    alternatives = [text]
    while (following := fallbacks.get(alternatives[-1])) is not None and following not in alternatives:
        alternatives.append(following)
    return tuple(alternatives)
