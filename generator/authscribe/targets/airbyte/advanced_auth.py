"""Build Airbyte's advanced auth: the OAuth flow that the platform runs, and the settings that it fills.

The placeholders of its addresses are those of the declarative OAuth specification in airbyte-cdk's schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from authscribe.model.definitions import Endpoint
from authscribe.model.naming import to_attribute
from authscribe.model.placement_template import fill_variables, list_variable_names
from authscribe.targets.airbyte.configuration import ConfiguredMethod, Json, PlatformFlow, find_ending
from authscribe.targets.airbyte.specification import Choice, build_property

_SEPARATORS: Final[Mapping[str, str]] = {",": "comma", "+": "plus"}
_PKCE: Final = {"code_challenge": "{{ {{state_value}} | codeChallengeS256 }}", "code_challenge_method": "S256"}
_TOKEN_REQUEST: Final = {
    "grant_type": "authorization_code",
    "code": "{{ auth_code_value }}",
    "redirect_uri": "{{ redirect_uri_value }}",
}
"""Request for the first token (RFC 6749 section 4.1.3)."""
_CREDENTIALS: Final = {"client_id": "{{ client_id_value }}", "client_secret": "{{ client_secret_value }}"}
_BASIC: Final = {"Authorization": "Basic {{ {{client_id_value}}:{{client_secret_value}} | base64Encoder }}"}


def build_advanced_auth(method: ConfiguredMethod, flow: PlatformFlow, choice: Choice | None, value: str) -> Json:
    """Return the flow of a method, which applies if the method is chosen by this value."""
    condition = {"predicate_key": [*choice.path], "predicate_value": value} if choice is not None else {}
    return {
        "auth_flow_type": flow.type,
        **condition,
        "oauth_config_specification": {
            **_build_addresses(method, flow),
            "complete_oauth_output_specification": _build_tokens(method, flow),
            "complete_oauth_server_input_specification": {
                "type": "object",
                "required": [secret.name for secret in flow.credentials],
                "properties": {secret.name: build_property(secret) for secret in flow.credentials},
            },
            "complete_oauth_server_output_specification": _build_targets(
                method, {credential: setting for setting, credential in flow.copies.items()}
            ),
        },
    }


def _build_targets(method: ConfiguredMethod, targets: Mapping[str, str]) -> Json:
    """Return which settings have which of the flow's values."""
    paths = {key: [*(method.find_path(setting) or ())] for key, setting in targets.items()}
    properties = {key: {"type": "string", "path_in_connector_config": path} for key, path in paths.items()}
    return {"type": "object", "properties": properties}


def _build_tokens(method: ConfiguredMethod, flow: PlatformFlow) -> Json:
    """Return which settings have which values of the token response; a dotted path leads to one inside of it."""
    schema = _build_targets(method, {key: setting for setting, key in flow.tokens.items()})
    inner = {key: {"path_in_oauth_response": key.split(".")} if "." in key else {} for key in schema["properties"]}
    properties = {_name_token(key): {**value, **inner[key]} for key, value in schema["properties"].items()}
    return {**schema, "properties": properties}


def _name_token(key: str) -> str:
    return key.replace(".", "_")


def _build_addresses(method: ConfiguredMethod, flow: PlatformFlow) -> Json:
    """Return the addresses and scopes of the flow, and the settings in them.

    A flow needs both addresses: there is nothing unless both are known, and all their variables are settings.
    """
    authorize, token = method.contract.endpoints.authorize, method.contract.endpoints.token
    if authorize is None or token is None:
        return {}
    names = list_variable_names(authorize.addresses[0], token.addresses[0])
    if not method.has_all(names):
        return {}
    inputs = {to_attribute(name): name for name in names}
    return {
        **({"oauth_user_input_from_connector_config_specification": _build_targets(method, inputs)} if inputs else {}),
        "oauth_connector_input_specification": {
            "consent_url": _build_consent_url(method, authorize),
            "access_token_url": _spell_address(token),
            **_build_token_request(method),
            "extract_output": [*dict.fromkeys(map(_name_token, flow.tokens.values()))],
            **_build_keys(flow),
            **_build_scopes(method),
        },
    }


def _build_token_request(method: ConfiguredMethod) -> Json:
    """Return the request for the first token, with the credentials of the client where the scheme has them."""
    oauth = method.contract.oauth
    if oauth is not None and oauth.client_authentication == "client_secret_basic":
        return {"access_token_headers": _BASIC, "access_token_params": _TOKEN_REQUEST}
    return {"access_token_params": {**_TOKEN_REQUEST, **_CREDENTIALS}}


def _build_keys(flow: PlatformFlow) -> Json:
    """Return the names of the client's credentials in the flow, as far as they are not the usual ones."""
    named = {usual: find_ending(flow.credentials, usual) for usual in ("client_id", "client_secret")}
    return {f"{usual}_key": secret.name for usual, secret in named.items() if secret and secret.name != usual}


def _build_consent_url(method: ConfiguredMethod, authorize: Endpoint) -> str:
    """Return the address that asks the user for consent (RFC 6749 section 4.1.1, RFC 7636 section 4.3)."""
    oauth = method.contract.oauth
    parameters = {
        "response_type": "code",
        "client_id": "{{client_id_value}}",
        "redirect_uri": "{{ {{redirect_uri_value}} | urlEncoder }}",
        **({"scope": "{{ {{scope_value}} | urlEncoder }}"} if oauth is not None and oauth.scopes else {}),
        "state": "{{state_value}}",
        **(_PKCE if oauth is not None and oauth.pkce else {}),
    }
    url = _spell_address(authorize)
    query = "&".join(f"{name}={value}" for name, value in parameters.items() if name not in authorize.query)
    return f"{url}{'&' if '?' in url else '?'}{query}"


def _spell_address(endpoint: Endpoint) -> str:
    """Return an address whose variables are those of the flow, such as `{{subdomain}}`."""
    return fill_variables(endpoint.addresses[0], lambda name: f"{{{{{to_attribute(name)}}}}}")


def _build_scopes(method: ConfiguredMethod) -> Json:
    oauth = method.contract.oauth
    if oauth is None:
        return {}
    lists = {"scopes": oauth.scopes, "optional_scopes": oauth.optional_scopes}
    scopes = {key: [{"scope": scope} for scope in listed] for key, listed in lists.items() if listed}
    separator = _SEPARATORS.get(oauth.scope_separator)
    return {**scopes, **({"scopes_join_strategy": separator} if separator is not None else {})}
