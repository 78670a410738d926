"""Documents of the target `openapi` are valid, and the reader of OpenAPI reads back what they state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from document_law import change_facts, list_rows, read_row, restate_facts
from hostile_catalogues import draw_catalogue, list_catalogues
from hypothesis import given, settings
from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError
from stub_files import build_stubs
from support import resolve, resolve_drafts
from test_openapi import DOCUMENTS, read

from authscribe.encoders.markdown import encode_commonmark
from authscribe.findings.finding import DefinitionError
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import list_contracts
from authscribe.model.definitions import Kind, Location, Scheme
from authscribe.model.markup import read_commonmark
from authscribe.readers.registry import read_source

DEFINITION = """\
schemes:
  - {{id: s, kind: {kind}, required: [{{name: key}}], injected: [{{name: key}}], placements: []}}
"""
# Kinds about whose credentials OpenAPI and the definition state nothing together.
UNKNOWN = {Kind.API_KEY, Kind.TWO_STEP, Kind.APP_INSTALL, Kind.CUSTOM, Kind.SIGNATURE_HMAC, Kind.SIGNATURE_HTTP}
# OpenAPI has no flow for these: only the token that they obtain is described.
BEARERS = {Kind.JWT, Kind.OAUTH2_REFRESH, Kind.OAUTH2_JWT_BEARER, Kind.OAUTH2_TOKEN_EXCHANGE}


def build_documents(catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    return {path: yaml.safe_load(text) for path, text in build_stubs(catalogue, "openapi").items()}


def read_back(path: str, document: dict[str, Any]) -> Catalogue:
    return resolve_drafts(read_source(str(Path(path).with_suffix(".json")), json.dumps(document))).catalogue


def strip(value: Any) -> Any:
    """Return a document without extensions, which the reader only keeps, and without needless escapes."""
    if isinstance(value, str):
        return read_commonmark(value)
    if isinstance(value, dict):
        return {key: strip(item) for key, item in value.items() if not key.startswith("x-") or "amazon" in key}
    return [strip(item) for item in value] if isinstance(value, list) else value


def check_read_back(path: str, document: dict[str, Any]) -> None:
    """Read a document, and build it again from what was read."""
    catalogue = read_back(path, document)
    (again,) = (text for name, text in build_stubs(catalogue, "openapi").items() if "/connectors/" in name)
    assert strip(yaml.safe_load(again)) == strip(document), path


@pytest.mark.parametrize("has_corpus", [False, True], ids=["project", "corpus"])
def test_every_document_is_valid_and_read_back(request: pytest.FixtureRequest, has_corpus: bool) -> None:
    corpus: Path | None = request.getfixturevalue("corpus") if has_corpus else None
    count = 0
    for catalogue in list_catalogues(corpus):
        for path, document in build_documents(catalogue).items():
            validate(document)
            check_read_back(path, document)
            count += 1
    assert count >= (800 if has_corpus else 15)


ROWS = dict(list_rows("openapi"))
"""Documents with each security scheme, and the facts in them."""

CHANGED: dict[str, dict[tuple[str, ...], Any]] = {
    # Nothing is known about what is sent, so the document has a placeholder.
    "another scheme of HTTP": {("scheme", "kind"): "api_key", ("scheme", "sends"): {"header REPLACE_ME": "{h}"}},
    "details of keys in extensions": {
        ("methods", "own"): {"kind": "api_key", "required": ["own"], "sends": {"header REPLACE_ME": "{own}"}}
    },
    # Nothing describes what is sent in a path or a body.
    "key in the path": {("scheme", "sends"): {"header REPLACE_ME": "{token}"}},
    "key in the body": {("scheme", "sends"): {"header REPLACE_ME": "{api_key}"}},
    "key in the schema of a parameter for the body": {
        ("scheme", "required"): ["apiKey"],
        ("scheme", "sends"): {"header REPLACE_ME": "{apiKey}"},
    },
    "key in the schema of the body": {
        ("methods",): {
            name: {"kind": "api_key", "required": [name], "sends": {"header REPLACE_ME": f"{{{name}}}"}}
            for name in ("api_secret", "api_key")
        }
    },
    # Only the token is described, and OpenAPI has no word for what may be omitted.
    "authorizer for tokens without a flow": {("scheme", "kind"): "http_bearer"},
    "signed tokens of an issuer": {
        ("methods", "login", "kind"): "http_bearer",
        ("methods", "app"): {"kind": "api_key", "required": ["app"], "sends": {"header X-Token": "Jwt {app}"}},
    },
    "signed tokens of an issuer in version 3": {("scheme", "kind"): "api_key"},
    # Version 3 has a word for bearer tokens.
    **{
        name: {("scheme", "kind"): "http_bearer"}
        for name in (
            "key after a word that its description states",
            "key after a word to enter",
            "key after the word in a header",
            "parameter of all operations after a word that its example shows",
            "key with a word",
            "key after a word and a sign",
            "key whose description is the name of its scheme",
            "key as a quoted text shows it",
            "key after a word before points",
            "key that is called a bearer token",
            "parameter after a word that one of its places states",
        )
    },
    # Version 3 has no word for a signature.
    "signature with a shared secret": {
        ("scheme",): {"kind": "api_key", "required": ["h"], "sends": {"header REPLACE_ME": "{h}"}}
    },
    "variable that may be empty": {("parameters",): ["stage"]},
    "key in a parameter that no operation requires": {("scheme", "required"): ["Authorization"]},
    "key in one of two parameters": {
        ("methods", "authtoken", "required"): ["authtoken"],
        ("methods", "x-authorization", "required"): ["X-Authorization"],
    },
    # Two values are two security schemes, which are required together.
    "identity sources of an authorizer": {
        ("methods",): {
            "tenant-pass": [
                {"kind": "api_key", "required": ["Tenant"], "sends": {"header Tenant": "{Tenant}"}},
                {"kind": "api_key", "required": ["pass"], "sends": {"query pass": "{pass}"}},
            ],
            "one": {"kind": "api_key", "required": ["one"], "sends": {"header X-Pass": "{one}"}},
        }
    },
}
"""Facts that a document made of the definitions states otherwise, by their path."""

SPLIT = ("authorization code and client credentials", "flows with scopes of their own")
"""Rows with several flows in one security scheme, each of which becomes one; the methods get other names."""


@pytest.mark.parametrize("name", ROWS)
def test_every_security_scheme_is_read_back(name: str) -> None:
    """The facts are those that were written by hand for the documents from which the definitions come."""
    changes = CHANGED.get(name, {})
    expected = {key: change_facts(facts, changes) for key, facts in ROWS[name]["facts"].items()}
    restated = restate_facts(read_row(ROWS[name]), "openapi")
    if name in SPLIT:
        expected, restated = ({k: [*f["methods"].values()] for k, f in facts.items()} for facts in (expected, restated))
    assert restated == expected


LOGIN = """\
schemes:
  - id: s
    kind: oauth2_authorization_code
    injected: [{{name: token, lifetime: expires}}]
    placements: [{{in: header, name: Authorization, value: "Bearer {{token}}"}}]
    endpoints: {{authorize: {{url: "https://a.example/auth"}}, token: {{url: "https://a.example/token"}}}}
    oauth: {oauth}
