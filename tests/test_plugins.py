"""Test a reader, a target and templates from a foreign package that is installed beside the tool."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import Outcome, beside, install, run, tree

ACME = "acme:\n  system: pump\n  colour: red\n  fields:\n    - field: Pump Key\n      hint: On the back.\n"
SCHEME = "schemes:\n  - id: foo\n    kind: api_key\nconnectors:\n  - id: bar\n    scheme: foo\n"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the package is installed in."""
    return install("acme", tmp_path_factory.mktemp("site"))


def run_beside(installed: Path, *arguments: str, cwd: Path) -> Outcome:
    """Run the tool where the package is installed."""
    with beside(installed):
        return run(*arguments, cwd=cwd)


def test_a_reader_knows_its_documents(tmp_path: Path, installed: Path) -> None:
    (tmp_path / "pump.yaml").write_text(ACME)
    outcome = run_beside(installed, "convert", "pump.yaml", "--to", "json", "--output-format", "json", cwd=tmp_path)
    assert outcome.code == 0
    (scheme,) = json.loads(outcome.stdout)["schemes"]
    assert scheme["required"] == [{"name": "Pump Key", "extras": {"hint": "On the back."}}]
    assert scheme["extras"] == {"acme": {"colour": "red"}}
    assert json.loads(outcome.stderr)["summary"]["keys"] == {"mapped": 2, "kept": 2, "lost": 0, "withheld": 0}
    assert run("list", "schemes", "--source", "pump.yaml", cwd=tmp_path).stdout.startswith("error[unknown-content]")


def test_a_reader_can_be_named(tmp_path: Path, installed: Path) -> None:
    (tmp_path / "pump.txt").write_text(ACME)
    outcome = run_beside(installed, "list", "schemes", "--source", "pump.txt", "--source-format", "acme", cwd=tmp_path)
    assert outcome.stdout.startswith("pump  api_key")
    unknown = run_beside(installed, "list", "schemes", "--source", "pump.txt", "--source-format", "amce", cwd=tmp_path)
    assert unknown.code == 2
    assert "'amce' is not one of" in unknown.stderr


def test_a_reader_of_another_syntax_knows_its_suffix(tmp_path: Path, installed: Path) -> None:
    (tmp_path / "s.ini").write_text("[pump]\nkey = x\n")
    outcome = run_beside(installed, "list", "schemes", "--source", "s.ini", cwd=tmp_path)
    assert outcome.stdout.split() == ["pump", "custom", "key"]


def test_a_reader_that_fails_is_one_finding_with_its_line(tmp_path: Path, installed: Path) -> None:
    (tmp_path / "pump.yaml").write_text("acme: {}\n")
    outcome = run_beside(installed, "generate", "--source", "pump.yaml", "--out-dir", "out", cwd=tmp_path)
    assert outcome.code == 2
    assert "error[plugin-failed]: plugin 'acme' failed: ValueError: an Acme document" in outcome.stdout
    assert "acme_authscribe/reader.py:" in outcome.stdout
    assert "Traceback" not in outcome.stdout + outcome.stderr


def test_a_target_is_generated_where_it_is_named(tmp_path: Path, installed: Path) -> None:
    (tmp_path / "pump.yaml").write_text(ACME)
    (tmp_path / "authscribe.toml").write_text('sources = ["*.yaml"]\ntargets = ["docs", "acme"]\n')
    assert run_beside(installed, "generate", cwd=tmp_path).code == 0
    assert (tmp_path / "output/acme/variables.env").read_text() == "PUMP_PUMP_KEY=\n"
    assert not (tmp_path / "output/python").exists()
    assert run_beside(installed, "check", cwd=tmp_path).code == 0
    listed = run_beside(installed, "list", "targets", cwd=tmp_path).stdout
    assert ["acme", "yes", "acme-authscribe"] in [line.split() for line in listed.splitlines()]
    (tmp_path / "pump.yaml").write_text(SCHEME)
    without = run("check", cwd=tmp_path)
    assert without.code == 2
    assert "unknown target 'acme'" in without.stdout


def test_an_installed_plugin_changes_nothing_by_itself(tmp_path: Path, installed: Path) -> None:
    (tmp_path / "s.yaml").write_text(SCHEME)
    run_beside(installed, "generate", "--source", "s.yaml", "--out-dir", "with", cwd=tmp_path)
    run("generate", "--source", "s.yaml", "--out-dir", "without", cwd=tmp_path)
    assert tree(tmp_path / "with") == tree(tmp_path / "without")


def test_templates_of_a_package_stand_before_ours(tmp_path: Path, installed: Path) -> None:
    (tmp_path / "s.yaml").write_text(SCHEME)
    (tmp_path / "authscribe.toml").write_text('sources = ["s.yaml"]\ntemplates = ["package:acme"]\n')
    assert run_beside(installed, "generate", "--target", "docs", cwd=tmp_path).code == 0
    index = (tmp_path / "output/docs/markdown/connectors/index.md").read_text()
    assert index == "# Connectors of Acme\n\n* bar\n"
    (tmp_path / "authscribe.toml").write_text('sources = ["s.yaml"]\ntemplates = ["package:amce"]\n')
    outcome = run_beside(installed, "generate", "--target", "docs", cwd=tmp_path)
    assert outcome.code == 2
    assert "error[plugin-failed]: no installed package provides the plugin 'amce'" in outcome.stdout


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("acme-broken", "AttributeError: 'Catalogue' object has no attribute 'no_such_thing'"),
        ("acme-greedy", "its output 'docs/rst/authentication-schemes.rst' is not in the folder 'acme-greedy'"),
        ("acme-missing", "ModuleNotFoundError: No module named 'acme_authscribe.nothing'"),
    ],
)
def test_a_target_that_fails_writes_nothing(target: str, problem: str, tmp_path: Path, installed: Path) -> None:
    (tmp_path / "s.yaml").write_text(SCHEME)
    arguments = ("generate", "--source", "s.yaml", "--out-dir", "out", "--target", "docs", "--target", target)
    outcome = run_beside(installed, *arguments, cwd=tmp_path)
    assert outcome.code == 2
    assert f"error[plugin-failed]: plugin '{target}' failed: {problem}" in outcome.stdout
    assert not (tmp_path / "out").exists()
