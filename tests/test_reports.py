"""Read reports in the formats of other tools with libraries for these formats."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from junitparser import JUnitXml, TestCase
from sarif_pydantic import Sarif
from support import run

from authscribe.report.registry import REPORT_FORMATS

NASTY = "a<b>&\"'\u202e\x85\u2028]]>"
DEFINITIONS = (
    "schemes:\n  - id: foo\n    kind: api_key\n    required:\n      - {name: key, secret: unknown}\n"
    f"      - {{name: {json.dumps(NASTY)}, secret: unknown}}\n    injected:\n      - name: key\nconnectors:\n"
    "  - id: bar\n    scheme: foo\n"
)
TODAY = ("--source", "s.yaml", "--out-dir", "out")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Write definitions with a warning, an error when linted, and an output that was edited by hand."""
    (tmp_path / "s.yaml").write_text(DEFINITIONS.replace(json.dumps(NASTY), "key-2"))
    run("generate", *TODAY, "--target", "docs", cwd=tmp_path)
    (tmp_path / "out/docs/markdown/connectors/bar.md").write_text("Mine.\n")
    return tmp_path


def shown(workspace: Path, output_format: str, *arguments: str, code: int = 1) -> str:
    verb = arguments or ("check", *TODAY, "--target", "docs")
    outcome = run(*verb, "--output-format", output_format, cwd=workspace)
    assert outcome.code == code
    return outcome.stdout


def test_sarif(workspace: Path) -> None:
    document = json.loads(shown(workspace, "sarif"))
    Sarif.model_validate(document)
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [(rules[result["ruleIndex"]], result["level"]) for result in run["results"]] == [
        ("unknown-secrecy", "warning"),
        ("unknown-secrecy", "warning"),
        ("no-placement", "note"),
        ("edited", "error"),
    ]
    assert all(result["ruleId"] == rules[result["ruleIndex"]] for result in run["results"])
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (
        DEFINITIONS.splitlines()[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1] == "key"
    )


def test_gitlab(workspace: Path) -> None:
    before = json.loads(shown(workspace, "gitlab"))
    assert {entry["severity"] for entry in before} == {"info", "minor", "major"}
    assert all(re.fullmatch("[0-9a-f]{64}", entry["fingerprint"]) for entry in before)
    assert len({entry["fingerprint"] for entry in before}) == len(before)
    (workspace / "s.yaml").write_text("# A line above.\n" + (workspace / "s.yaml").read_text())
    after = json.loads(shown(workspace, "gitlab"))
    assert [entry["fingerprint"] for entry in after] == [entry["fingerprint"] for entry in before]
    assert after[0]["location"]["lines"]["begin"] == before[0]["location"]["lines"]["begin"] + 1


def test_junit(workspace: Path) -> None:
    document = JUnitXml.fromstring(shown(workspace, "junit"))
    cases = [case for suite in document for case in suite if isinstance(case, TestCase)]
    assert [(case.classname, bool(case.result)) for case in cases] == [
        ("out/docs/markdown/connectors/bar.md", True),
        ("s.yaml", True),
        ("s.yaml", True),
        ("s.yaml", False),
    ]
    assert sum(suite.failures for suite in document) == 3


def test_nothing_found_is_a_test_that_passed(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("schemes:\n  - id: foo\n    kind: none\n")
    document = JUnitXml.fromstring(shown(tmp_path, "junit", "lint", "--source", "s.yaml", code=0))
    (suite,) = document
    assert (suite.tests, suite.failures) == (1, 0)
    assert json.loads(shown(tmp_path, "gitlab", "lint", "--source", "s.yaml", code=0)) == []
    assert json.loads(shown(tmp_path, "sarif", "lint", "--source", "s.yaml", code=0))["runs"][0]["results"] == []


@pytest.mark.parametrize("output_format", REPORT_FORMATS)
def test_text_of_a_definition_stays_text(output_format: str, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(DEFINITIONS)
    text = shown(tmp_path, output_format, "lint", "--source", "s.yaml", code=2)
    assert not re.search(r"[\u202e\x85\u2028]", text)
    if output_format == "junit":
        (suite,) = JUnitXml.fromstring(text)
        assert "a<b>&" in "".join(result.text for case in suite for result in case.result)
    elif output_format in ("json", "gitlab", "sarif"):
        assert NASTY in json.dumps(json.loads(text), ensure_ascii=False).replace('\\"', '"')
