"""Schemas of the target `json-schema` are valid, and accept what the generated configuration classes accept."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_catalogues import draw_catalogue, list_catalogues
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import BaseModel, ValidationError
from stub_files import build_stubs
from support import forget, resolve, resolve_drafts

from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import list_contracts, list_methods
from authscribe.model.definitions import Connector
from authscribe.model.markup import describe_markup
from authscribe.model.places import Places
from authscribe.readers.registry import read_source
from authscribe.targets.registry import check_targets

Load = Callable[[dict[str, Any]], BaseModel]
VALUES = {"string": "x", "integer": 3, "number": 1.5, "boolean": True, "array": ["x"], "object": {"x": "y"}}
PLACEHOLDERS = ("REPLACE_ME", "changeme", " Change-Me ", "<your key>", "replaceme", "REPLACE-ME")


def build_schemas(catalogue: Catalogue) -> dict[str, Any]:
    return {path: json.loads(text) for path, text in build_stubs(catalogue, "json-schema").items()}


def import_load(catalogue: Catalogue, folder: Path) -> Load:
    """Return the function `load_configuration` of the package that is generated from a catalogue."""
    for path, text in build_stubs(catalogue, "python").items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    forget("connector_auth")
    sys.path.insert(0, str(folder / "python"))
    importlib.invalidate_caches()
    try:
        load: Load = importlib.import_module("connector_auth").load_configuration
    finally:
        sys.path.remove(str(folder / "python"))
    return load


def list_objects(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the object of each method."""
    if "oneOf" in schema:
        yield from (schema["$defs"][each["$ref"].rsplit("/", 1)[1]] for each in schema["oneOf"])
    else:
        yield schema


def choose_value(fact: dict[str, Any]) -> Any:
    if "const" in fact:
        return fact["const"]
    if "enum" in fact or "oneOf" in fact:
        return fact["enum"][0] if "enum" in fact else fact["oneOf"][0]["const"]
    return VALUES[fact["type"]]


def list_needed(method: dict[str, Any], values: dict[str, Any]) -> set[str]:
    """Return the settings that are required in the cases in which values are."""
    return {
        name
        for each in method.get("allOf", ())
        if Draft202012Validator(each["if"]).is_valid(values)
        for name in each["then"]["required"]
    }


def is_accepted(load: Load, values: dict[str, Any]) -> bool:
    try:
        load(values)
    except ValidationError:
        return False
    return True


def check_agreement(schema: dict[str, Any], load: Load) -> int:
    """Compare schema and class on values that both accept, and on values with one mistake, which both refuse."""
    validator = Draft202012Validator(schema)
    count = 0
    for method in list_objects(schema):
        properties = method["properties"]
        # No pattern is of interest here: the class has none.
        full = {name: choose_value(fact) for name, fact in properties.items() if "pattern" not in fact}
        least = {name: full[name] for name in ("connector", *method["required"]) if name in full}
        complete = {**least, **{name: full[name] for name in list_needed(method, least) if name in full}}
        is_choosable = not any("pattern" in properties[name] for name in (*method["required"], *complete))
        accepted = [full, complete] if is_choosable else []
        tags = {"connector", "method"} & properties.keys()
        refused = [
            {name: value for name, value in least.items() if name != missing}
            for missing in least
            if missing not in tags
        ]
        for name in set(full) - tags:
            is_secret = properties[name].get("writeOnly", False)
            refused += [{**least, name: wrong} for wrong in (("", *PLACEHOLDERS) if is_secret else ())]
            if properties[name]["type"] == "string":
                refused.append({**least, name: "REPLACE_ME"})
        for values in accepted:
            assert validator.is_valid(values), (values, [*validator.iter_errors(values)])
            assert is_accepted(load, values), values
        for values in refused:
            assert not validator.is_valid(values), values
            assert not is_accepted(load, values), values
        count += len(accepted)
    return count


