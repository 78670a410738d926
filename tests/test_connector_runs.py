"""Test that every command takes the same connectors: of the arguments, of the configuration, or of the lock."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from support import CASES, run, tree

from authscribe.drift import earlier_run
from authscribe.lint import suppressions

CONFIGURATION = 'sources = ["s.yaml"]\n'
KEY = 'connectors = ["c/*"]\n'


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Copy a workspace with one scheme and one connector, whose configuration lists no connectors."""
    folder = tmp_path / "desk"
    shutil.copytree(CASES / "generate/connectors_of_the_configuration/in", folder)
    (folder / "authscribe.toml").write_text(CONFIGURATION)
    return folder


def list_read(desk: Path, *arguments: str) -> list[str]:
    report = json.loads(run("lint", *arguments, "--output-format", "json", cwd=desk).stdout)
    return [connector["connector"] for connector in report["connectors"]]


@pytest.mark.parametrize(
    "pattern", [".", "./", "c", "c/", "./c/*", "**/acme", "{root}", "{root}/c/*", "c*", "c/**", "**"]
)
def test_a_pattern_is_a_path_or_a_glob_relative_or_absolute(desk: Path, pattern: str) -> None:
    connectors = json.dumps([pattern.format(root=desk)])
    (desk / "authscribe.toml").write_text(f"{CONFIGURATION}connectors = {connectors}\n")
    outcome = run("list", "connectors", cwd=desk)
    assert outcome.stdout.split()[0] == "acme"


def test_a_pattern_for_all_folders_leaves_out_those_in_the_connector_at_the_root(desk: Path) -> None:
    (desk / "c/acme/authscribe.toml").write_text('sources = ["../../s.yaml"]\nconnectors = ["**"]\n')
    outcome = run("list", "connectors", cwd=desk / "c/acme")
    assert (outcome.code, outcome.stdout.split()[0]) == (0, "acme")


def test_a_glob_leaves_out_folders_that_are_no_connectors(desk: Path) -> None:
    (desk / "c/notes").mkdir()
    (desk / "authscribe.toml").write_text(f'{CONFIGURATION}connectors = ["*", "c/*"]\n')
    assert list_read(desk) == ["acme"]
    for pattern, path in (("c/notes", "c/notes"), ("c/n*", "authscribe.toml")):
        (desk / "authscribe.toml").write_text(f'{CONFIGURATION}connectors = ["{pattern}"]\n')
        outcome = run("lint", "--output-format", "concise", cwd=desk)
        assert outcome.stdout.startswith(path)
        assert (outcome.code, outcome.stdout.count(": error[")) == (2, 1)


def test_a_connector_that_two_patterns_name_is_read_once(desk: Path) -> None:
    (desk / "authscribe.toml").write_text(f'{CONFIGURATION}connectors = ["c", "c/*", "c/acme"]\n')
    assert list_read(desk) == ["acme"]
    assert list_read(desk, "c", "acme", "./c/acme") == ["acme"]
    assert run("generate", cwd=desk).code == 0


def test_the_configuration_lists_connectors_for_every_command(desk: Path) -> None:
    (desk / "authscribe.toml").write_text(CONFIGURATION + KEY)
    assert run("generate", cwd=desk).code == 0
    assert (desk / "output/sesam/connectors/acme/system.json").exists()
    assert list_read(desk) == ["acme"]
    for _ in range(2):
        assert run("check", cwd=desk).code == 0
    system = desk / "c/acme/templates/system.json"
    system.write_text(system.read_text().replace("X-Api-Key", "X-Token"))
    outcome = run("check", cwd=desk)
    assert outcome.code == 1
    assert "changed  output/sesam/connectors/acme/system.json" in outcome.stdout


def test_a_plain_run_is_about_the_connectors_that_the_lock_records(desk: Path) -> None:
    assert run("generate", "--connectors", "c", cwd=desk).code == 0
    made = tree(desk / "output")
    for folder in (desk, desk / "c"):
        outcome = run("check", cwd=folder)
        assert (outcome.code, outcome.stdout) == (0, f"{len(made) - 1} files up to date\n")
    assert run("generate", "--prune", cwd=desk).code == 0
    assert tree(desk / "output") == made
    (desk / "c/acme/manifest.json").write_text("{}")
    assert run("check", cwd=desk).code == 2


def test_every_command_reads_the_connectors_that_the_lock_records(desk: Path) -> None:
    assert run("generate", "--connectors", "c", cwd=desk).code == 0
    assert list_read(desk) == ["acme"]
    assert run("list", "connectors", cwd=desk).stdout.startswith("acme")
    listed = {line.split()[0] for line in run("list", "outputs", cwd=desk).stdout.splitlines()}
    assert listed == {f"output/{path}" for path in tree(desk / "output")} - {"output/authscribe.lock"}
    shutil.copy(desk / "s.yaml", desk / "new.yaml")
    with (desk / "new.yaml").open("a") as file:
        file.write("refine:\n  - {id: api_key, required: [{name: region}]}\n")
    assert "affects 1 connector: acme" in run("diff", "s.yaml", "new.yaml", cwd=desk).stdout
    shutil.rmtree(desk / "c")
    outcome = run("lint", cwd=desk)
    assert outcome.code == 2
    assert outcome.stdout.count("error[no-such-connector]") == 1
    assert "for which files were generated" in outcome.stdout


