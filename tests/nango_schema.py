"""State by hand what the target `nango` may write, after the JSON Schema that Nango publishes for its providers.

Without the keys that only Nango's own providers have. It is closed: an unknown key is a mistake. For the published schema,
`scripts/validation/providers/schema.json` in https://github.com/NangoHQ/nango, see `tests/test_nango_target.py`.
"""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final = {"type": "string"}
_FLAG: Final = {"type": "boolean"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_FIELD: Final = {
    "type": {"enum": ["string"]}, "title": _TEXT, "description": _TEXT, "example": _TEXT, "pattern": _TEXT,
    "format": {"enum": ["hostname", "uri", "uuid", "email"]}, "enum": {**_TEXTS, "minItems": 1},
    "order": {"type": "number"}, "secret": _FLAG, "suffix": _TEXT, "optional": _FLAG, "automated": _FLAG,
    "default_value": _TEXT, "hidden": _FLAG,
}  # fmt: skip
_GRANTS: Final = (
    "authorization_code", "client_credentials", "account_credentials", "urn:ietf:params:oauth:grant-type:saml2-bearer",
    "urn:ietf:params:oauth:grant-type:jwt-bearer", "password", "refresh_token", "openapi_2lo",
    "http://auth0.com/oauth/grant-type/password-realm",
)  # fmt: skip
_MODES: Final = (
    "API_KEY", "APP", "APP_STORE", "BASIC", "NONE", "OAUTH1", "OAUTH2", "OAUTH2_CC", "CUSTOM", "TBA", "TABLEAU", "JWT", "BILL",
    "TWO_STEP", "SIGNATURE", "MCP_OAUTH2", "MCP_OAUTH2_GENERIC", "INSTALL_PLUGIN", "AWS_SIGV4",
)  # fmt: skip


def _close(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": [*required]}


def _make_group(pattern: str, properties: dict[str, Any]) -> dict[str, Any]:
    field = _close(properties, "type", "title", "description")
    return {"type": "object", "additionalProperties": False, "patternProperties": {pattern: field}}


_CONDITION: Final = _close({"field": _TEXT, "equals": _TEXT}, "field", "equals")
_OF_FORMS: Final = {**_FIELD, "prefix": _TEXT, "visible_when": _CONDITION}
_OF_ASSERTIONS: Final = {
    key: _FIELD[key]
    for key in ("type", "title", "description", "example", "pattern", "format", "enum", "default_value", "suffix")
}
_HEADERS: Final = {"type": "object", "additionalProperties": False, "patternProperties": {"^[a-z0-9_.-]+$": _TEXT}}
_VALUES: Final = {"oneOf": [_TEXT, {"type": "object", "additionalProperties": _TEXT}]}
_PARAMETERS: Final = {
    "type": "object",
    "properties": {
        "access_type": {"enum": ["offline"]}, "approval_prompt": {"enum": ["auto", "force"]},
        "duration": {"enum": ["permanent"]}, "expiration": {"enum": ["never"]}, "force_verify": _FLAG,
        "prompt": {"enum": ["consent"]}, "nonce": _TEXT, "response_mode": _TEXT, "response_type": _TEXT,
    },
}  # fmt: skip
_VERIFICATION: Final = _close(
    {
        "method": _TEXT, "headers": _HEADERS, "data": {"type": "object"}, "base_url_override": _TEXT,
        "endpoints": {"type": "array", "items": _TEXT, "minItems": 1},
    },
    "endpoints",
)  # fmt: skip
_PROXY: Final = _close(
    {
        "base_url": _TEXT,
        "headers": _HEADERS,
        "query": {"type": "object"},
        "body": {"type": "object", "additionalProperties": _VALUES},
        "verification": _VERIFICATION,
    },
    "base_url",
)
_RESPONSE: Final = _close(
    {"token": _TEXT, "token_expiration": _TEXT, "token_expiration_strategy": _TEXT, "refresh_token": _TEXT}
)
_PROVIDER: Final = _close(
    {
        "display_name": _TEXT, "docs": _TEXT, "auth_mode": {"enum": [*_MODES]}, "request_url": _TEXT,
        "authorization_url": _TEXT, "authorization_url_fragment": _TEXT, "token_url": _TEXT, "refresh_url": _TEXT,
        "registration_url": _TEXT,
        "authorization_params": _PARAMETERS, "authorization_method": {"enum": ["header"]}, "default_scopes": _TEXTS,
        "scope_separator": _TEXT, "disable_pkce": _FLAG, "alternate_access_token_response_path": _TEXT,
        "token_request_auth_method": {"enum": ["basic", "custom", "private_key_jwt"]}, "body_format": _TEXT,
        "token_request_method": {"enum": ["GET"]}, "token_headers": {"type": "object"},
        "token_params": {"type": "object", "properties": {"grant_type": {"enum": [*_GRANTS]}}},
        "refresh_params": {"type": "object", "properties": {"grant_type": {"enum": ["refresh_token"]}}},
        "refresh_token_params": {"type": "object"}, "refresh_token_headers": {"type": "object"},
        "additional_steps": {"type": "array"}, "token_response": _RESPONSE, "proxy": _PROXY,
        "credentials": _make_group("^[a-zA-Z_]+$", _FIELD),
        "assertion_option": _make_group("^[a-zA-Z_]+$", _OF_ASSERTIONS),
        "connection_config": _make_group("^[a-zA-Z_.-]+$", _OF_FORMS),
        "integration_config": _make_group("^[a-zA-Z_.-]+$", _OF_FORMS),
    },
    "display_name", "docs",
)  # fmt: skip
SCHEMA: Final = {"type": "object", "additionalProperties": False, "patternProperties": {"^[a-z0-9-]+$": _PROVIDER}}
