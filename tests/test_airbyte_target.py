"""Manifests of the target `airbyte` are read back as the definitions, apart from the facts that are named."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from document_law import change_facts, list_rows, read_row, restate_facts
from stub_files import build_stubs

ROWS = dict(list_rows("airbyte"))
"""Documents with each authenticator of airbyte-cdk, and the facts in them."""

# What the definition does not state is as usual: how the token is sent and renewed (RFC 6750, RFC 6749 section 6) ...
USUAL = {
    ("request",): {
        "body": {"grant_type": "refresh_token"},
        "token_path": "access_token",
        "expires_in_path": "expires_in",
    },
    ("sends",): {"header Authorization": "Bearer {access_token}"},
}
# ... and how the client authenticates itself.
POST = ("scheme", "oauth", "client_authentication")


def usual_facts(*path: str) -> dict[tuple[str, ...], Any]:
    return {(*path, *key): value for key, value in USUAL.items()}


CHANGED: dict[str, dict[tuple[str, ...], Any]] = {
    # The deprecated authenticator, which also sends a token that is stored, becomes the one in its place.
    "a session of the deprecated form": {
        ("scheme", "sends", "header X-Session"): "{session_token}",
        ("scheme", "request", "method"): "POST",
    },
    "a flow whose condition is a constant in a plain object": {
        **usual_facts("scheme"),
        ("scheme", "endpoints", "refresh"): "https://acme.example/token",
        ("scheme", "sends"): {"header Authorization": "Bearer {credentials.token}"},
        POST: "client_secret_post",
    },
    "an address of a flow that depends on a setting": {
        **usual_facts("scheme"),
        ("scheme", "obtained"): ["token", "access_token"],
        ("scheme", "endpoints"): {
            "authorize": "https://acme.eu/auth?response_type=code",
            "token": "https://login.acme.example/token",
            "refresh": "https://login.acme.example/token",
        },
        POST: "client_secret_post",
    },
    "how a flow asks for tokens and where it finds them": {
        **usual_facts("scheme"),
        ("scheme", "obtained"): ["credentials.token", "credentials.expiry (public)", "access_token"],
        ("scheme", "endpoints"): {
            "authorize": "https://acme.example/auth?response_type=code&code_challenge_method=S256",
            "token": "https://acme.example/token",
            "refresh": "https://acme.example/token",
        },
    },
    "an old declaration of a flow for one alternative": {
        **usual_facts("methods", "oauth"),
        ("methods", "oauth", "obtained"): ["login.token", "access_token"],
        ("methods", "oauth", "request", "body"): {
            "grant_type": "refresh_token",
            "client_id": "${login.client_id}",
            "client_secret": "${login.client_secret}",
        },
    },
    "an old declaration of a flow for all settings": {
        **usual_facts("scheme"),
        ("scheme", "obtained"): ["refresh_token", "access_token"],
        ("scheme", "request", "body"): {
            "grant_type": "refresh_token",
            "client_id": "${client_id}",
            "client_secret": "${client_secret}",
            "refresh_token": "${refresh_token}",
        },
    },
    # The address asks for a code in so many words (RFC 6749 section 4.1.1).
    "a flow whose addresses have a setting in them": {
        ("scheme", "endpoints", "authorize"): "https://${credentials.site}.acme.example/login?response_type=code",
        POST: "client_secret_post",
    },
    "a flow in templates": {
        **usual_facts("scheme"),
        ("scheme", "obtained"): ["credentials.refresh_token", "access_token"],
        ("scheme", "endpoints"): {
            "authorize": "https://${shop}.acme.example/auth?access_type=offline&response_type=code",
            "token": "https://${shop}.acme.example/token",
            "refresh": "https://${shop}.acme.example/token",
        },
        ("scheme", "request", "body"): {
            "grant_type": "refresh_token",
            "client_id": "${credentials.client_id}",
            "client_secret": "${credentials.client_secret}",
            "refresh_token": "${credentials.refresh_token}",
        },
    },
    "a flow in templates for one alternative": {
        **usual_facts("methods", "oauth"),
        ("methods", "oauth", "sends"): {"header Authorization": "Bearer {login.access_token}"},
        ("methods", "oauth", "endpoints"): {
            "authorize": "https://acme.example/auth?response_type=code&code_challenge_method=S256",
            "token": "https://acme.example/token",
            "refresh": "https://acme.example/token",
        },
        ("methods", "oauth", "oauth", "response"): {
            "login.access_token": "access_token",
            "login.expiry": "expiry",
        },
    },
    # How code requests a token is not stated; without a grant, its address has no place.
    "an authenticator in code that requests tokens": {
        **usual_facts("scheme"),
        ("scheme", "request", "body"): {
            "grant_type": "client_credentials",
            "client_id": "${client_id}",
            "client_secret": "${client_secret}",
        },
    },
    # Nothing can request a token by an unknown grant, so that the user supplies the token.
    "a grant that depends on a setting": {
        ("scheme",): {
            "kind": "api_key",
            "required": ["secret", "access_token"],
            "parameters": ["id", "mode"],
            "sends": {"header Authorization": "Bearer {access_token}"},
        },
    },
    "an authenticator in code with an endpoint alone, for one of two methods": {
        ("methods", "login"): {"kind": "custom", "required": ["auth.client_secret"], "parameters": ["auth.type"]},
    },
    # A token that is signed is in no other header than `Authorization`.
    "a signed token with a prefix in a header of its own": {
        ("scheme",): {"kind": "custom", "required": ["private_key"]},
    },
    # The setting that chooses is declared.
    "sessions from logins with keys": {
        ("methods", "query", "parameters"): ["auth_type", "mode"],
        ("methods", "header", "parameters"): ["auth_type", "mode"],
    },
    # A setting that the specification did not declare is declared, and has to be secret or not.
    "a flow whose token is sent in a header of its own": {
        ("scheme", "required"): ["client_id", "client_secret", "region"],
    },
    "a credential that only the address names": {("scheme", "required"): ["key", "bot_token"]},
    "an old manifest": {("scheme", "required"): ["token"]},
    "an authenticator in code whose settings nobody declares": {("scheme", "required"): ["account", "login.key"]},
    # ... Its place is outside of the object with the setting that chooses, so that another one chooses.
    "a selected authenticator with a setting of another place": {
        ("methods", "key", "required"): ["credentials.key", "key"],
        ("methods", "key", "parameters"): ["auth_type", "credentials.how?", "mode"],
        ("methods", "token", "parameters"): ["auth_type", "credentials.how?", "mode"],
    },
}
"""Facts that a manifest made of the definitions states otherwise, by their path."""


@pytest.mark.parametrize("name", ROWS)
def test_every_authenticator_is_read_back(name: str) -> None:
    """The facts are those that were written by hand for the documents from which the definitions come."""
    changes = CHANGED.get(name, {})
    expected = {key: change_facts(facts, changes) for key, facts in ROWS[name]["facts"].items()}
    assert restate_facts(read_row(ROWS[name]), "airbyte") == expected


def test_the_documents_have_every_authenticator() -> None:
    texts = [text for row in ROWS.values() for text in build_stubs(read_row(row), "airbyte").values()]
    types = {name for text in texts for name in list_authenticators(yaml.safe_load(text)["streams"])}
    assert types == {
        "ApiKeyAuthenticator", "BasicHttpAuthenticator", "BearerAuthenticator", "OAuthAuthenticator",
        "SessionTokenAuthenticator", "JwtAuthenticator", "SelectiveAuthenticator", "CustomAuthenticator", "NoAuth",
    }  # fmt: skip


def list_authenticators(value: Any) -> list[str]:
    if isinstance(value, list):
        return [name for item in value for name in list_authenticators(item)]
    if not isinstance(value, dict):
        return []
    own = [value["type"]] if str(value.get("type", "")).endswith(("Authenticator", "NoAuth")) else []
    return [*own, *(name for item in value.values() for name in list_authenticators(item))]
