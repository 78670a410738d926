from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from support import ROOT, authscribe

from authscribe.commands.schema import SCHEMAS
from authscribe.model.draft import to_plain
from authscribe.readers.syntax.yaml import parse_yaml

DEFINITIONS = sorted((ROOT / "schemes").rglob("*.yaml"))


def schema(which: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(authscribe("schema", which, cwd=ROOT).stdout)
    return document


def accepts(which: str, document: object) -> bool:
    return jsonschema.Draft202012Validator(schema(which)).is_valid(document)


@pytest.mark.parametrize("which", SCHEMAS)
def test_a_schema_is_one(which: str) -> None:
    document = schema(which)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(document)


def undescribed(node: object, path: str = "") -> Iterator[str]:
    """Every key of the schema that does not say what it is for."""
    if isinstance(node, dict):
        for key, value in node.get("properties", {}).items():
            if not value.get("description"):
                yield f"{path}/{key}"
        for key, value in node.items():
            yield from undescribed(value, f"{path}/{key}")


@pytest.mark.parametrize("which", SCHEMAS)
def test_every_key_says_what_it_is_for(which: str) -> None:
    assert list(undescribed(schema(which))) == []


def opened(node: object, path: str = "") -> Iterator[str]:
    """Every object of the schema that has keys of its own and would take any other as well."""
    if isinstance(node, dict):
        if "properties" in node and node.get("additionalProperties") is not False:
            yield path
        for key, value in node.items():
            yield from opened(value, f"{path}/{key}")


@pytest.mark.parametrize("which", SCHEMAS)
def test_every_object_is_closed(which: str) -> None:
    assert list(opened(schema(which))) == []


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.stem)
def test_what_the_tool_reads_the_schema_accepts(path: Path) -> None:
    node, _ = parse_yaml(path.name, path.read_text())
    assert node is not None
    jsonschema.Draft202012Validator(schema("definitions")).validate(to_plain(node))


@pytest.mark.parametrize(
    ("which", "document"),
    [
        ("definitions", {"scheme": []}),
        ("definitions", {"schemes": [{"id": "A B"}]}),
        ("definitions", {"refine": [{"rename": {}}]}),
        ("scheme", {"id": "a", "kind": "oauth3"}),
        ("connector", {"id": "a", "scheme": 1}),
        ("config", {"out_dir": "x"}),
        ("lock", {"version": 2, "formatter": "", "inputs": {}, "files": {}}),
        ("report", {"version": 1}),
    ],
)
def test_what_the_tool_refuses_the_schema_refuses(which: str, document: object) -> None:
    assert not accepts(which, document)


def test_documents_that_the_tool_writes_follow_their_schemas(tmp_path: Path) -> None:
    assert accepts("lock", json.loads((ROOT / "output/authscribe.lock").read_text()))
    (tmp_path / "s.yaml").write_text("schemes:\n  - id: s\n    required: [{name: k, secret: unknown}]\n")
    for verb in ("check", "generate", "check"):
        outcome = authscribe(verb, "--source", "s.yaml", "--out-dir", "out", "--output-format", "json", cwd=tmp_path)
        assert accepts("report", json.loads(outcome.stdout))
    (tmp_path / "s.yaml").write_text("schemes: 1\n")
    outcome = authscribe("check", "--source", "s.yaml", "--out-dir", "out", "--output-format", "json", cwd=tmp_path)
    assert accepts("report", json.loads(outcome.stdout))
