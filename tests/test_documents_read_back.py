"""Documents of targets with one for each definition are read back as the definitions, or the losses are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from document_law import check_documents, is_about_setting
from hostile_catalogues import draw_catalogue, draw_login, list_catalogues
from hypothesis import given, settings

from authscribe.model.catalogue import Catalogue

ADDED = {
    "airbyte": {
        # The stream and the specification around what is stated.
        "extras",
        # The specification has one title, for the connector and for its only method.
        "title",
        # What the authenticators for OAuth and for sessions do unless a definition states otherwise.
        "endpoints/authorize", "endpoints/token", "endpoints/refresh", "endpoints/login", "oauth/response", "placements",
        "oauth/client_authentication",
        "placements/header authorization", "token_request/body", "token_request/token_path", "token_request/expires_in_path",
        # How a client authenticates itself, and scopes in a request for a token, are stated in other words.
        "token_request/basic", "oauth/scopes",
    },
    "openapi": {
        # The version, and facts about the documents of other systems in extensions.
        "extras",
        # A security scheme has a name and a description; a scheme that becomes several ones has several.
        "title", "summary", "id", "kind", "placements",
        # A document needs security schemes, and these need addresses: where none is known, there is a placeholder.
        "placements/header replace_me", "endpoints/authorize", "endpoints/token",
        # What security schemes for OAuth and basic authentication mean unless a definition states otherwise.
        "placements/header authorization", "placements/basic_username", "placements/basic_password",
        # A token has the name there that OAuth gives it, and its key in the response belongs to that name.
        "oauth/response",
    },
}  # fmt: skip
"""Kinds of facts that only the documents state, apart from those about settings, which may have another role there."""

WHOLE = {"airbyte": 100, "openapi": 30}
"""Least number of the definitions in the corpus that lose nothing."""


@pytest.mark.parametrize("has_corpus", [False, True], ids=["project", "corpus"])
@pytest.mark.parametrize("target", ADDED)
def test_each_fact_is_read_back_or_named(request: pytest.FixtureRequest, target: str, has_corpus: bool) -> None:
    corpus: Path | None = request.getfixturevalue("corpus") if has_corpus else None
    balances = [check_documents(catalogue, target) for catalogue in list_catalogues(corpus)]
    assert sum(balance.definitions for balance in balances) >= (1000 if has_corpus else 20)
    assert sum(balance.whole for balance in balances) >= (WHOLE[target] if has_corpus else 1)
    assert {kind for balance in balances for kind in balance.added if not is_about_setting(kind)} <= ADDED[target]


@pytest.mark.parametrize("target", ADDED)
@settings(max_examples=100)
@given(catalogue=draw_catalogue())
def test_awkward_names_and_texts_are_read_back_or_named(target: str, catalogue: Catalogue) -> None:
    check_documents(catalogue, target)


@pytest.mark.parametrize("target", ADDED)
@settings(max_examples=150)
@given(catalogue=draw_login())
def test_logins_are_read_back_or_named(target: str, catalogue: Catalogue) -> None:
    check_documents(catalogue, target)
