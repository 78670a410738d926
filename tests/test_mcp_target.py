"""Files of the target `mcp` are valid, mark every secret, and carry names and texts unchanged.

The schema is written by hand after that of the MCP registry of 2025-12-11, without what does not concern us, and closed: an
unknown key is an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_catalogues import draw_catalogue, list_catalogues
from hypothesis import given, settings
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError
from stub_files import build_stubs
from support import resolve, resolve_drafts

from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import list_contracts
from authscribe.model.definitions import Location, Secret
from authscribe.model.draft import ListNode, MapNode, Noun, get_text
from authscribe.model.markup import describe_markup
from authscribe.readers.registry import read_source

FACTS = {
    "description": {"type": "string"},
    "isRequired": {"type": "boolean"},
    "isSecret": {"type": "boolean"},
    "format": {"enum": ["string", "number", "boolean", "filepath"]},
    "default": {"type": "string"},
    "placeholder": {"type": "string"},
    "choices": {"type": "array", "items": {"type": "string"}},
    "value": {"type": "string"},
}
VARIABLES = {
    "type": "object",
    "additionalProperties": {"type": "object", "properties": FACTS, "additionalProperties": False},
}
INPUTS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"name": {"type": "string", "minLength": 1}, **FACTS, "variables": VARIABLES},
        "required": ["name"],
        "additionalProperties": False,
    },
}
SCHEMA = {
    "type": "object",
    "properties": {
        "$schema": {"const": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"},
        "name": {"type": "string", "pattern": r"^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$", "maxLength": 200},
        "title": {"type": "string", "minLength": 1, "maxLength": 100},
        "description": {"type": "string", "minLength": 1, "maxLength": 100},
        "version": {"type": "string", "maxLength": 255},
        "packages": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "registryType": {"type": "string"},
                    "identifier": {"type": "string"},
                    "transport": {"const": {"type": "stdio"}},
                    "environmentVariables": INPUTS,
                },
                "required": ["registryType", "identifier", "transport"],
                "additionalProperties": False,
            },
        },
        "remotes": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "type": {"enum": ["streamable-http", "sse"]},
                    "url": {"type": "string", "pattern": r"^https?://[^\s]+$"},
                    "headers": INPUTS,
                    "variables": VARIABLES,
                },
                "required": ["type", "url"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["name", "description", "version"],
    "additionalProperties": False,
}
VALIDATOR = Draft7Validator(SCHEMA)
DEFINITION = """\
schemes:
  - id: s
    required: [{name: key}]
    injected: [{name: key, origin: {source: copied, required: key}}]
    parameters: [{name: user}, {name: is-test, type: boolean, default: true}, {name: size, type: number, enum: [{value: 1}, {value: 2.5}]}]
    placements:
