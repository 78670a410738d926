"""Manifests of the target `airbyte` are read back as the definitions, apart from the facts that are named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from document_law import change_facts, check_documents, is_about_setting, list_rows, read_row, restate_facts
from hostile_catalogues import draw_catalogue, draw_login, list_catalogues
from hypothesis import given, settings
from stub_files import build_stubs

from authscribe.model.definitions import Catalogue

ROWS = dict(list_rows("airbyte"))
"""Documents with each authenticator of airbyte-cdk, and the facts in them."""

CHANGED: dict[str, dict[tuple[str, ...], Any]] = {
    # The deprecated authenticator, which also sends a token that is stored, becomes the one in its place.
    "a session of the deprecated form": {
        ("scheme", "sends", "header X-Session"): "{session_token}",
        ("scheme", "request", "method"): "POST",
    },
    # The definition does not state how the token is sent; the authenticator sends it as RFC 6750 states.
    "a flow whose condition is a constant in a plain object": {
        ("scheme", "endpoints", "refresh"): "https://acme.example/token",
        ("scheme", "request"): {
            "body": {"grant_type": "refresh_token"},
            "token_path": "access_token",
            "expires_in_path": "expires_in",
        },
        ("scheme", "sends"): {"header Authorization": "Bearer {credentials.token}"},
    },
    # The address asks for a code in so many words (RFC 6749 section 4.1.1).
    "a flow whose addresses have a setting in them": {
        ("scheme", "endpoints", "authorize"): "https://${credentials.site}.acme.example/login?response_type=code",
    },
    # A setting that the specification did not declare is declared, and has to be secret or not.
    "a flow whose token is sent in a header of its own": {
        ("scheme", "required"): ["client_id", "client_secret", "region"],
    },
}
"""Facts that a manifest made of the definitions states otherwise, by their path."""

ADDED = {
    # The stream and the specification around what is stated.
    "extras",
    # The specification has one title, for the connector and for its only method.
    "title",
    # What the authenticators for OAuth and for sessions do unless a definition states otherwise.
    "endpoints/authorize", "endpoints/token", "endpoints/refresh", "endpoints/login", "oauth/response", "placements",
    "placements/header authorization", "token_request/body", "token_request/token_path", "token_request/expires_in_path",
}  # fmt: skip
"""Kinds of facts that only manifests state, apart from those about settings, which may have another role there."""


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


@pytest.mark.parametrize("has_corpus", [False, True], ids=["project", "corpus"])
def test_each_fact_is_read_back_or_named(request: pytest.FixtureRequest, has_corpus: bool) -> None:
    corpus: Path | None = request.getfixturevalue("corpus") if has_corpus else None
    balances = [check_documents(catalogue, "airbyte") for catalogue in list_catalogues(corpus)]
    assert sum(balance.definitions for balance in balances) >= (1000 if has_corpus else 20)
    assert sum(balance.whole for balance in balances) >= (100 if has_corpus else 1)
    assert {kind for balance in balances for kind in balance.added if not is_about_setting(kind)} <= ADDED


@settings(max_examples=100)
@given(draw_catalogue())
def test_awkward_names_and_texts_are_read_back_or_named(catalogue: Catalogue) -> None:
    check_documents(catalogue, "airbyte")


@settings(max_examples=150)
@given(draw_login())
def test_logins_are_read_back_or_named(catalogue: Catalogue) -> None:
    check_documents(catalogue, "airbyte")