def test_a_run_about_one_connector_records_it_as_well(desk: Path) -> None:
    assert run("generate", cwd=desk).code == 0
    assert run("generate", "acme", "--connectors", "c", cwd=desk).code == 0
    outcome = run("check", cwd=desk)
    assert "orphaned" not in outcome.stdout
    assert "--prune" not in outcome.stdout


def test_the_configuration_decides_over_the_lock(desk: Path) -> None:
    assert run("generate", "--connectors", "c", cwd=desk).code == 0
    (desk / "authscribe.toml").write_text(f"{CONFIGURATION}connectors = []\n")
    outcome = run("check", cwd=desk)
    assert outcome.code == 1
    assert "orphaned  output/sesam/connectors/acme/system.json" in outcome.stdout
    (desk / "authscribe.toml").write_text(CONFIGURATION + KEY)
    assert run("generate", cwd=desk).code == 0
    assert '"connectors"' not in (desk / "output/authscribe.lock").read_text()
    assert run("check", cwd=desk).code == 0


def test_arguments_add_to_the_configuration(desk: Path) -> None:
    (desk / "authscribe.toml").write_text(CONFIGURATION + KEY)
    shutil.copytree(desk / "c/acme", desk / "other/surf")
    assert run("generate", cwd=desk).code == 0
    outcome = run("check", "--connectors", "other", cwd=desk)
    assert "orphaned" not in outcome.stdout
    assert "missing  output/sesam/connectors/surf/system.json" in outcome.stdout


def test_recorded_connectors_that_are_gone_are_one_finding(desk: Path) -> None:
    assert run("generate", "--connectors", "c", cwd=desk).code == 0
    before = tree(desk / "output")
    shutil.rmtree(desk / "c")
    outcome = run("generate", "--prune", cwd=desk)
    assert outcome.code == 2
    assert outcome.stdout.count("error[no-such-connector]") == 1
    assert "list `connectors` in the configuration" in outcome.stdout
    assert tree(desk / "output") == before
    (desk / "authscribe.toml").write_text(f"{CONFIGURATION}connectors = []\n")
    assert run("generate", "--prune", cwd=desk).code == 0
    assert not (desk / "output/sesam/connectors").exists()


REVIEWED = {
    "suppressed": '[[suppress]]\nrule = "secret-not-injectable"\nconnector = "acme"\nreason = "Set by hand."\n',
    "suppressed for a time": '[[suppress]]\nrule = "secret-not-injectable"\nreason = "Set by hand."\nuntil = 2999-01-01\n',
    "known": 'baseline = "known.json"\n',
}


@pytest.mark.parametrize("review", REVIEWED.values(), ids=REVIEWED)
def test_reviewed_findings_are_hidden_in_every_command(desk: Path, review: str) -> None:
    system = desk / "c/acme/templates/system.json"
    system.write_text(system.read_text().replace("$SECRET(api_key)", "$SECRET(other)"))
    (desk / "authscribe.toml").write_text(CONFIGURATION + KEY)
    run("generate", cwd=desk)
    for command in ("generate", "check", "lint"):
        outcome = run(command, "--output-format", "concise", cwd=desk)
        assert outcome.code == 1
        assert "error[secret-not-injectable]" in outcome.stdout
    (desk / "authscribe.toml").write_text(CONFIGURATION + KEY + review)
    run("lint", "--baseline", "known.json", "--update-baseline", cwd=desk)
    for command in ("generate", "check", "check", "lint"):
        outcome = run(command, "--fail-on", "error", cwd=desk)
        assert outcome.code == 0
        assert "[secret-not-injectable]" not in outcome.stdout
        assert "hidden (suppressed or in baseline)" in outcome.stdout


def test_an_expired_suppression_hides_nothing_in_any_command(desk: Path) -> None:
    system = desk / "c/acme/templates/system.json"
    system.write_text(system.read_text().replace("$SECRET(api_key)", "$SECRET(other)"))
    expired = REVIEWED["suppressed for a time"].replace("2999", "2001")
    (desk / "authscribe.toml").write_text(CONFIGURATION + KEY + expired)
    run("generate", cwd=desk)
    for command in ("generate", "check", "check", "lint"):
        outcome = run(command, cwd=desk)
        assert outcome.code == 1
        assert "error[secret-not-injectable]" in outcome.stdout
        assert "warning[suppression-expired]" in outcome.stdout


def test_a_cached_run_ends_with_the_last_day_of_a_suppression(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = desk / "c/acme/templates/system.json"
    system.write_text(system.read_text().replace("$SECRET(api_key)", "$SECRET(other)"))
    (desk / "authscribe.toml").write_text(CONFIGURATION + KEY + REVIEWED["suppressed for a time"])
    assert run("generate", "--cache-dir", "cache", cwd=desk).code == 0
    assert run("check", "--cache-dir", "cache", "--fail-on", "error", cwd=desk).code == 0

    class Later(date):
        @classmethod
        def today(cls) -> date:
            return date(2999, 1, 2)

    for module in (earlier_run, suppressions):
        monkeypatch.setattr(module, "date", Later)
    outcome = run("check", "--cache-dir", "cache", "--fail-on", "error", cwd=desk)
    assert outcome.code == 1
    assert "warning[suppression-expired]" in outcome.stdout