"""


def build_documents(catalogue: Catalogue) -> dict[str, Any]:
    return {path: json.loads(text) for path, text in build_stubs(catalogue, "mcp").items()}


def list_inputs(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for package in document["packages"]:
        yield from package["environmentVariables"]
    for remote in document.get("remotes", ()):
        yield from remote.get("headers", ())
        yield from remote.get("variables", {}).values()
        for header in remote.get("headers", ()):
            yield from header.get("variables", {}).values()


@pytest.mark.parametrize("has_corpus", [False, True], ids=["project", "corpus"])
def test_every_file_is_valid(request: pytest.FixtureRequest, has_corpus: bool) -> None:
    corpus: Path | None = request.getfixturevalue("corpus") if has_corpus else None
    documents = [each for catalogue in list_catalogues(corpus) for each in build_documents(catalogue).values()]
    for document in documents:
        VALIDATOR.validate(document)
    assert len(documents) >= (800 if has_corpus else 15)


def read_names(scheme: MapNode, key: str) -> list[str]:
    """Return the names in a list of a scheme that the reader of MCP servers has drafted."""
    node = scheme.find(key)
    items = node.items if isinstance(node, ListNode) else ()
    return [name for item in items if isinstance(item, MapNode) and (name := get_text(item.find("name"))) is not None]


def check_reading(document: dict[str, Any]) -> None:
    """Check that the reader of MCP servers finds the same inputs, with the same secrecy, at the same places."""
    draft = read_source("server.json", json.dumps(document))
    assert draft.findings == ()
    package, *remotes = (definition.node for definition in draft.select(Noun.SCHEME))
    for key, is_secret in (("required", True), ("parameters", False)):
        inputs = document["packages"][0]["environmentVariables"]
        assert read_names(package, key) == [each["name"] for each in inputs if each.get("isSecret", False) is is_secret]
    for remote, scheme in zip(document.get("remotes", ()), remotes, strict=True):
        assert read_names(scheme, "placements")[: len(remote.get("headers", ()))] == [
            header["name"] for header in remote.get("headers", ())
        ]


@pytest.mark.parametrize("has_corpus", [False, True], ids=["project", "corpus"])
def test_every_file_is_read_back(request: pytest.FixtureRequest, has_corpus: bool) -> None:
    corpus: Path | None = request.getfixturevalue("corpus") if has_corpus else None
    for catalogue in list_catalogues(corpus):
        for document in build_documents(catalogue).values():
            check_reading(document)


@settings(max_examples=150)
@given(draw_catalogue())
def test_awkward_names_are_read_back(catalogue: Catalogue) -> None:
    for document in build_documents(catalogue).values():
        check_reading(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(("packages", 0, "environmentVariables", 0, "is_secret"), True, id="key of an older version"),
        pytest.param(
            ("packages", 0, "environmentVariables", 0, "isSecret"), "true", id="text instead of a truth value"
        ),
        pytest.param(("packages", 0, "environmentVariables", 0, "default"), 1, id="number instead of a text"),
        pytest.param(("remotes", 0, "url"), "REPLACE_ME", id="address without scheme"),
        pytest.param(("name",), "wave", id="name without namespace"),
        pytest.param(("description",), "x" * 101, id="long description"),
    ],
)
def test_the_schema_refuses_a_planted_error(path: tuple[str | int, ...], value: object) -> None:
    document: Any = build_documents(resolve().catalogue)["mcp/connectors/zendesk/server.json"]
    VALIDATOR.validate(document)
    target = document
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    with pytest.raises(ValidationError):
        VALIDATOR.validate(document)


@settings(max_examples=150)
@given(draw_catalogue())
def test_awkward_names_and_texts_are_kept(catalogue: Catalogue) -> None:
    documents = build_documents(catalogue)
    (connector,) = catalogue.connectors
    contracts = [contract for contract in list_contracts(catalogue, connector) if contract.settings]
    written = [document for path, document in documents.items() if "/connectors/" in path]
    for contract, document in zip(contracts, written, strict=True):
        VALIDATOR.validate(document)
        inputs = document["packages"][0]["environmentVariables"]
        settings = (*contract.injected, *contract.parameters)
        described = [describe_markup(setting.description).strip() or setting.name for setting in settings]
        assert [each["description"] for each in inputs] == described
        masked = [isinstance(each, Secret) and each.is_masked for each in settings]
        assert [each.get("isSecret", False) for each in inputs] == masked
        names = {placement.name for placement in contract.placements if placement.location is Location.HEADER}
        headers = {header["name"] for remote in document.get("remotes", ()) for header in remote.get("headers", ())}
        assert headers - {"Cookie"} == names


@settings(max_examples=150)
@given(draw_catalogue())
def test_each_template_refers_to_its_variables_and_to_no_other_text(catalogue: Catalogue) -> None:
    for document in build_documents(catalogue).values():
        for remote in document.get("remotes", ()):
            for template in (remote, *remote.get("headers", ())):
                text = template.get("value", template.get("url", ""))
                assert {*re.findall(r"\{([^{}]+)\}", text)} == {*template.get("variables", {})}


@pytest.mark.parametrize(
    ("placement", "expected"),
    [
        ("{in: header, name: X-Key, value: '{key}'}", {"name": "X-Key", "description": "key", "isRequired": True, "isSecret": True}),
        (
            "{in: header, name: X, value: 'a {key}'}",
            {"name": "X", "value": "a {key}", "isRequired": True, "isSecret": True,
             "variables": {"key": {"description": "key", "isRequired": True, "isSecret": True}}},
        ),
        ("{in: header, name: X, value: fixed}", {"name": "X", "value": "fixed"}),
        (
            "{in: header, name: X, value: '{key}', fallback: 'user {user}'}",
            {"name": "X", "description": "The value <key>, or else user <user>.", "isRequired": True, "isSecret": True},
        ),
        (
            "{in: header, name: X, value: '{{key}} {key}'}",
            {"name": "X", "description": "The value {key} <key>.", "isRequired": True, "isSecret": True},
        ),
    ],
)  # fmt: skip
def test_a_header_is_a_value_or_a_template(placement: str, expected: dict[str, Any]) -> None:
    catalogue = resolve_drafts(read_source("s.yaml", f"{DEFINITION}      - {placement}\n")).catalogue
    (remote,) = build_documents(catalogue)["mcp/schemes/s/server.json"]["remotes"]
    assert remote["headers"] == [expected]


def test_values_are_spelled_as_texts() -> None:
    catalogue = resolve_drafts(
        read_source("s.yaml", f"{DEFINITION}      - {{in: block, name: k, value: '{{key}}'}}\n")
    ).catalogue
    document = build_documents(catalogue)["mcp/schemes/s/server.json"]
    assert "remotes" not in document
    assert document["packages"][0]["environmentVariables"][2:] == [
        {"name": "S_IS_TEST", "description": "is-test", "format": "boolean", "default": "true"},
        {"name": "S_SIZE", "description": "size", "isRequired": True, "format": "number", "choices": ["1", "2.5"]},
    ]


def test_every_masked_value_of_the_project_is_secret() -> None:
    secrets = {
        (setting["name"], setting.get("isSecret", False))
        for document in build_documents(resolve().catalogue).values()
        for setting in list_inputs(document)
        if "name" in setting
    }
    assert {("HUBSPOT_OAUTH_ACCESS_TOKEN", True), ("HUBSPOT_TOKEN_URL", False)} <= secrets
    assert not {name for name, is_secret in secrets if not is_secret and re.search("SECRET|TOKEN$|KEY$", name)} - {
        "POWEROFFICE_APPLICATION_KEY"
    }
