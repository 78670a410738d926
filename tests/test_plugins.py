"""Test a reader, a target and templates from a foreign package that is installed beside the tool."""

from __future__ import annotations

import json
import shutil
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


LONG = """
schemes:
  - id: foo
    kind: api_key
    required:
      - name: the_name_of_the_client
        description: "Z\\u00fcrich: \\"a\\\\b\\"\\nand more"
connectors:
  - id: bar
    scheme: foo
  - id: baz
    title: Baz
    scheme: foo
"""


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """Return a workspace for the target `acme-vault`."""
    (tmp_path / "s.yaml").write_text(LONG)
    configure(tmp_path)
    return tmp_path


def configure(workspace: Path, options: str = "", more: str = "") -> None:
    options = f"[options.acme-vault]\n{options}" if options else ""
    (workspace / "authscribe.toml").write_text(f'sources = ["s.yaml"]\ntargets = ["acme-vault"]\n{options}\n{more}')


def test_a_language_of_a_plugin_encodes_what_templates_print(vault: Path, installed: Path) -> None:
    configure(vault, 'owner = "A\\u2028B"')
    assert run_beside(installed, "generate", cwd=vault).code == 0
    text = (vault / "output/acme-vault/connectors/bar/vault.properties").read_text()
    hint = r'Z\u00fcrich: "a\u005cb"\u000aand more'
    assert text == f"# Read by A\\u2028B.\nBAR_THE_NAME_OF_THE_CLIENT={hint}\n"