@pytest.mark.parametrize("has_corpus", [False, True], ids=["project", "corpus"])
def test_every_schema_is_valid_and_agrees_with_the_class(
    request: pytest.FixtureRequest, tmp_path: Path, has_corpus: bool
) -> None:
    corpus: Path | None = request.getfixturevalue("corpus") if has_corpus else None
    count = compared = 0
    for number, catalogue in enumerate(list_catalogues(corpus)):
        load = import_load(catalogue, tmp_path / str(number))
        for path, schema in build_schemas(catalogue).items():
            Draft202012Validator.check_schema(schema)
            count += 1
            compared += check_agreement(schema, load) if "/connectors/" in path else 0
    assert count >= (800 if has_corpus else 15)
    assert compared >= (600 if has_corpus else 20)


@pytest.mark.parametrize(
    "planted",
    [{"type": "strin"}, {"writeOnly": "yes"}, {"required": "x"}, {"minLength": -1}, {"enum": "x"}],
    ids=lambda planted: next(iter(planted)),
)
def test_the_metaschema_refuses_a_planted_error(planted: dict[str, object]) -> None:
    schema = build_schemas(resolve().catalogue)["json-schema/connectors/wave.schema.json"]
    Draft202012Validator.check_schema(schema)
    schema["properties"]["client_id"].update(planted)
    with pytest.raises(SchemaError):
        Draft202012Validator.check_schema(schema)


def test_a_schema_refuses_an_unknown_name() -> None:
    schema = build_schemas(resolve().catalogue)["json-schema/connectors/zendesk.schema.json"]
    values = {"api_key": "x", "email": "a@b.example", "subdomain": "x"}
    validator = Draft202012Validator(schema)
    assert validator.is_valid(values)
    assert validator.is_valid({**values, "connector": "zendesk"})
    assert not validator.is_valid({**values, "connector": "wave"})
    assert not validator.is_valid({**values, "ZENDESK_API_KEY": "x"})


def test_only_what_every_dialect_knows_is_a_pattern() -> None:
    patterns = {"both": "^[a-z]+$", "python": "(?P<a>x)", "none": "(", "escape": r"^\_$"}
    parameters = [{"name": name, "pattern": pattern} for name, pattern in patterns.items()]
    draft = read_source("s.json", json.dumps({"schemes": [{"id": "s", "parameters": parameters}]}))
    schema = build_schemas(resolve_drafts(draft).catalogue)["json-schema/schemes/s.schema.json"]
    assert {name: fact["pattern"] for name, fact in schema["properties"].items() if "pattern" in fact} == {
        "both": "^[a-z]+$",
        "escape": r"^\x5f$",
    }


def test_a_placeholder_is_no_default(tmp_path: Path) -> None:
    defaults = {"string": "REPLACE_ME", "array": ["REPLACE_ME"], "object": {"REPLACE_ME": "REPLACE_ME"}}
    parameters = [{"name": kind, "type": kind, "default": default} for kind, default in defaults.items()]
    scheme = {
        "id": "s",
        "parameters": parameters,
        "required": [{"name": "key", "secret": "no", "default": "REPLACE_ME"}],
    }
    draft = read_source("s.json", json.dumps({"schemes": [scheme], "connectors": [{"id": "c", "scheme": "s"}]}))
    catalogue = resolve_drafts(draft).catalogue
    schema = build_schemas(catalogue)["json-schema/connectors/c.schema.json"]
    assert set(schema["required"]) == {*defaults, "key"}
    check_agreement(schema, import_load(catalogue, tmp_path))


