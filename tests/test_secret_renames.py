"""Two names are taken for one secret when one of them is unused, and only then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import run

from authscribe.lint.renames import find_likeliest, score_match

NAMES = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_-]{0,20}", fullmatch=True)


@pytest.mark.parametrize(
    ("name", "candidates", "expected"),
    [
        pytest.param("consumer_token", [("consumer_key", "The consumer key.")], "consumer_key", id="one word differs"),
        pytest.param("apikey", [("api_key", "")], "api_key", id="no underscore"),
        pytest.param("api-key", [("api_key", "")], "api_key", id="hyphen"),
        pytest.param("API_KEY", [("api_key", "")], "api_key", id="case"),
        pytest.param("api_token", [("api_key", "The API token.")], "api_key", id="the description says so"),
        pytest.param("jwt", [("api_key", "The API key.")], None, id="nothing in common"),
        pytest.param("application_key", [("api_key", "The key of the API.")], None, id="only `key` in common"),
        pytest.param("token", [], None, id="nothing to choose from"),
        pytest.param(
            "client_secret", [("client_id", ""), ("client_secrets", "")], "client_secrets", id="the nearer of two"
        ),
    ],
)
def test_the_likeliest_name(name: str, candidates: list[tuple[str, str]], expected: str | None) -> None:
    assert find_likeliest(name, candidates, []) == expected


@given(NAMES, NAMES, st.text(max_size=40), st.lists(st.lists(NAMES, max_size=3), max_size=3))
def test_a_score_is_a_share(name: str, candidate: str, description: str, slots: list[list[str]]) -> None:
    assert 0 <= score_match(name, candidate, description, slots) <= 1


@given(NAMES)
def test_a_name_resembles_itself_most(name: str) -> None:
    assert find_likeliest(name, [(name, ""), ("entirely_different", "")], []) == name


SCHEMES = """schemes:
  - id: tripletex
    injected: [{name: consumer_key}, {name: employee_token}]
  - id: oauth2
    injected: [{name: oauth_client_id}, {name: oauth_client_secrets}]
  - id: api_key
    injected: [{name: api_key}]
"""


def findings(folder: Path, selector: dict[str, str], parameters: list[str], *references: str) -> list[dict[str, Any]]:
    manifest = {**selector, "additional_parameters": {name: {} for name in parameters}, "datatypes": {}}
    (folder / "c/templates").mkdir(parents=True)
    (folder / "s.yaml").write_text(SCHEMES)
    (folder / "c/manifest.json").write_text(json.dumps({**manifest, "system-template": "templates/system.json"}))
    (folder / "c/templates/system.json").write_text(json.dumps({f"slot{i}": r for i, r in enumerate(references)}))
    outcome = run("lint", "--source", "s.yaml", "c", "--output-format", "json", cwd=folder)
    found: list[dict[str, Any]] = json.loads(outcome.stdout)["findings"]
    return [f for f in found if f["code"] == "secret-renamed" or "did you mean" in f["help"]]


TRIPLETEX = {"auth": "api_key", "auth_variant": "tripletex"}


def test_an_unused_name_is_taken_for_the_one_in_use(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, TRIPLETEX, [], "$SECRET(consumer_token)", "$SECRET(employee_token)")
    assert (found["code"], found["name"]) == ("secret-renamed", "consumer_token")


def test_two_names_that_are_both_in_use_are_two_secrets(tmp_path: Path) -> None:
    assert findings(tmp_path, TRIPLETEX, [], "$SECRET(consumer_token)", "$SECRET(consumer_key)") == []


def test_a_secret_of_another_scheme_is_not_a_misspelling(tmp_path: Path) -> None:
    assert findings(tmp_path, {"auth": "api_key"}, [], "$SECRET(oauth_client_secrets)") == []


def test_a_parameter_is_not_a_secret(tmp_path: Path) -> None:
    assert findings(tmp_path, {"auth": "api_key"}, ["api_keys"], "{{@ api_keys @}}") == []
    assert findings(tmp_path / "again", {"auth": "api_key"}, ["api_keys"], "$SECRET(api_keys)") == []