def test_files_about_a_connector_are_generated_alone(vault: Path, installed: Path) -> None:
    assert run_beside(installed, "generate", "baz", cwd=vault).code == 0
    assert [*tree(vault / "output")] == ["acme-vault/connectors/baz/vault.properties", "authscribe.lock"]
    outputs = run_beside(installed, "list", "outputs", cwd=vault).stdout
    assert outputs.splitlines() == [
        f"output/acme-vault/connectors/{name}/vault.properties  acme-vault" for name in ("bar", "baz")
    ]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_later_run_takes_files_from_the_cache_until_the_plugin_changes(
    jobs: str, vault: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    site = install("acme", tmp_path_factory.mktemp("site"))
    arguments = ("generate", "--jobs", jobs, "--cache-dir", str(vault / "cache"))
    files = vault / "output/acme-vault/connectors"
    first = run_beside(site, *arguments, cwd=vault)
    assert "2 files changed" in first.stdout
    (site / "acme_authscribe/ini.py").write_text("")
    assert run_beside(site, *arguments, cwd=vault).stdout.endswith("0 files changed, 2 produced\n")
    template = site / "acme_authscribe/acme-vault/vault.jinja"
    template.write_text(template.read_text().replace("Read by", "Kept by"))
    assert "2 files changed" in run_beside(site, *arguments, cwd=vault).stdout
    code = site / "acme_authscribe/vault.py"
    code.write_text(code.read_text().replace("options.owner, prop", '"nobody", prop'))
    assert "2 files changed" in run_beside(site, *arguments, cwd=vault).stdout
    configure(vault, 'owner = "me"')
    code.write_text(code.read_text().replace('"nobody", prop', "options.owner, prop"))
    assert "2 files changed" in run_beside(site, *arguments, cwd=vault).stdout
    assert (files / "bar/vault.properties").read_text().startswith("# Kept by me.\n")
    configure(vault, 'owner = "you"')
    assert "2 files changed" in run_beside(site, *arguments, cwd=vault).stdout


def test_a_finding_of_a_target_has_the_place_of_the_definition(vault: Path, installed: Path) -> None:
    finding = "s.yaml:6:15: warning[acme-long-name] 'the_name_of_the_client' has more than 20 characters\n"
    for command, code in (("generate", 0), ("check", 1), ("lint", 1)):
        outcome = run_beside(installed, command, "--output-format", "concise", cwd=vault)
        assert (finding in outcome.stdout, outcome.code) == (True, code), outcome.stdout
    assert run_beside(installed, "check", "--fail-on", "error", cwd=vault).code == 0
    configure(vault, "longest-name = 22")
    assert run_beside(installed, "check", "--output-format", "concise", cwd=vault).stdout == ""


@pytest.mark.parametrize("output_format", ["text", "concise", "json", "github", "gitlab", "sarif", "junit"])
def test_a_finding_of_a_target_is_in_every_report(output_format: str, vault: Path, installed: Path) -> None:
    outcome = run_beside(installed, "check", "--output-format", output_format, cwd=vault)
    assert outcome.code == 1
    assert "acme-long-name" in outcome.stdout
    assert "has more than 20 characters" in outcome.stdout
    if output_format == "sarif":
        assert "A vault of Acme cuts longer names" in outcome.stdout


def test_an_error_of_a_target_writes_nothing_unless_it_is_hidden(vault: Path, installed: Path) -> None:
    configure(vault, "titles = true")
    outcome = run_beside(installed, "generate", "--output-format", "concise", cwd=vault)
    assert outcome.code == 2
    assert "s.yaml:9:5: error[acme-unnamed] the vault has no title\n" in outcome.stdout
    assert not (vault / "output").exists()
    more = '[[suppress]]\nrule = "acme-unnamed"\nconnector = "bar"\nreason = "nobody reads it"\n'
    configure(vault, "titles = true", more)
    outcome = run_beside(installed, "generate", "--output-format", "concise", cwd=vault)
    assert (outcome.code, "acme-unnamed" in outcome.stdout) == (0, False)
    assert (vault / "output").exists()


def test_rules_of_plugins_are_listed_and_explained(vault: Path, installed: Path) -> None:
    explained = run_beside(installed, "explain", "acme-long-name", cwd=vault)
    assert explained.stdout.startswith("acme-long-name (warning): name that is too long for a vault\n")
    assert run_beside(installed, "explain", "wrong-value", cwd=vault).code == 0
    mistaken = run_beside(installed, "explain", "acme-unlikely", cwd=vault)
    assert mistaken.code == 2
    assert "plugin 'acme-unlikely' failed: it is not a rule with the code 'acme-unlikely'" in mistaken.stderr
    listed = run_beside(installed, "list", "rules", cwd=vault)
    assert (listed.code, "plugin 'acme-unlikely' failed" in listed.stdout) == (2, True)
    more = '[[suppress]]\nrule = "acme-unknown"\nreason = "x"\n'
    configure(vault, "", more)
    refused = run_beside(installed, "check", "--output-format", "concise", cwd=vault)
    assert refused.stdout == "authscribe.toml:4:3: error[unknown-reference] unknown rule 'acme-unknown'\n"


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        (
            "longest-name = 0",
            "3:2: error[wrong-value] invalid value for 'acme-vault': 'longest-name' should be at least 1",
        ),
        (
            'longest-name = "9"',
            "4:16: error[wrong-value] invalid value for 'longest-name': input should be a whole number",
        ),
        (
            "longest-name = true",
            "4:16: error[wrong-value] invalid value for 'longest-name': input should be a whole number",
        ),
        (
            'longest-name = ""  # none',
            "4:16: error[wrong-value] invalid value for 'longest-name': input should be a whole number",
        ),
        ("titles = 1", "4:10: error[wrong-value] invalid value for 'titles': input should be true or false"),
        ("folders = 1", "4:11: error[wrong-value] invalid value for 'folders': input should be a list"),
        ("owner = 1", "4:9: error[wrong-value] invalid value for 'owner': input should be a string"),
        ("longest_name = 1", "4:1: error[unknown-key] unknown key 'longest_name'"),
    ],
)
def test_a_wrong_option_is_one_finding(options: str, refusal: str, vault: Path, installed: Path) -> None:
    configure(vault, options)
    outcome = run_beside(installed, "generate", "--output-format", "concise", cwd=vault)
    assert (outcome.code, outcome.stdout) == (2, f"authscribe.toml:{refusal}\n")


