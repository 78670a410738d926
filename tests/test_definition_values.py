"""Test the rules about values in definitions: right values give no finding, and no value of a secret is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import resolve, run

from authscribe.encoders.yaml import encode_yaml_document
from authscribe.lint.definition_values import check_definitions

CANARY = "sk_live_canary_9f8e7d"


def findings(folder: Path, scheme: dict[str, object]) -> list[str]:
    (folder / "s.yaml").write_text(encode_yaml_document({"schemes": [{"id": "foo", "kind": "api_key", **scheme}]}))
    resolution = resolve("s.yaml", cwd=folder)
    return [finding.code for finding in (*resolution.findings, *check_definitions(resolution, ()))]


@given(st.lists(st.from_regex(r"\A[a-z]{1,8}(-[a-z]{1,8})?\Z"), min_size=1, max_size=5, unique=True))
@settings(max_examples=30)
def test_an_address_is_filled_with_each_value(tmp_path_factory: pytest.TempPathFactory, regions: list[str]) -> None:
    folder = tmp_path_factory.mktemp("values")
    parameter = {"name": "region", "enum": [{"value": region} for region in regions]}
    endpoints = {"token": {"url": "https://${region}.example.com:443/token?x=${region}"}}
    assert findings(folder, {"parameters": [parameter], "endpoints": endpoints}) == []
    wrong = {**parameter, "enum": [*({"value": region} for region in regions), {"value": "a/../b@evil c"}]}
    assert findings(folder, {"parameters": [wrong], "endpoints": endpoints}) == ["bad-address"]


@pytest.mark.parametrize(
    ("parameter", "url", "codes"),
    [
        ({"name": "host", "example": "https://x.example.com"}, "${host}/token", []),
        ({"name": "host", "prefix": "https://", "example": "x.example.com"}, "${host}/token", []),
        ({"name": "host"}, "${host}/token", []),
        ({"name": "host", "example": "x.example.com"}, "${host}/token", ["bad-address"]),
        ({"name": "host", "example": "abc***"}, "https://${host}.example.com/token", []),
        ({"name": "host", "example": "a.example or b.example"}, "https://${host}/token", []),
        ({"name": "host", "example": "{your-domain}/x"}, "https://${host}/token", []),
        ({"name": "host", "default": "a b"}, "https://${host}/token", ["bad-address"]),
        ({"name": "host", "default": "ftp://x"}, "${host}/token", ["bad-address"]),
        ({"name": "host"}, "https://${host}:99999/", ["bad-address"]),
        ({"name": "host"}, "https://[::1/", ["bad-address"]),
        ({"name": "host"}, "https://${account_id}.${host}/", []),
        ({"name": "host"}, "https://${hots}/", ["undeclared-in-address"]),
    ],
)
def test_addresses(parameter: dict[str, object], url: str, codes: list[str], tmp_path: Path) -> None:
    assert findings(tmp_path, {"parameters": [parameter], "endpoints": {"token": {"url": url}}}) == codes


@pytest.mark.parametrize(
    ("kind", "default", "fits"),
    [
        ("string", "5", True), ("string", 5, False),
        ("integer", 5, True), ("integer", "5", False), ("integer", 5.5, False), ("integer", True, False),
        ("number", 5, True), ("number", 5.5, True), ("number", "5", False), ("number", False, False),
        ("boolean", False, True), ("boolean", "false", False), ("boolean", 0, False),
        ("object", {"a": 1}, True), ("object", [1], False),
        ("array", [1], True), ("array", "1", False),
    ],
)  # fmt: skip
def test_a_default_is_of_its_type(kind: str, default: object, fits: bool, tmp_path: Path) -> None:
    parameter = {"name": "port", "type": kind, "default": default}
    assert findings(tmp_path, {"parameters": [parameter]}) == ([] if fits else ["default-not-allowed"])


def test_the_example_of_a_secret_is_not_shown(tmp_path: Path) -> None:
    secret = {"name": "key", "pattern": "^[0-9]+$", "example": CANARY, "default": CANARY, "enum": [{"value": "other"}]}
    document = {"schemes": [{"id": "foo", "kind": "api_key", "required": [secret]}]}
    (tmp_path / "s.yaml").write_text(encode_yaml_document(document))
    for output_format in ("text", "json", "concise", "github"):
        outcome = run("lint", "--source", "s.yaml", "--output-format", output_format, cwd=tmp_path)
        assert "example-mismatch" in outcome.stdout
        assert "default-not-allowed" in outcome.stdout
        assert CANARY not in outcome.stdout + outcome.stderr


MISTAKES = [
    "- {name: api_key, defualt: @}", "- name: api_key\n        value: @", "- {name: api_key, values: [a, {b: @}]}",
    "- {name: api_key, default: b, default: @}", "- name: api_key\n        default: @\n        default: b",
    "- {name: api_key, default: @", "- name: api_key\n        default: @: x", "- name: api_key\n\tdefault: @",
    "- {name: api_key, default: !x @}", "- {<<: {default: @}, name: api_key}", "- {name: api_key, default: *@}",
    "- {name: api_key, default: &a @}", "- {default: @}", "- {name: [a], default: @}", "- {name: api_key, secret: @}",
    "api_key: @", "{api_key: {default: @}}", "- {name: api_key, pattern: [@]}", "- {name: api_key, enum: {a: @}}",
    "- {name: api_key, oops: 1} # API_KEY=@", "- {name: a_key, oops: 1}\n    api_key: @", "- {name: a_key}\napi_key: @",
    "- {name: a_key, visible_when: [{b_key: @}]}",
]  # fmt: skip
"""Lists of required secrets with a mistake beside a value, in YAML."""
BROKEN = {
    "s.json": '{"schemes": [{"id": "foo", "required": [{"name": "api_key", "default": "@",}]}]}',
    "t.json": '{"schemes": [{"id": "foo", "required": [{"name": "api_key", "default": "@}]}]}',
    "s.toml": '[[schemes]]\nid = "foo"\nrequired = [{name = "api_key", default = "@" x}]\n',
    "t.toml": '[[schemes]]\nid = "foo"\n[[schemes.required]]\nname = "api_key"\ndefault = "@"\ndefault = "x"\n',
}


@pytest.mark.parametrize(
    ("path", "text"),
    [*((f"{i}.yaml", f"schemes:\n  - id: foo\n    kind: api_key\n    required:\n      {each}\n")
       for i, each in enumerate(MISTAKES)), *BROKEN.items()],
)  # fmt: skip
@pytest.mark.parametrize("value", ["hunter2", "s3cr3t/Value+12="])
def test_no_report_quotes_a_value_beside_a_mistake(path: str, text: str, value: str, tmp_path: Path) -> None:
    (tmp_path / path).write_text(text.replace("@", value))
    for command in (["lint"], ["check", "--out-dir", "out"]):
        outcome = run(*command, "--source", path, cwd=tmp_path)
        assert "error[" in outcome.stdout
        assert value not in outcome.stdout + outcome.stderr


@pytest.mark.parametrize("text", ['api_key = "@"', "api_key = '@", 'password="@"\npassword="@"', 'x = {"token" = "@"}'])
def test_no_report_quotes_a_value_in_the_configuration(text: str, tmp_path: Path) -> None:
    (tmp_path / "authscribe.toml").write_text(text.replace("@", "hunter2"))
    outcome = run("lint", cwd=tmp_path)
    assert "error[" in outcome.stdout
    assert "hunter2" not in outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    "rows",
    [
        "| API Key | x | @ |", "| api_key | x | y | @ |", "| api_key | x | a |\n| api_key | x | @ |", "| model_key | x | @ |",
    ],
)  # fmt: skip
def test_no_report_quotes_a_value_in_the_row_of_a_page(rows: str, tmp_path: Path) -> None:
    intro = "For connectors that use `marks` authentication (API key).\n\nRequired secrets:\n"
    table = f"| Property | Description | Default |\n| --- | --- | --- |\n{rows.replace('@', 'hunter2')}\n"
    (tmp_path / "p.md").write_text(f"# P\n\n## M\n\n{intro}\n{table}")
    outcome = run("lint", "--source", "p.md", cwd=tmp_path)
    assert "key | x |" in outcome.stdout.lower()
    assert "hunter2" not in outcome.stdout + outcome.stderr


def test_a_pattern_without_end_is_ended(tmp_path: Path) -> None:
    parameter = {"name": "code", "pattern": "^(a|aa)+$", "example": "a" * 200 + "b"}
    assert findings(tmp_path, {"parameters": [parameter]}) == ["slow-pattern"]


@pytest.mark.parametrize("pattern", ["^(a|aa)+$", r"^(\w+\s?)*$", "^([0-9]+)+$"])
def test_a_pattern_without_end_needs_no_example(pattern: str, tmp_path: Path) -> None:
    assert findings(tmp_path, {"parameters": [{"name": "code", "pattern": pattern}]}) == ["slow-pattern"]


@pytest.mark.parametrize(
    "pattern", [r"^[\w.+-]+@([\w-]+\.)+[a-z]{2,}$", r"^\s*\S+\s*$", r"^https://([a-z0-9-]+\.)*x\.com(/.*)?$"]
)
def test_a_reasonable_pattern_is_not_slow(pattern: str, tmp_path: Path) -> None:
    assert findings(tmp_path, {"required": [{"name": "key", "pattern": pattern}]}) == []
