"""Files that a profile states carry every name and default by its rules, and no value of a secret."""

from __future__ import annotations

import json
import re

import pytest
from hostile_catalogues import draw_catalogue
from hypothesis import event, given, settings
from stub_files import build_stubs

from authscribe.connectors.references import ReferenceSyntax
from authscribe.encoders.yaml import encode_yaml_document
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import Contract, list_contracts
from authscribe.model.definitions import Location
from authscribe.model.placement_template import list_hole_names
from authscribe.model.platform import Platform
from authscribe.targets.platform_files import build_system

FILES = ("manifest.json", "system.json", ".authconfig", "secrets.json", "test-env.json")


@settings(max_examples=150)
@given(draw_catalogue())
def test_awkward_names_and_defaults_are_unchanged(catalogue: Catalogue) -> None:
    stubs = {path: json.loads(text) for path, text in build_stubs(catalogue, "sesam").items()}
    connector = catalogue.connectors[0]
    for method, contract in zip(connector.methods or (None,), list_contracts(catalogue, connector), strict=True):
        folder = f"sesam/connectors/{connector.id}" + (f"/{method.id}" if method is not None else "")
        check_names({name: stubs[f"{folder}/{name}"] for name in FILES}, contract)


def check_names(files: dict[str, dict[str, object]], contract: Contract) -> None:
    assert files[".authconfig"] == {secret.name: "" for secret in contract.required}
    assert files["secrets.json"] == {secret.name: "REPLACE_ME" for secret in contract.injected}
    parameters = {parameter.name: parameter.default for parameter in contract.parameters}
    assert files["test-env.json"] == {
        "node-env": "test", **{name: "" if default is None else default for name, default in parameters.items()}
    }  # fmt: skip
    assert files["manifest.json"]["additional_parameters"] == {name: {} for name in parameters}
    references = {f"$SECRET({secret.name})" for secret in contract.injected}
    headers = files["system.json"].get("headers", {})
    assert isinstance(headers, dict)
    for placement in contract.placements:
        if placement.location == "header":
            value = headers[placement.name].removeprefix("Bearer ").removeprefix("{")
            assert value in references


def make_platform(**names: str) -> Platform:
    references = {kind: f"${{{{ {kind}s.{{name}} }}}}" for kind in ("secret", "variable", "environment")}
    profile = {"id": "hub", "references": references, "names": names, "system": {"path": "requests.yaml"}}
    return Platform.model_validate_json(json.dumps(profile))


RULES = (
    {"pattern": "[A-Z_][A-Z0-9_]*", "letters": "upper"},
    {"pattern": "[A-Za-z_][A-Za-z0-9_]*"},
    {"pattern": "[a-z][a-z0-9]*(-[a-z0-9]+)*", "separator": "-"},
)


@pytest.mark.parametrize("names", RULES, ids=lambda names: names["pattern"])
@settings(max_examples=60)
@given(catalogue=draw_catalogue())
def test_a_platform_gets_only_names_that_it_accepts_and_lint_reads_them_back(
    names: dict[str, str], catalogue: Catalogue
) -> None:
    platform = make_platform(**names)
    assert platform.system is not None
    for contract in list_contracts(catalogue, catalogue.connectors[0]):
        # A request has one path, whichever placement fills it last.
        named = [placement for placement in contract.placements if placement.location is not Location.PATH]
        placed = [list_hole_names(*placement.templates) for placement in named]
        spelt = {name: platform.spell_name(name) for each in placed for name in each}
        accepted = {name for name in spelt.values() if re.fullmatch(names["pattern"], name)}
        # `resolve` refuses the others, such as those without any letter.
        event(f"{len(spelt) - len(accepted)} refused")
        text = encode_yaml_document(build_system(platform.system, contract, platform))
        found = ReferenceSyntax.from_platform(platform.references).find_references("requests.yaml", text)
        assert accepted <= {reference.name for reference in found}
        assert all(platform.spell_name(name) == name for name in accepted)


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("SO-Apptoken", ("SO_APPTOKEN", "so_apptoken", "so-apptoken")),
        ("token:TenantId", ("TOKEN_TENANT_ID", "token_tenant_id", "token-tenant-id")),
        ("client_id", ("CLIENT_ID", "client_id", "client-id")),
        ("API Key", ("API_KEY", "api_key", "api-key")),
    ],
)
def test_a_name_is_spelled_from_its_words(name: str, spelt: tuple[str, ...]) -> None:
    assert tuple(make_platform(**names).spell_name(name) for names in RULES) == spelt