def test_options_of_a_plugin_are_listed(vault: Path, installed: Path) -> None:
    configure(vault, 'folders = ["a"]\nlongest-name = 30')
    listed = run_beside(installed, "list", "config", cwd=vault).stdout
    rows = [line.split(maxsplit=1) for line in listed.splitlines() if "acme-vault." in line]
    assert rows == [["options.acme-vault.longest-name", "30"], ["options.acme-vault.folders", "a"]]


def test_options_of_a_plugin_without_any_are_unknown(vault: Path, installed: Path) -> None:
    (vault / "authscribe.toml").write_text('sources = ["s.yaml"]\n[options.acme]\nx = 1\n')
    outcome = run_beside(installed, "generate", "--output-format", "concise", cwd=vault)
    refusal = "authscribe.toml:2:2: error[unknown-key] unknown key 'acme': this target has no options\n"
    assert (outcome.code, outcome.stdout) == (2, refusal)


def test_options_of_a_plugin_that_is_not_installed_name_those_that_are(vault: Path, installed: Path) -> None:
    (vault / "authscribe.toml").write_text('sources = ["s.yaml"]\n[options.other]\nx = 1\n[options.compose]\ny = 1\n')
    outcome = run_beside(installed, "generate", cwd=vault)
    assert outcome.stdout.count("error[") == 2
    assert "= help: use one of: acme, " in outcome.stdout
    assert "acme-vault, compose, external-secrets, " in outcome.stdout
    assert "; or install the package that adds it, in the environment of authscribe\n" in outcome.stdout


def test_a_target_that_no_package_adds_has_a_line_and_a_help(vault: Path, installed: Path) -> None:
    (vault / "authscribe.toml").write_text('sources = ["s.yaml"]\ntargets = [\n  "docs",\n  "other"\n]\n')
    outcome = run_beside(installed, "generate", cwd=vault)
    assert "unknown target 'other'\n --> authscribe.toml:4:3\n" in outcome.stdout
    assert ", acme-vault, " in outcome.stdout
    assert "; or install the package that adds it, in the environment of authscribe\n" in outcome.stdout
    stated = run_beside(installed, "generate", "--target", "other", cwd=vault)
    assert "unknown target 'other'\n --> --target\n" in stated.stdout


def test_a_target_in_a_group_of_another_name_is_found(vault: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    site = install("acme", tmp_path_factory.mktemp("site"))
    (entries,) = site.glob("*.dist-info/entry_points.txt")
    entries.write_text("[authscribe.target]\nother = acme_authscribe.vault:PLAN\n")
    (vault / "authscribe.toml").write_text('sources = ["s.yaml"]\ntargets = ["other"]\n')
    advice = "; or declare it in the entry point group 'authscribe.targets' of acme-authscribe instead of"
    assert f"{advice} 'authscribe.target'\n" in run_beside(site, "generate", cwd=vault).stdout


def test_only_what_has_changed_is_planned_again(vault: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    site = install("acme", tmp_path_factory.mktemp("site"))
    code = site / "acme_authscribe/vault.py"
    loop = "    for stub in list_stubs(catalogue, connector)"
    code.write_text(code.read_text().replace(loop, f"    print('planned', connector.id)\n{loop}"))
    arguments = ("generate", "--jobs", "1", "--cache-dir", str(vault / "cache"))
    assert run_beside(site, *arguments, cwd=vault).stderr == "planned bar\nplanned baz\n"
    shutil.rmtree(vault / "output")
    again = run_beside(site, *arguments, cwd=vault)
    assert (again.stderr, "2 files changed" in again.stdout) == ("", True)
    (vault / "s.yaml").write_text(LONG.replace("title: Baz", "title: Other"))
    assert run_beside(site, *arguments, cwd=vault).stderr == "planned baz\n"
