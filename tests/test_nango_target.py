"""Providers of the target `nango` are valid, and read back as the definitions but for the facts that are named."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from definition_edits import make_document
from hostile_catalogues import draw_catalogue, list_catalogues
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError
from nango_schema import SCHEMA
from round_trips import check_losses
from stub_files import build_stubs, read_catalogue
from support import CASES, ROOT, find_cases, resolve_drafts

from authscribe.changes.read_back import account_targets
from authscribe.findings.finding import DefinitionError, Place
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import Kind
from authscribe.model.draft import KeyOutcome, MapNode, Outcome, to_node
from authscribe.model.nango import GROUPS, MODES
from authscribe.readers.registry import read_source
from authscribe.resolve import resolver
from authscribe.resolve.resolver import Resolution
from authscribe.resolve.secret_values import SECRET_ROLES
from authscribe.targets.registry import READ_BACK

PATH = "nango/providers.yaml"
VALIDATOR = Draft7Validator(SCHEMA)
SAMPLE = "catalogues/nango-providers-sample.yaml"


def build_providers(catalogue: Catalogue) -> dict[str, Any]:
    providers: dict[str, Any] = yaml.safe_load(build_stubs(catalogue, "nango").get(PATH, "{}"))
    return providers


def read_back(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue of the only file; none of its providers may be a mistake."""
    text = build_stubs(catalogue, "nango").get(PATH, "connectors: []")
    return resolve_drafts(read_source("providers.yaml", text)).catalogue


def list_outcomes(catalogue: Catalogue) -> list[KeyOutcome]:
    """Check that what is lost is named; return the outcome of each fact."""
    schemes, connectors = (
        {each.id: _to_map(each.model_dump(mode="json", by_alias=True, exclude_unset=True)) for each in definitions}
        for definitions in (catalogue.schemes, catalogue.connectors)
    )
    accounts = account_targets(Resolution(catalogue, (), schemes, connectors, {}), ["nango"])
    outcomes = [account.outcome for account in accounts]
    named = [key.pointer for key in outcomes if key.outcome is not Outcome.MAPPED]
    check_losses(catalogue, read_back(catalogue), named, READ_BACK["nango"].find_names(catalogue))
    return outcomes


def account(catalogue: Catalogue) -> Counter[Outcome]:
    """Check that what is lost is named; return the number of keys of each outcome."""
    return Counter(key.outcome for key in list_outcomes(catalogue))


def _to_map(value: object) -> MapNode:
    node = to_node(value, Place("definitions.yaml"))
    assert isinstance(node, MapNode)
    return node


# What is lost is named


@pytest.mark.parametrize("has_corpus", [False, True], ids=["project", "corpus"])
def test_what_is_lost_is_named(request: pytest.FixtureRequest, has_corpus: bool) -> None:
    corpus: Path | None = request.getfixturevalue("corpus") if has_corpus else None
    counts: Counter[Outcome] = Counter()
    for catalogue in list_catalogues(corpus):
        counts += account(catalogue)
    assert counts[Outcome.MAPPED] > (10000 if has_corpus else 100)
    assert counts[Outcome.LOST] > 50


def test_what_is_lost_of_each_format_is_named() -> None:
    formats: Counter[str] = Counter()
    for folder in find_cases("read"):
        try:
            catalogue = read_catalogue(folder / "in")
        except DefinitionError:
            continue
        account(catalogue)
        formats[folder.parent.name] += 1
        if folder.parent.name != "nango":
            VALIDATOR.validate(build_providers(catalogue))
    assert len(formats) >= 8
    assert min(formats.values()) >= 4


@settings(max_examples=100)
@given(draw_catalogue())
def test_what_is_lost_of_awkward_definitions_is_named(catalogue: Catalogue) -> None:
    VALIDATOR.validate(build_providers(catalogue))
    account(catalogue)


def test_an_empty_text_in_a_default_is_a_fact() -> None:
    parameter = {"name": "a", "type": "object", "default": {"b": ""}}
    schemes = [{"id": "s", "kind": "none", "parameters": [parameter]}]
    document = {"schemes": schemes, "connectors": [{"id": "c", "scheme": "s"}]}
    catalogue = resolve_drafts(read_source("d.json", json.dumps(document))).catalogue
    lost = [key.pointer for key in list_outcomes(catalogue) if key.outcome is Outcome.LOST]
    assert "/schemes/s/parameters/a/default" in lost


@settings(max_examples=100)
@given(st.integers(0, 2**32), st.sampled_from([*Kind]))
def test_what_is_lost_of_any_definitions_is_named(seed: int, kind: Kind) -> None:
    document = make_document(Random(seed))
    for scheme in document["schemes"]:
        scheme["kind"] = kind.value
    try:
        catalogue = resolve_drafts(read_source("d.json", json.dumps(document))).catalogue
    except DefinitionError:
        reject()
    VALIDATOR.validate(build_providers(catalogue))
    account(catalogue)