CASES = """
schemes:
  - id: s
    required:
      - {name: token, visible_when: {mode: token}}
      - {name: user, visible_when: {mode: [basic, digest], remote: true}}
      - {name: password, visible_when: {mode: [basic, digest], remote: true}}
      - {name: realm, secret: "no", default: x, visible_when: {mode: digest}}
      - {name: note, optional: true, visible_when: {mode: digest}}
      - {name: session, visible_when: {ticket: x}}
      - {name: port, type: integer, visible_when: {remote: "yes"}}
      - {name: never, visible_when: {mode: []}}
      - {name: secretly, visible_when: {user: x}}
      - {name: known, default: x, visible_when: {mode: digest}}
    injected: [{name: ticket, origin: {source: onboarding}}]
    parameters:
      - {name: mode, enum: [{value: token}, {value: basic}, {value: digest}], default: token, prefix: "a ", suffix: b}
      - {name: remote, type: boolean, hidden: true, automated: true, group: g}
      - {name: qop, enum: [{value: auth}, {value: none}], default: auth, visible_when: {mode: digest}}
      - {name: nonce, visible_when: {qop: auth}}
connectors:
  - {id: c, scheme: s}
  - {id: d, scheme: s, parameters: [{name: own, group: g}]}
"""
UNLIKE_CASES = ("realm", "note", "session", "port", "never", "secretly", "known", "qop")


@pytest.mark.parametrize(
    ("values", "is_valid"),
    [
        ({"remote": False}, False),
        ({"remote": False, "token": "x"}, True),
        ({"remote": False, "mode": "token"}, False),
        ({"remote": False, "mode": "basic"}, True),
        ({"remote": True, "mode": "basic"}, False),
        ({"remote": True, "mode": "digest", "user": "x"}, False),
        ({"remote": True, "mode": "digest", "user": "x", "password": "y"}, True),
        ({"remote": False, "mode": "digest", "qop": "auth"}, False),
        ({"remote": False, "mode": "digest", "qop": "auth", "nonce": "x"}, True),
        ({"remote": False, "mode": "digest", "qop": "none"}, True),
    ],
)
def test_a_setting_is_required_in_the_cases_in_which_a_form_asks_for_it(
    *, values: dict[str, Any], is_valid: bool
) -> None:
    schema = build_schemas(resolve_drafts(read_source("s.yaml", CASES)).catalogue)[
        "json-schema/connectors/c.schema.json"
    ]
    Draft202012Validator.check_schema(schema)
    assert Draft202012Validator(schema).is_valid(values) is is_valid


def find_name(line: str) -> str:
    return line.split("name: ")[1].split(",")[0]


def test_every_fact_about_a_form_that_a_schema_lacks_is_reported_once() -> None:
    resolution = resolve_drafts(read_source("s.yaml", CASES))
    places = Places(resolution.schemes, resolution.connectors)
    findings = [*check_targets(resolution.catalogue, ("json-schema",), places)]
    lines = CASES.splitlines()
    assert {
        (finding.scheme or finding.connector, find_name(lines[finding.place.line - 1]), finding.message.split("'")[1])
        for finding in findings
    } == {
        *(("s", name, "visible_when") for name in UNLIKE_CASES),
        *(("s", "mode", key) for key in ("prefix", "suffix")),
        *(("s", "remote", key) for key in ("hidden", "automated", "group")),
        ("d", "own", "group"),
    }
    assert len(findings) == 14


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(draw_catalogue())
def test_awkward_names_and_texts_are_kept(tmp_path: Path, catalogue: Catalogue) -> None:
    schemas = build_schemas(catalogue)
    (connector,) = catalogue.connectors
    schema = schemas[f"json-schema/connectors/{connector.id}.schema.json"]
    Draft202012Validator.check_schema(schema)
    check_agreement(schema, import_load(catalogue, tmp_path))
    check_facts(catalogue, connector, schema)


def check_facts(catalogue: Catalogue, connector: Connector, schema: dict[str, Any]) -> None:
    contracts = list_contracts(catalogue, connector)
    for contract, method, item in zip(contracts, list_methods(connector), list_objects(schema), strict=True):
        described = {s.name: describe_markup(s.description) for s in (*contract.required, *contract.parameters)}
        properties = {name: fact for name, fact in item["properties"].items() if name not in ("connector", "method")}
        assert {name: fact.get("description", "") for name, fact in properties.items()} == {
            name: text.strip() for name, text in described.items()
        }
        assert {name for name, fact in properties.items() if fact.get("writeOnly")} == {
            secret.name for secret in contract.required if secret.is_masked
        }
        assert item["properties"].get("method", {"const": method.id}) == {"const": method.id}
