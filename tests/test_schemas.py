from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from support import ROOT, run

from authscribe.commands.schema import SCHEMAS
from authscribe.drift.drift import Drift, DriftState
from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.model.draft import KeyOutcome, Outcome, to_plain
from authscribe.readers.syntax.yaml import parse_yaml
from authscribe.report.facts import ConnectorFacts
from authscribe.report.json import render_json
from authscribe.report.model import Report, Style, Verb

DEFINITIONS = sorted((ROOT / "schemes").rglob("*.yaml"))


@cache
def schema(which: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(run("schema", which, cwd=ROOT).stdout)
    return document


def accepts(which: str, document: object) -> bool:
    return jsonschema.Draft202012Validator(schema(which)).is_valid(document)


@pytest.mark.parametrize("which", SCHEMAS)
def test_every_schema_is_valid(which: str) -> None:
    document = schema(which)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(document)


def undescribed(node: object, path: str = "") -> Iterator[str]:
    """Yield every key of the schema without a description."""
    if isinstance(node, dict):
        for key, value in node.get("properties", {}).items():
            if not value.get("description"):
                yield f"{path}/{key}"
        for key, value in node.items():
            yield from undescribed(value, f"{path}/{key}")


@pytest.mark.parametrize("which", SCHEMAS)
def test_every_key_has_a_description(which: str) -> None:
    assert list(undescribed(schema(which))) == []


def opened(node: object, path: str = "") -> Iterator[str]:
    """Yield every object of the schema that has keys of its own and would take any other as well."""
    if isinstance(node, dict):
        if "properties" in node and node.get("additionalProperties") is not False:
            yield path
        for key, value in node.items():
            yield from opened(value, f"{path}/{key}")


@pytest.mark.parametrize("which", SCHEMAS)
def test_every_object_is_closed(which: str) -> None:
    assert list(opened(schema(which))) == []


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.stem)
def test_the_schema_accepts_the_shipped_definitions(path: Path) -> None:
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
        *(("config", {key: ["a", ""]}) for key in ("sources", "templates", "connectors", "pages")),
        ("lock", {"version": 2, "formatter": "", "inputs": {}, "files": {}}),
        ("report", {"version": 1}),
    ],
)
def test_the_schema_refuses_wrong_documents(which: str, document: object) -> None:
    assert not accepts(which, document)


def test_documents_that_the_tool_writes_follow_their_schemas(tmp_path: Path) -> None:
    assert accepts("lock", json.loads((ROOT / "output/authscribe.lock").read_text()))
    (tmp_path / "s.yaml").write_text("schemes:\n  - id: s\n    required: [{name: k, secret: unknown}]\n")
    for verb in ("check", "generate", "check"):
        outcome = run(verb, "--source", "s.yaml", "--out-dir", "out", "--output-format", "json", cwd=tmp_path)
        assert accepts("report", json.loads(outcome.stdout))
    (tmp_path / "s.yaml").write_text("schemes: 1\n")
    outcome = run("check", "--source", "s.yaml", "--out-dir", "out", "--output-format", "json", cwd=tmp_path)
    assert accepts("report", json.loads(outcome.stdout))


REPORT = Report(
    verb=Verb.CHECK,
    findings=(Finding("a-rule", Severity.ERROR, "", Place("s.yaml", 1, 2), "", (Label(Place("t.yaml"), ""),)),),
    drifts=(Drift(DriftState.EDITED, "a.py"),),
    connectors=(ConnectorFacts("acme", None, "acme", None, None, (), (), (), (), (), ()),),
    key_outcomes=(KeyOutcome("/a", Place("s.yaml", 1, 2), Outcome.LOST, 1, "no place for it"),),
)


def objects(node: object) -> Iterator[dict[str, object]]:
    """Yield every object of a document, the document itself included."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(child)


def test_the_schema_of_the_report_refuses_an_unknown_key_and_a_missing_one() -> None:
    document = json.loads(render_json(REPORT, Style()))
    assert accepts("report", document)
    for index, whole in enumerate(objects(document)):
        changed = copy.deepcopy(document)
        list(objects(changed))[index]["unknown"] = None
        assert not accepts("report", changed), f"an unknown key in {whole}"
        for key in whole:
            changed = copy.deepcopy(document)
            del list(objects(changed))[index][key]
            assert not accepts("report", changed), f"no {key!r} in {whole}"


@pytest.mark.parametrize("count", [-1, 1.5, "1", None])
def test_the_schema_of_the_report_refuses_a_value_that_is_not_a_count(count: object) -> None:
    document = json.loads(render_json(REPORT, Style()))
    for counts in (document["summary"], *(document["summary"][key] for key in ("findings", "drifts", "keys"))):
        changed = copy.deepcopy(document)
        (changed_counts,) = (node for node in objects(changed) if node == counts)
        changed_counts[next(key for key, value in counts.items() if value == 0)] = count
        assert not accepts("report", changed)
