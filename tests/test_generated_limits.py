"""Generated classes and JSON Schemas enforce the patterns and allowed values of definitions alike."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError
from support import execute, run

CANARY = "CANARY-7f3a"
DEFINITIONS = r"""
schemes:
  - id: s
    required:
      - {name: token, pattern: '^tok_[0-9]+$'}
      - {name: plan, secret: "no", enum: [{value: free}, {value: paid}]}
    parameters:
      - {name: port, type: integer, enum: [{value: 443, label: TLS}, {value: 8443}], default: 443}
      - {name: share, type: number, enum: [{value: 0.5}, {value: 1}], optional: true}
      - {name: account, pattern: '^(?!0)\d+\-[A-Z]$', optional: true}
      - {name: label, pattern: '^[\w.]+\W?$', optional: true}
      - {name: note, pattern: '^[\w\W]{2}[\d\D]$', optional: true}
      - {name: browser, pattern: '^(?<first>[a-z])$', optional: true}
      - {name: host, pattern: '^[a-z]+$', default: EU}
"""


@pytest.fixture(scope="module")
def limits(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Draft202012Validator]:
    folder = tmp_path_factory.mktemp("limits")
    (folder / "s.yaml").write_text(DEFINITIONS)
    targets = ("--target", "python-standalone", "--target", "json-schema")
    outcome = run("generate", "--source", "s.yaml", "--out-dir", "out", *targets, cwd=folder)
    assert outcome.code == 0, outcome.stdout
    (module,) = (folder / "out" / "python-standalone").rglob("s.py")
    (schema,) = (folder / "out" / "json-schema").rglob("s.schema.json")
    return execute(module)["SConfiguration"], Draft202012Validator(json.loads(schema.read_text()))


@pytest.mark.parametrize(
    ("name", "value", "is_allowed"),
    [
        ("token", "tok_1", True),
        ("token", CANARY, False),
        ("plan", "paid", True),
        ("plan", CANARY, False),
        ("port", 8443, True),
        ("port", 80, False),
        ("share", 1, True),
        ("share", 0.75, False),
        ("account", "12-A", True),
        ("account", "02-A", False),
        # In ECMAScript, digits and word characters are ASCII.
        ("account", "1\u0662-A", False),
        ("label", "a.1\u00e5", True),
        ("label", "\u00e5.1", False),
        ("note", "\u00e5\n\u0662", True),
        # Not every dialect knows the pattern, or the default does not match it.
        ("browser", "12", True),
        ("host", "12", True),
    ],
)
def test_values_are_limited(
    limits: tuple[Any, Draft202012Validator],
    monkeypatch: pytest.MonkeyPatch,
    *,
    name: str,
    value: object,
    is_allowed: bool,
) -> None:
    settings, schema = limits
    values = {"token": "tok_1", "plan": "free", name: value}
    for key, text in values.items():
        monkeypatch.setenv(f"S_{key.upper()}", str(text))
    assert schema.is_valid(values) is is_allowed
    for construct in (settings.from_env, lambda: settings(**values)):
        if is_allowed:
            assert construct()
            continue
        with pytest.raises(ValidationError) as caught:
            construct()
        assert [each["loc"] for each in caught.value.errors()] == [(name,)]
        assert CANARY not in f"{caught.value}{caught.value.errors()}{caught.value.json()}"


def test_the_end_of_a_pattern_is_that_of_the_value(limits: tuple[Any, Draft202012Validator]) -> None:
    with pytest.raises(ValidationError):
        limits[0](token="tok_1\n", plan="free")


def test_the_schema_of_the_class_states_the_limits(limits: tuple[Any, Draft202012Validator]) -> None:
    properties = limits[0].model_json_schema()["properties"]
    assert properties["port"]["enum"] == [443, 8443]
    assert properties["token"]["pattern"] == "^tok_[0-9]+$"
