"""Read reports in the formats of other tools with libraries for these formats."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from junitparser import JUnitXml, TestCase
from sarif_pydantic import Sarif
from support import CASES, run

from authscribe.report.registry import REPORT_FORMATS

NASTY = "a<b>&\"'\u202e\x85\u2028]]>"
DEFINITIONS = (
    "schemes:\n  - id: foo\n    kind: api_key\n    required:\n      - {name: key, secret: unknown}\n"
    f"      - {{name: {json.dumps(NASTY)}, secret: unknown}}\n    injected:\n      - name: key\nconnectors:\n"
    "  - id: bar\n    scheme: foo\n"
)
# By GitLab's documentation of code quality reports, and its rule that paths are relative and without `./`.
GITLAB = {
    "type": "array",
    "uniqueItems": True,
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]+$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./|/|\.\./)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "additionalProperties": False,
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
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
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert [place["region"]["startLine"] for place in places] == [5, 6, 10, 1]
    assert len({result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]}) == 4
    assert run["tool"]["driver"]["version"] == version("authscribe")
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


def test_gitlab_schema(workspace: Path) -> None:
    validator = Draft202012Validator(GITLAB)
    report = json.loads(shown(workspace, "gitlab"))
    validator.validate(report)
    planted = [
        [entry | {"severity": "error"} for entry in report],
        [entry | {"location": {"path": "./s.yaml", "lines": {"begin": 1}}} for entry in report],
        [entry | {"location": {"path": "s.yaml", "lines": {"begin": 0}}} for entry in report],
        [{key: value for key, value in entry.items() if key != "fingerprint"} for entry in report],
        [report[0], report[0]],
    ]
    assert not any(validator.is_valid(document) for document in planted)


@pytest.mark.parametrize("output_format", ["github", "gitlab", "sarif", "junit"])
@pytest.mark.parametrize(
    ("checkout", "variables"),
    [
        pytest.param("repository", {}, id="repository"),
        pytest.param("", {"GITHUB_WORKSPACE": "{}"}, id="github"),
        pytest.param("", {"CI_PROJECT_DIR": "{}"}, id="gitlab"),
    ],
)
@pytest.mark.parametrize(
    ("folder", "arguments"),
    [
        pytest.param("", ("--config", "pkg/authscribe.toml"), id="above"),
        pytest.param("pkg", (), id="there"),
        pytest.param("pkg/deep", (), id="below"),
        pytest.param("pkg/deep", ("--source", "../schemes"), id="source"),
        pytest.param("other", ("--source", "{}/pkg/schemes/a.yaml"), id="absolute"),
    ],
)
def test_paths_are_relative_to_the_repository(
    tmp_path: Path,
    output_format: str,
    checkout: str,
    variables: dict[str, str],
    folder: str,
    arguments: tuple[str, ...],
) -> None:
    for part in ("pkg/schemes", "pkg/deep", "other/schemes", "schemes", *([".git"] if checkout else [])):
        (tmp_path / part).mkdir(parents=True)
    (tmp_path / "pkg/authscribe.toml").write_text('sources = ["schemes/*.yaml"]\nconnectors = []\n')
    wrong = "schemes:\n  - id: wave\n    parameters: [{name: p, type: integer, default: x}]\n"
    # Only the first is the file of the finding.
    for place in ("pkg/schemes/a.yaml", "schemes/a.yaml", "other/schemes/a.yaml"):
        (tmp_path / place).write_text(wrong)
    outcome = run(
        "lint",
        *(argument.format(tmp_path) for argument in arguments),
        "--output-format",
        output_format,
        cwd=tmp_path / folder,
        env={"GITHUB_WORKSPACE": "", "CI_PROJECT_DIR": ""} | {k: v.format(tmp_path) for k, v in variables.items()},
    )
    assert outcome.code == 1
    # Without a configuration, the run reports that it has read no connector, at the current folder.
    expected = [] if folder != "other" or output_format == "github" else ["other"]
    assert sorted(_list_paths(output_format, outcome.stdout)) == [*expected, "pkg/schemes/a.yaml"]


def _list_paths(output_format: str, text: str) -> list[str]:
    match output_format:
        case "github":
            return re.findall("::warning file=([^,]*),", text)
        case "gitlab":
            return [entry["location"]["path"] for entry in json.loads(text)]
        case "sarif":
            results = json.loads(text)["runs"][0]["results"]
            return [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results]
    return [suite.name for suite in JUnitXml.fromstring(text)]


def test_a_folder_that_is_a_link_has_the_path_that_git_knows(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real/s.yaml").write_text(DEFINITIONS.replace(json.dumps(NASTY), "key-2"))
    assert " file=real/s.yaml," in shown(tmp_path, "github", "lint", "--source", "link/s.yaml", code=1)


def test_github_shows_the_most_severe_first_and_no_more_than_it_annotates(tmp_path: Path) -> None:
    secrets = "".join(f"      - {{name: s{n}, secret: unknown}}\n" for n in range(15))
    (tmp_path / "s.yaml").write_text(f"schemes:\n  - id: foo\n    kind: api_key\n    required:\n{secrets}")
    text = shown(tmp_path, "github", "check", "--source", "s.yaml", "--out-dir", "out", "--target", "python")
    commands = re.findall(r"^::(\w+)", text, re.MULTILINE)
    missing = commands.count("error")
    assert 0 < missing <= 10
    assert commands == ["error"] * missing + ["warning"] * 10 + ["group", "endgroup"]
    lines = text.splitlines()[missing + 10 :]
    assert lines[0] == "::group::5 more warnings"
    assert [line.split(" ")[0] for line in lines[1:-1]] == ["warning[unknown-secrecy]"] * 5


def test_a_report_file_has_the_whole_diff(tmp_path: Path) -> None:
    description = "word " * 100
    (tmp_path / "s.yaml").write_text(
        f"schemes:\n  - id: foo\n    required: [{{name: key, description: {description}}}]\n"
    )
    command = ("generate", *TODAY, "--target", "python", "--dry-run", "--diff")
    cut = shown(tmp_path, "text", *command, code=0)
    assert "more lines; for all of them, add --output-file FILE" in cut
    assert "... " in cut and max(map(len, cut.splitlines())) < 300
    shown(tmp_path, "text", *command, "--output-file", "whole.txt", code=0)
    whole = (tmp_path / "whole.txt").read_text()
    assert description.strip() in whole
    assert " more " not in whole


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
    shutil.copytree(CASES / "lint/nothing_to_say/in", tmp_path, dirs_exist_ok=True)
    arguments = shlex.split((CASES / "lint/nothing_to_say/command").read_text())
    document = JUnitXml.fromstring(shown(tmp_path, "junit", *arguments, code=0))
    (suite,) = document
    assert (suite.tests, suite.failures) == (1, 0)
    assert json.loads(shown(tmp_path, "gitlab", *arguments, code=0)) == []
    assert json.loads(shown(tmp_path, "sarif", *arguments, code=0))["runs"][0]["results"] == []


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


def test_a_file_name_is_escaped_once_in_an_annotation(tmp_path: Path) -> None:
    name = "a::b,c%3A\n\x1b[31m\u202e.yaml"
    (tmp_path / name).write_text("schemes: [{id: 5x!}]\n")
    text = shown(tmp_path, "github", "check", "--source", name, "--out-dir", "out", code=2)
    assert " file=a%3A%3Ab%2Cc%253A\\n\\x1b[31m\\u202e.yaml,line=1," in text