"""
DETAILS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "{pkce: true, response: {token: id_token}}": ({"x-usePkce": "SHA-256"}, {"x-tokenName": "id_token"}),
    "{pkce: false, response: {token: data.token}}": ({"x-usePkce": False}, {}),
    "{client_authentication: private_key_jwt}": ({}, {}),
}
"""Extensions of the flow and of the security scheme, by the details of OAuth."""


@pytest.mark.parametrize("oauth", DETAILS)
def test_details_that_an_extension_can_state_are_written(oauth: str) -> None:
    catalogue = resolve_drafts(read_source("s.yaml", LOGIN.format(oauth=oauth))).catalogue
    scheme = build_documents(catalogue)["openapi/schemes/s.yaml"]["components"]["securitySchemes"]["s"]
    flow = scheme["flows"]["authorizationCode"]
    assert tuple({k: v for k, v in each.items() if k.startswith("x-")} for each in (flow, scheme)) == DETAILS[oauth]


PLANTED: dict[str, Any] = {
    "location": {"type": "apiKey", "in": "body", "name": "x"},
    "type": {"type": "apikey", "in": "header", "name": "x"},
    "flow without address": {"type": "oauth2", "flows": {"clientCredentials": {"scopes": {}}}},
    "unknown key": {"type": "http", "scheme": "basic", "value": "x"},
}


@pytest.mark.parametrize("scheme", PLANTED.values(), ids=PLANTED)
def test_the_validator_refuses_a_planted_error(scheme: dict[str, Any]) -> None:
    path = "openapi/connectors/wave.yaml"
    document = build_documents(resolve().catalogue)[path]
    validate(document)
    document["components"]["securitySchemes"]["OAuth2"] = scheme
    with pytest.raises(OpenAPIValidationError):
        validate(document)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_described_or_a_placeholder(kind: Kind) -> None:
    catalogue = resolve_drafts(read_source("s.yaml", DEFINITION.format(kind=kind.value))).catalogue
    document = build_documents(catalogue)["openapi/schemes/s.yaml"]
    validate(document)
    schemes = document["components"]["securitySchemes"]
    assert bool(schemes) == (kind is not Kind.NONE)
    assert document["security"] == [{name: [] for name in schemes}]
    placeholders = [name for name, scheme in schemes.items() if scheme.get("name") == "REPLACE_ME"]
    assert bool(placeholders) == (kind in UNKNOWN)
    kinds = {scheme.kind for scheme in read_back("s.yaml", document).schemes}
    assert kinds == {Kind.API_KEY if kind in UNKNOWN else Kind.HTTP_BEARER if kind in BEARERS else kind}


def list_sent(catalogue: Catalogue, definition: Any) -> Iterator[tuple[str, ...]]:
    """Yield where each value of each method goes, as far as OpenAPI describes it, with the name of a lone secret."""
    for number, contract in enumerate(list_contracts(catalogue, definition)):
        for placement in contract.placements:
            is_basic = placement.location in (Location.BASIC_USERNAME, Location.BASIC_PASSWORD)
            if placement.location in (Location.HEADER, Location.QUERY, Location.COOKIE):
                yield (str(number), placement.location.value, placement.name.lower())
            elif is_basic:
                yield (str(number), "basic")


def test_what_the_connectors_of_the_project_send_is_read_back() -> None:
    catalogue = resolve().catalogue
    documents = build_documents(catalogue)
    for connector in catalogue.connectors:
        document = documents[f"openapi/connectors/{connector.id}.yaml"]
        again = read_back("x.yaml", document)
        sent = {*list_sent(catalogue, connector)}
        if "REPLACE_ME" not in str(document["components"]) and sent:
            assert {*list_sent(again, again.connectors[0])} == sent, connector.id
        first = next(list_contracts(catalogue, connector))
        read_first = next(list_contracts(again, again.connectors[0]))
        assert read_first.endpoints.base == first.endpoints.base
        if first.oauth is not None and "flows" in str(document["components"]):
            assert (read_first.oauth.scopes if read_first.oauth else ()) == first.oauth.scopes
            assert read_first.endpoints.token == first.endpoints.token
            assert read_first.endpoints.authorize == first.endpoints.authorize


@settings(max_examples=150)
@given(draw_catalogue())
def test_awkward_names_and_texts_are_read_back(catalogue: Catalogue) -> None:
    for path, document in build_documents(catalogue).items():
        assert isinstance(catalogue.schemes[0], Scheme)
        validate(document)
        components = document["components"]["securitySchemes"].values()
        assert {scheme.get("description", "") for scheme in components} <= {
            "",
            encode_commonmark(catalogue.schemes[0].summary),
        }
        check_read_back(path, document)


@settings(max_examples=200)
@given(DOCUMENTS)
def test_what_is_read_from_a_document_is_written_to_one(document: dict[str, Any]) -> None:
    try:
        catalogue = resolve_drafts(read(document)).catalogue
    except DefinitionError:
        return
    written = build_documents(catalogue)
    (path,) = (path for path in written if "/connectors/" in path)
    validate(written[path])
    read_kinds = {scheme.kind for scheme in read_back(path, written[path]).schemes}
    used = {
        scheme.kind for contract in list_contracts(catalogue, catalogue.connectors[0]) for scheme in contract.schemes
    }
    assert read_kinds - {Kind.NONE} == {Kind.API_KEY if kind is Kind.CUSTOM else kind for kind in used - {Kind.NONE}}
