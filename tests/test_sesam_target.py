"""Files of the target `sesam` are JSON that carries every name and default unchanged, and no value of a secret."""

from __future__ import annotations

import json

from hostile_catalogues import draw_catalogue
from hypothesis import given, settings
from stub_files import build_stubs

from authscribe.model.contract import Contract, list_contracts
from authscribe.model.definitions import Catalogue

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
