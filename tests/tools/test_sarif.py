"""Validate SARIF reports by the schema of the standard, and by the rules of GitHub's code scanning."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from support import run, run_tool

MULTITOOL = "node_modules/@microsoft/sarif-multitool-linux"
DEFINITIONS = """\
schemes:
  - id: foo
    kind: api_key
    required: [{name: key, secret: unknown}]
    injected: [{name: key}]
    parameters: [{name: p, type: integer, default: x}]
connectors:
  - {id: bar, scheme: foo}
"""

Document = dict[str, Any]
Validate = Callable[[Document], list[str]]


@pytest.fixture
def validate(find_tool: Callable[[str], Path], tmp_path: Path) -> Validate:
    """Return a function that lists the errors of the schema, and then those of the rules."""
    folder = find_tool(MULTITOOL)
    schema = Draft7Validator(json.loads((folder / "sarif-2.1.0.json").read_text()))
    program = folder / "Sarif.Multitool"
    # npm leaves it without this bit.
    program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def list_errors(document: Document) -> list[str]:
        # The rules find nothing in a file that does not follow the schema.
        if errors := [error.message for error in schema.iter_errors(document)]:
            return errors
        (tmp_path / "report.sarif").write_text(json.dumps(document))
        command = (program, "validate", "report.sarif", "--rule-kind", "Sarif;Ghas", "--output", "result.sarif")
        run_tool(command, tmp_path)
        (result,) = json.loads((tmp_path / "result.sarif").read_text(encoding="utf-8-sig"))["runs"]
        return [found["ruleId"] for found in result["results"] if found.get("level", "warning") == "error"]

    return list_errors


@pytest.fixture
def reports(tmp_path: Path) -> list[Document]:
    """Return reports on findings of all severities, on drift, on the command line, and on nothing."""
    (tmp_path / "s.yaml").write_text(DEFINITIONS)
    (tmp_path / "empty.yaml").write_text("schemes: [{id: foo, kind: none}]")
    run("generate", "--source", "s.yaml", "--out-dir", "out", cwd=tmp_path)
    run("generate", "--source", "empty.yaml", "--out-dir", "done", cwd=tmp_path)
    (tmp_path / "out/docs/markdown/connectors/bar.md").write_text("Mine.\n")
    commands = (
        ("check", "--source", "s.yaml", "--out-dir", "out"),
        ("lint", "--source", "s.yaml"),
        ("lint", "--source", "missing.yaml"),
        ("scaffold", "acme", "--scheme", "unknown", "--source", "s.yaml"),
        ("check", "--source", "empty.yaml", "--out-dir", "done"),
    )
    return [json.loads(run(*command, "--output-format", "sarif", cwd=tmp_path).stdout) for command in commands]


def test_reports_have_no_errors(validate: Validate, reports: list[Document]) -> None:
    assert [bool(report["runs"][0]["results"]) for report in reports] == [True, True, True, True, False]
    assert [validate(report) for report in reports] == [[]] * 5


def remove_version(report: Document) -> None:
    del report["version"]


def misspell_level(report: Document) -> None:
    report["runs"][0]["results"][0]["level"] = "fatal"


def remove_locations(report: Document) -> None:
    report["runs"][0]["results"][0]["locations"] = []


def end_before_start(report: Document) -> None:
    report["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["endLine"] = 1
    report["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 2


@pytest.mark.parametrize("plant", [remove_version, misspell_level, remove_locations, end_before_start])
def test_a_planted_error_is_found(
    plant: Callable[[Document], None], validate: Validate, reports: list[Document]
) -> None:
    plant(reports[0])
    assert validate(reports[0])
