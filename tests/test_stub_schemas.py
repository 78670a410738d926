"""Compose and External Secrets Operator accept every stub, by their schemas, and refuse mistakes planted into one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from stub_files import CORPUS, Document, build_stubs, read_awkward, read_catalogue, read_corpus
from support import resolve_drafts

from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract, list_contracts
from authscribe.model.target_options import (
    ComposeOptions,
    ExternalSecretsOptions,
    SecretSource,
    StoreKind,
    StoreLayout,
    TargetOptions,
)
from authscribe.readers.registry import read_source

pytestmark = pytest.mark.once

OPTIONS = TargetOptions(
    external_secrets=ExternalSecretsOptions(
        namespace="n1", store_kind=StoreKind.SECRET_STORE, key_prefix="a/b/", layout=StoreLayout.ENTRIES
    ),
    compose=ComposeOptions(source=SecretSource.ENVIRONMENT),
)


def close(required: list[str], **properties: Any) -> Document:
    """Return the schema of an object without other keys; the API server drops those without a word."""
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


DNS_NAME = {
    "type": "string",
    "maxLength": 253,
    "pattern": r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
}
REMOTE = close(["key"], key={"type": "string", "minLength": 1}, property={"type": "string", "minLength": 1})
FETCHED = close(
    ["remoteRef", "secretKey"],
    secretKey={"type": "string", "minLength": 1, "maxLength": 253, "pattern": "^[-._a-zA-Z0-9]+$"},
    remoteRef=REMOTE,
)
EXTERNAL_SECRET = Draft202012Validator(
    close(
        ["apiVersion", "kind", "metadata", "spec"],
        apiVersion={"const": "external-secrets.io/v1"},
        kind={"const": "ExternalSecret"},
        metadata=close(["name"], name=DNS_NAME, namespace=DNS_NAME),
        spec=close(
            ["refreshInterval", "secretStoreRef", "target"],
            refreshInterval={"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$"},
            secretStoreRef=close(["kind", "name"], kind={"enum": ["SecretStore", "ClusterSecretStore"]}, name=DNS_NAME),
            target=close(["name"], name=DNS_NAME),
            data={"type": "array", "minItems": 1, "items": FETCHED},
        ),
    )
)
"""Facts of the custom resource `externalsecrets.external-secrets.io`, as far as stubs use them."""

MISTAKES: dict[str, tuple[tuple[str | int, ...], object]] = {
    "old version": (("apiVersion",), "external-secrets.io/v1beta1"),
    "other kind": (("kind",), "ExternalSecrets"),
    "misspelt key": (("spec", "secretstoreRef"), {}),
    "name": (("metadata", "name"), "Wave_Auth"),
    "store": (("spec", "secretStoreRef", "kind"), "Vault"),
    "key with a space": (("spec", "data", 0, "secretKey"), "A KEY"),
    "misspelt inner key": (("spec", "data", 0, "remoteRef", "Property"), "x"),
    "number": (("spec", "data", 0, "remoteRef", "property"), 5),
    "interval": (("spec", "refreshInterval"), "hourly"),
}


@pytest.fixture(scope="module", params=["project", "awkward", *CORPUS])
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    """Return a catalogue; those of the corpus are skipped if it is not here."""
    if request.param == "project":
        return read_catalogue()
    if request.param == "awkward":
        return read_awkward()
    return read_corpus(request.getfixturevalue("corpus"), request.param)


def list_stubs(catalogue: Catalogue, target: str, name: str) -> list[str]:
    """Return the stubs of this name with the default options, and then those with others."""
    catalogues = (catalogue, replace(catalogue, options=OPTIONS))
    files = [item for each in catalogues for item in build_stubs(each, target).items()]
    return [text for path, text in files if path.endswith(f"/{name}")]


def list_all_contracts(catalogue: Catalogue) -> Iterator[Contract]:
    for definition in (*catalogue.schemes, *catalogue.connectors):
        yield from list_contracts(catalogue, definition)


def test_every_external_secret_follows_the_schema(catalogue: Catalogue) -> None:
    stubs = list_stubs(catalogue, "external-secrets", "external-secret.yaml")
    assert len(stubs) == 2 * sum(bool(each.injected or each.required) for each in list_all_contracts(catalogue))
    assert [error.message for text in stubs for error in EXTERNAL_SECRET.iter_errors(yaml.safe_load(text))] == []


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_an_external_secret_is_refused(mistake: str) -> None:
    document = yaml.safe_load(list_stubs(read_awkward(), "external-secrets", "external-secret.yaml")[0])
    path, value = MISTAKES[mistake]
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert not EXTERNAL_SECRET.is_valid(document)


def run_compose_schema(paths: list[Path]) -> int:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False).returncode


def test_every_compose_file_follows_the_schema_and_a_mistake_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    stubs = list_stubs(catalogue, "compose", "compose.yaml")
    paths = [tmp_path / f"{number}.yaml" for number in range(len(stubs))]
    for path, text in zip(paths, stubs, strict=True):
        path.write_text(text)
    assert len(stubs) == 2 * sum(bool(each.settings) for each in list_all_contracts(catalogue))
    assert run_compose_schema(paths) == 0
    paths[0].write_text(stubs[0].replace("services:", "servces:"))
    assert run_compose_schema(paths) == 1


def enable(text: str) -> Document:
    """Return a stub in which the lines that were commented out count: all comments with a colon, but for the heading."""
    body = re.sub(r"\A(#.*\n)*", "", text)
    document: Document = yaml.safe_load(re.sub(r"^( *)# (.*: *\S*)$", r"\1\2", body, flags=re.MULTILINE))
    return document


def test_what_is_commented_out_is_right_without_the_mark(tmp_path: Path) -> None:
    secrets = [{"name": "key"}, {"name": "otp", "optional": True}]
    schemes = [{"id": "one", "injected": secrets}, {"id": "two", "injected": secrets[1:]}]
    draft = read_source("s.json", json.dumps({"schemes": schemes}))
    for options in (TargetOptions(), OPTIONS):
        files = build_stubs(replace(resolve_drafts(draft).catalogue, options=options), "external-secrets", "compose")
        for identifier, count in (("one", 2), ("two", 1)):
            fetched = enable(files[f"external-secrets/schemes/{identifier}/external-secret.yaml"])
            assert EXTERNAL_SECRET.is_valid(fetched)
            assert len(fetched["spec"]["data"]) == count
            compose = enable(files[f"compose/schemes/{identifier}/compose.yaml"])
            (tmp_path / "compose.yaml").write_text(yaml.safe_dump(compose))
            assert run_compose_schema([tmp_path / "compose.yaml"]) == 0
            assert len(compose["secrets"]) == len(compose["services"][identifier]["secrets"]) == count