def test_what_is_lost_of_the_projects_schemes_for_the_platform_nango_is_named() -> None:
    """The profile selects the modes, and has the placements that these bring along."""
    sources = ("platforms/nango.yaml", "authentication-schemes.rst", "common.yaml", "refinements.yaml")
    drafts = [read_source(name, (ROOT / "schemes" / name).read_text()) for name in sources]
    catalogue = resolver.resolve_drafts(drafts, "nango").catalogue
    providers = build_providers(catalogue)
    VALIDATOR.validate(providers)
    assert {name: provider["auth_mode"] for name, provider in providers.items()} == {
        "api-key": "API_KEY",
        "http-basic": "BASIC",
        "jwt": "JWT",
        "none": "NONE",
        "oauth2": "OAUTH2",
        "oauth2-client-credentials": "OAUTH2_CC",
        "superoffice": "OAUTH2",
        "tripletex": "TWO_STEP",
    }
    account(catalogue)


# Nango's own providers lose nothing


def test_nangos_own_providers_lose_nothing_but_values_of_secrets(corpus: Path) -> None:
    counts = account(read_catalogue(corpus / SAMPLE))
    assert counts[Outcome.LOST] == 0
    assert 0 < counts[Outcome.WITHHELD] < counts[Outcome.MAPPED] / 100


TEXTS = st.sampled_from(
    ["", "x", "${credentials.apiKey}", "Key ${apiKey}", "${connectionConfig.host} || eu", "a || b", "{x}"]
)
FIELDS = st.fixed_dictionaries(
    {"type": st.just("string"), "title": st.sampled_from(["", "A title"]), "description": st.sampled_from(["", "Text."])},
    optional={
        "pattern": st.just("^a+$"), "format": st.sampled_from(["uri", "email"]), "order": st.integers(0, 9),
        "enum": st.just(["eu", "us"]), "secret": st.booleans(), "suffix": st.just(".example"), "optional": st.booleans(),
        "automated": st.booleans(), "hidden": st.booleans(), "doc_section": st.just("#a"),
    },
)  # fmt: skip
CONDITIONS = st.sampled_from(
    [{}, *({"visible_when": {"field": field, "equals": "eu"}} for field in ("host", "other", "lost"))]
)
CONDITIONAL_FIELDS = st.builds(lambda field, condition: {**field, **condition}, FIELDS, CONDITIONS)
URLS = st.sampled_from(
    ["https://p.example/x", "https://${connectionConfig.host}/x", "https://${f(${apiKey})}", "${connectionConfig.host} || https://p.example"]
)  # fmt: skip
PROVIDERS = st.fixed_dictionaries(
    {"display_name": st.just("P"), "docs": st.just("https://p.example/docs"), "auth_mode": st.sampled_from([*MODES])},
    optional={
        "authorization_url": URLS, "token_url": URLS, "refresh_url": URLS, "request_url": URLS,
        "authorization_params": st.fixed_dictionaries({"response_type": st.just("code"), "prompt": st.just("consent")}),
        "default_scopes": st.lists(st.sampled_from(["read", "write"]), max_size=2), "scope_separator": st.just(","),
        "disable_pkce": st.booleans(), "authorization_method": st.just("header"), "body_format": st.sampled_from(["form", "json"]),
        "token_request_auth_method": st.sampled_from(["basic", "custom", "private_key_jwt"]),
        "require_client_certificate": st.booleans(), "client_registration": st.sampled_from(["static", "dynamic"]),
        "token_request_method": st.just("GET"), "refresh_params": st.just({"grant_type": "refresh_token"}),
        "token_params": st.fixed_dictionaries(
            {"grant_type": st.sampled_from(["client_credentials", "password"])}, optional={"a": TEXTS, "b": st.just({"c": [1, "x"]})}
        ),
        "token_headers": st.fixed_dictionaries(
            {}, optional={"accept": TEXTS, "authorization": st.just("Basic ${base64(${credentials.username}:x)}")}
        ),
        "token_response": st.fixed_dictionaries(
            {"token": st.just("t"), "token_expiration": st.just("ttl"), "token_expiration_strategy": st.just("expireIn")},
            optional={"refresh_token": st.just("r")},
        ),
        "refresh_token_params": st.fixed_dictionaries({"token": st.just("${refresh_token}")}, optional={"a": TEXTS}),
        "refresh_token_headers": st.just({"authorization": "Bearer ${credentials.refresh_token}"}),
        "additional_steps": st.just([{"token_url": "${step1.url}/x", "token_params": {"a": "${step1.a}", "b": "${f(x)}"}}]),
        "token_response_metadata": st.just(["host"]), "categories": st.just(["other"]),
        "proxy": st.fixed_dictionaries(
            {"base_url": URLS},
            optional={
                "headers": st.dictionaries(st.sampled_from(["x-key", "authorization", "cookie"]), TEXTS, max_size=2),
                "query": st.dictionaries(st.sampled_from(["key", "Key"]), TEXTS, max_size=2),
                "body": st.fixed_dictionaries({"a": TEXTS}, optional={"b": st.fixed_dictionaries({"c": TEXTS})}),
                "retry": st.just({"after": "x"}),
            },
        ),
        "credentials": st.dictionaries(st.sampled_from(["apiKey", "username", "password", "own"]), FIELDS, max_size=3),
        "connection_config": st.dictionaries(st.sampled_from(["host", "apiKey", "own"]), CONDITIONAL_FIELDS, max_size=2),
        "integration_config": st.dictionaries(st.sampled_from(["host", "other"]), CONDITIONAL_FIELDS, max_size=2),
    },
)  # fmt: skip


