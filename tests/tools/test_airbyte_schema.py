"""Compare the authenticators that are read, and the manifests that are generated, with the schema of airbyte-cdk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from document_law import list_rows, read_row
from hostile_catalogues import list_catalogues
from jsonschema import Draft7Validator
from stub_files import build_stubs

from authscribe.readers.foreign.airbyte.authenticators import AUTHENTICATORS

SCHEMA = "airbyte-cdk/airbyte_cdk/sources/declarative/declarative_component_schema.yaml"


def test_the_reader_knows_each_authenticator_of_the_schema(find_tool: Callable[[str], Path]) -> None:
    schema: dict[str, Any] = yaml.safe_load(find_tool(SCHEMA).read_text())
    choices = schema["definitions"]["HttpRequester"]["properties"]["authenticator"]["anyOf"]
    assert {choice["$ref"].rpartition("/")[2] for choice in choices} == set(AUTHENTICATORS)


@pytest.fixture
def validator(find_tool: Callable[[str], Path]) -> Draft7Validator:
    """Return a validator of declarative manifests."""
    schema = yaml.safe_load(find_tool(SCHEMA).read_text())
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def check_manifest(manifest: dict[str, Any], validator: Draft7Validator) -> None:
    """Check that a manifest and the specification in it are valid."""
    assert [error.message for error in validator.iter_errors(manifest)] == []
    specification = manifest["spec"]["connection_specification"]
    assert Draft7Validator(Draft7Validator.META_SCHEMA).is_valid(specification)


def test_the_schema_accepts_each_authenticator_and_refuses_a_mistake_in_it(validator: Draft7Validator) -> None:
    refused = 0
    for _, row in list_rows("airbyte"):
        for text in build_stubs(read_row(row), "airbyte").values():
            manifest = yaml.safe_load(text)
            check_manifest(manifest, validator)
            authenticator = manifest["streams"][0]["retriever"]["requester"]["authenticator"]
            for mistake in ({"type": "Bearer"}, {"type": f"{authenticator['type']}s"}):
                authenticator |= mistake
                assert not validator.is_valid(manifest)
                refused += 1
    assert refused > 70


PLANTED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "key": lambda manifest: manifest.update(authenticator={}),
    "stream": lambda manifest: manifest["streams"][0]["retriever"].pop("record_selector"),
    "check": lambda manifest: manifest["check"].update(stream_names="a"),
    "specification": lambda manifest: manifest["spec"].pop("connection_specification"),
    "flow": lambda manifest: manifest["spec"]["advanced_auth"].update(auth_flow_type="oauth2"),
    "consent": lambda manifest: manifest["spec"]["advanced_auth"]["oauth_config_specification"][
        "oauth_connector_input_specification"
    ].pop("consent_url"),
}


@pytest.mark.parametrize("mistake", PLANTED.values(), ids=PLANTED)
def test_the_schema_refuses_a_planted_mistake(mistake: Callable[[Any], Any], validator: Draft7Validator) -> None:
    (catalogue,) = list_catalogues(None)
    manifest = yaml.safe_load(build_stubs(catalogue, "airbyte")["airbyte/connectors/wave/manifest.yaml"])
    check_manifest(manifest, validator)
    mistake(manifest)
    assert not validator.is_valid(manifest)


@pytest.mark.parametrize("has_corpus", [False, True], ids=["project", "corpus"])
def test_the_schema_accepts_every_manifest(
    request: pytest.FixtureRequest, has_corpus: bool, validator: Draft7Validator
) -> None:
    corpus: Path | None = request.getfixturevalue("corpus") if has_corpus else None
    texts = [text for catalogue in list_catalogues(corpus) for text in build_stubs(catalogue, "airbyte").values()]
    assert len(texts) >= (1000 if has_corpus else 20)
    for text in texts:
        check_manifest(yaml.safe_load(text), validator)