@settings(max_examples=150)
@given(PROVIDERS)
def test_any_provider_of_nango_loses_nothing_else_than_what_is_withheld(provider: dict[str, Any]) -> None:
    source = read_source("p.json", json.dumps({"p": provider}), "nango")
    try:
        catalogue = resolve_drafts(source).catalogue
    except DefinitionError:
        reject()
    withheld = {key.pointer for key in source.key_outcomes if key.outcome is Outcome.WITHHELD}
    lost = {key.pointer for key in list_outcomes(catalogue) if key.outcome is Outcome.LOST}
    # Only the header that is withheld states that what the mode sends is not sent.
    hidden: set[str] = {"/schemes/p/placements"} if "/p/proxy/headers/authorization" in withheld else set()
    # Allowed values of a secret are values of it.
    listed = [(role, secret) for s in catalogue.schemes for role in SECRET_ROLES for secret in getattr(s, role)]
    masked = {secret.name for _, secret in listed if not secret.is_public}
    hidden |= {f"/schemes/p/{role}/{secret.name}/enum" for role, secret in listed if secret.name in masked}
    # So are those in conditions; a setting with such a condition is optional instead.
    fields = (field for group in GROUPS for field in provider.get(group, {}).items())
    freed = {name for name, field in fields if field.get("visible_when", {}).get("field") in masked}
    pointers = (key.pointer for key in list_outcomes(catalogue))
    hidden |= {each for each in pointers if each.endswith("/optional") and not freed.isdisjoint(each.split("/"))}
    assert lost <= hidden


# The file is valid


@pytest.mark.parametrize("has_corpus", [False, True], ids=["project", "corpus"])
def test_every_provider_is_valid(request: pytest.FixtureRequest, has_corpus: bool) -> None:
    corpus: Path | None = request.getfixturevalue("corpus") if has_corpus else None
    count = 0
    for catalogue in list_catalogues(corpus):
        if not any("auth_mode" in scheme.selector for scheme in catalogue.schemes):
            VALIDATOR.validate(build_providers(catalogue))
            count += 1
    assert count >= (6 if has_corpus else 1)


@pytest.fixture(scope="module")
def published(corpus: Path) -> Draft7Validator:
    """Return the validator of the schema that Nango publishes, whose licence keeps it out of this project."""
    path = corpus.parent / "schemas" / "nango-providers.schema.json"
    if not path.exists():
        pytest.skip(f"the schema of Nango's providers is not here: {path}")
    return Draft7Validator(json.loads(path.read_text()))


def test_every_provider_is_valid_for_nango(published: Draft7Validator, corpus: Path) -> None:
    for catalogue in list_catalogues(corpus):
        published.validate(build_providers(catalogue))
    files = [*(CASES / "targets/nango").glob(f"*/out/out/{PATH}")]
    for file in files:
        published.validate(yaml.safe_load(file.read_text()))
    assert len(files) >= 4


PLANTED: dict[str, tuple[tuple[str, ...], object]] = {
    "mode": (("wave", "auth_mode"), "OAUTH3"),
    "unknown key": (("wave", "auth_modes"), ["OAUTH2"]),
    "header in capitals": (("superoffice", "proxy", "headers", "X-Key"), "x"),
    "type of a field": (("wave", "credentials", "client_id", "type"), "secret"),
    "digit in the key of a field": (("wave", "connection_config", "key1"), {}),
    "scope instead of a list": (("wave", "default_scopes"), "read"),
    "name with a dot": (("wave.own",), {"display_name": "Wave", "docs": "x"}),
}


def plant(path: tuple[str, ...], value: object) -> dict[str, Any]:
    providers = build_providers(read_catalogue())
    *above, key = path
    target = providers
    for name in above:
        target = target[name]
    target[key] = value
    return providers


@pytest.mark.parametrize(("path", "value"), PLANTED.values(), ids=PLANTED)
def test_the_schema_refuses_a_planted_error(path: tuple[str, ...], value: object) -> None:
    with pytest.raises(ValidationError):
        VALIDATOR.validate(plant(path, value))


def test_the_schema_of_nango_refuses_each_planted_error(published: Draft7Validator) -> None:
    accepted = [name for name, (path, value) in PLANTED.items() if published.is_valid(plant(path, value))]
    assert accepted == []
