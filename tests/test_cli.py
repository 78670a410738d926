from __future__ import annotations

import json
import os
import pty
import pwd
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NoReturn

import pytest
from support import ROOT, run, tree

from authscribe.cli import authscribe
from authscribe.workspace.configuration import FILE_NAME

SCHEMES = (
    "schemes:\n  - id: s\n    required: [{name: k}]\n    injected: [{name: k}]\n  - id: t\n    required: [{name: q}]\n"
)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / FILE_NAME).write_text('sources = ["s.yaml"]\nout-dir = "out"\ntargets = ["sesam"]\n')
    (tmp_path / "s.yaml").write_text(SCHEMES)
    assert run("generate", cwd=tmp_path).code == 0
    return tmp_path


def test_a_second_run_writes_nothing(workspace: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (workspace / "out").rglob("*")}
    outcome = run("generate", cwd=workspace)
    assert (outcome.code, outcome.stdout) == (0, "0 files changed, 10 produced\n")
    assert {path: path.stat().st_mtime_ns for path in (workspace / "out").rglob("*")} == before


def test_check_tells_the_states_apart_and_names_the_repair(workspace: Path) -> None:
    out = workspace / "out/sesam/schemes"
    (out / "t/system.json").unlink()
    (out / "t/secrets.json").write_text('{"mine": 1}\n')
    (workspace / "s.yaml").write_text(SCHEMES.replace("name: q", "name: changed"))
    before = tree(workspace)
    outcome = run("check", cwd=workspace)
    assert outcome.code == 1
    assert re.findall(r"^(\w+) +(out\S+)", outcome.stdout, re.MULTILINE) == [
        ("changed", "out/sesam/schemes/t/.authconfig"),
        ("edited", "out/sesam/schemes/t/secrets.json"),
        ("missing", "out/sesam/schemes/t/system.json"),
    ]
    assert '  -  "q": ""\n  +  "changed": ""\n' in outcome.stdout
    assert outcome.stdout.endswith("3 files not up to date\nrun: authscribe generate --force\n")
    assert tree(workspace) == before


def test_orphaned_files_are_kept_until_they_are_pruned(workspace: Path) -> None:
    (workspace / "s.yaml").write_text(SCHEMES[: SCHEMES.index("  - id: t")])
    generated = run("generate", cwd=workspace)
    assert generated.code == 1
    assert generated.stdout.count("orphaned  out/sesam/schemes/t/") == 5
    assert (workspace / "out/sesam/schemes/t").is_dir()
    assert "run: authscribe generate --prune" in run("check", cwd=workspace).stdout
    pruned = run("generate", "--prune", cwd=workspace)
    assert pruned.code == 0
    assert pruned.stdout.count("deleted  out/sesam/schemes/t/") == 5
    assert not (workspace / "out/sesam/schemes/t").exists()
    assert run("check", cwd=workspace).code == 0


def test_a_run_for_one_target_prunes_only_its_files(workspace: Path) -> None:
    both = ("--target", "sesam", "--target", "json-schema")
    assert run("generate", *both, cwd=workspace).code == 0
    (workspace / "s.yaml").write_text(SCHEMES[: SCHEMES.index("  - id: t")])
    assert run("check", "s", "--target", "json-schema", cwd=workspace).code == 0
    assert run("check", "--target", "json-schema", cwd=workspace).code == 1
    assert run("generate", "--target", "json-schema", "--prune", cwd=workspace).code == 0
    assert run("check", "--target", "json-schema", cwd=workspace).code == 0
    assert not (workspace / "out/json-schema/schemes/t.schema.json").exists()
    assert (workspace / "out/sesam/schemes/t/system.json").exists()


def test_a_hand_edit_is_kept_until_it_is_forced(workspace: Path) -> None:
    edited = workspace / "out/sesam/schemes/s/system.json"
    edited.write_text("mine\n")
    generated = run("generate", cwd=workspace)
    assert (generated.code, edited.read_text()) == (1, "mine\n")
    assert run("check", cwd=workspace).code == 1
    assert run("generate", "--force", cwd=workspace).code == 0
    assert edited.read_text() == "{}\n"


def test_a_file_that_is_in_the_way_is_kept(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SCHEMES)
    mine = tmp_path / "out/sesam/schemes/s/system.json"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine\n")
    outcome = run("generate", "--source", "s.yaml", "--out-dir", "out", cwd=tmp_path)
    assert (outcome.code, mine.read_text()) == (1, "mine\n")
    assert "run: authscribe generate --source s.yaml --out-dir out --force" in outcome.stdout


def test_emptied_sources_change_nothing(workspace: Path) -> None:
    before = tree(workspace / "out")
    for text in ("", "schemes: []\n", "# nothing\n"):
        (workspace / "s.yaml").write_text(text)
        assert run("generate", "--prune", "--force", cwd=workspace).code == 2
    assert tree(workspace / "out") == before


def test_only_what_was_named_is_generated(workspace: Path) -> None:
    (workspace / "s.yaml").write_text(SCHEMES.replace("name: q", "name: r").replace("name: k", "name: l"))
    assert run("generate", "t", cwd=workspace).code == 0
    states = run("check", "--output-format", "concise", cwd=workspace).stdout
    assert "schemes/s/secrets.json: changed" in states
    assert "schemes/t/" not in states


def test_line_ends_of_a_checkout_are_no_drift(workspace: Path) -> None:
    for path in (workspace / "out").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    (workspace / "s.yaml").write_bytes((workspace / "s.yaml").read_bytes().replace(b"\n", b"\r\n"))
    assert run("check", cwd=workspace).stdout == "10 files up to date\n"


def test_a_user_without_a_home_folder_keeps_no_cache(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find_no_user(number: int) -> NoReturn:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", find_no_user)
    for name in [name for name in sys.modules if name.partition(".")[0] == "black"]:
        # Other tests have imported it, while the user had a home folder.
        monkeypatch.delitem(sys.modules, name)
    for name in ("HOME", "XDG_CACHE_HOME", "AUTHSCRIBE_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    before = tree(workspace)
    assert run("scaffold", "acme", "--scheme", "s", cwd=workspace).code == 0
    assert run("generate", cwd=workspace).code == 0
    assert run("check", cwd=workspace).code == 0
    added = {path.partition("/")[0] for path in tree(workspace).keys() - before.keys()}
    assert added == {"acme"}


def test_every_option_can_come_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SCHEMES)
    env = {
        "AUTHSCRIBE_SOURCE": "s.yaml",
        "AUTHSCRIBE_OUT_DIR": "elsewhere",
        "AUTHSCRIBE_TARGET": "sesam",
        "AUTHSCRIBE_OUTPUT_FORMAT": "json",
        "AUTHSCRIBE_OUTPUT_FILE": "report.json",
    }
    assert run("generate", cwd=tmp_path, env=env).code == 0
    assert (tmp_path / "elsewhere/sesam/schemes/s/system.json").exists()
    assert json.loads((tmp_path / "report.json").read_text())["summary"]["files"] == 10


def test_severities_decide_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("schemes:\n  - id: s\n    required: [{name: k, secret: unknown}]\n")
    arguments = ("--source", "s.yaml", "--out-dir", "out", "--target", "sesam")
    assert run("generate", *arguments, cwd=tmp_path).code == 0
    assert run("generate", *arguments, "--fail-on", "warning", cwd=tmp_path).code == 1
    assert run("check", *arguments, cwd=tmp_path).code == 1
    assert run("check", *arguments, "--fail-on", "error", cwd=tmp_path).code == 0
    assert run("check", *arguments, "--exit-zero", cwd=tmp_path).code == 0


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["generat"], "generate"),
        (["generate", "--sorce", "x"], "--source"),
        (["explain", "name-clas"], "name-clash"),
        (["schema", "schem"], "scheme"),
        (["check", "--output-format", "xml"], "json"),
        (["generate"], "--source"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_wrong_usage_is_refused_with_a_hint(tmp_path: Path, arguments: list[str], hint: str) -> None:
    outcome = run(*arguments, cwd=tmp_path)
    assert outcome.code == 2
    assert hint in outcome.stdout + outcome.stderr
    assert "Traceback" not in outcome.stdout + outcome.stderr
    assert tree(tmp_path) == {}


def test_a_source_that_is_a_folder_of_pages(workspace: Path) -> None:
    (workspace / "more").mkdir()
    (workspace / "more/u.json").write_text('{"schemes": [{"id": "u"}]}')
    (workspace / "more/notes.md").write_text("no definition")
    outcome = run("list", "schemes", "--source", "more", "--source", "s.yaml", cwd=workspace)
    assert [line.split()[0] for line in outcome.stdout.splitlines()] == ["s", "t", "u"]


@pytest.mark.parametrize("kind", ["no permission", "link to nowhere", "folder with a suffix", "pipe"])
def test_a_source_that_cannot_be_read(tmp_path: Path, kind: str) -> None:
    page = tmp_path / "page.yaml"
    match kind:
        case "no permission":
            if os.geteuid() == 0:
                pytest.skip("root may read everything")
            page.write_text(SCHEMES)
            page.chmod(0)
        case "link to nowhere":
            page.symlink_to("nowhere")
        case "folder with a suffix":
            page.mkdir()
        case "pipe":
            os.mkfifo(page)
    outcome = run("generate", "--source", "page.yaml", "--out-dir", "out", cwd=tmp_path)
    assert outcome.code == 2
    assert re.search(r"\[(unreadable-file|no-such-source)\]", outcome.stdout)
    assert not (tmp_path / "out").exists()


def test_the_configuration_is_found_from_below_but_not_beyond_the_repository(workspace: Path) -> None:
    inner = workspace / "a/b"
    inner.mkdir(parents=True)
    assert run("check", cwd=inner).code == 0
    (workspace / "a/.git").mkdir()
    assert run("check", cwd=inner).code == 2


def test_a_mistake_in_an_own_template_is_shown_from_the_current_folder(workspace: Path) -> None:
    configuration = workspace / FILE_NAME
    configuration.write_text(f'templates = ["own"]\n{configuration.read_text()}')
    for folder, text in (("own/docs", "<< view.absent | text >>\n"), ("inner/own/docs", "of another workspace\n")):
        (workspace / folder).mkdir(parents=True)
        (workspace / folder / "schemes.md.jinja").write_text(text)
    outcome = run("check", "--target", "docs", cwd=workspace / "inner")
    assert outcome.code == 2
    assert "--> ../own/docs/schemes.md.jinja:1:1\n" in outcome.stdout
    assert "| << view.absent | text >>\n" in outcome.stdout


def test_a_mistake_in_a_file_to_which_a_source_refers_is_shown_from_the_current_folder(workspace: Path) -> None:
    key = {"$ref": "shared/parts.json#/components/securitySchemes/key"}
    document = {"openapi": "3.1.0", "info": {"title": "Tides", "version": "1"}, "paths": {}}
    parts = {"components": {"securitySchemes": {"key": {"type": "apiKey", "in": "sky", "name": "X-Key"}}}}
    (workspace / "s.yaml").write_text(json.dumps(document | {"components": {"securitySchemes": {"key": key}}}))
    (workspace / "shared").mkdir()
    (workspace / "shared/parts.json").write_text(json.dumps(parts))
    inner = workspace / "inner"
    inner.mkdir()
    for command in ("check", "lint"):
        outcome = run(command, cwd=inner)
        assert outcome.code == 2
        assert " --> ../shared/parts.json:1:" in outcome.stdout


def test_it_starts_from_nothing(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('sources = ["schemes/*.rst"]\n')
    first = run("init", cwd=tmp_path)
    assert (first.code, first.stderr.count("created"), first.stderr.count("kept")) == (0, 3, 1)
    assert run("init", cwd=tmp_path).stderr.count("kept") == 4
    (tmp_path / FILE_NAME).unlink()
    assert run("init", cwd=tmp_path).stderr.endswith("\nnext: authscribe generate\n")
    assert run("generate", cwd=tmp_path).code == 0
    assert run("check", cwd=tmp_path).code == 0


def test_a_start_that_the_disk_refuses_leaves_no_part_of_a_file(tmp_path: Path) -> None:
    command = f'ulimit -f 0; exec "{Path(sys.executable).with_name("authscribe")}" init'
    refused = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stderr) == (2, "error: the output cannot be written: file too large\n")
    assert not list(tmp_path.iterdir())
    assert run("init", cwd=tmp_path).stderr.count("created") == 4


def test_a_start_writes_through_no_link(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("mine")
    (tmp_path / ".authscribe.toml.authscribe-staging").symlink_to("other")
    assert run("init", cwd=tmp_path).stderr.count("created") == 4
    assert (tmp_path / "other").read_text() == "mine"
    assert not (tmp_path / "authscribe.toml").is_symlink()


def test_it_starts_for_a_platform_and_targets(tmp_path: Path) -> None:
    assert run("init", "--platform", "generic", "--target", "docs", "--target", "python", cwd=tmp_path).code == 0
    assert run("generate", cwd=tmp_path).code == 0
    assert sorted(path.name for path in (tmp_path / "output").iterdir()) == ["authscribe.lock", "docs", "python"]


def test_it_asks_in_a_terminal_until_the_answers_are_right(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [str(Path(sys.executable).with_name("authscribe")), "init"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.write(ours, b"hub\ngeneric\npyton\npython docs\n")
        assert process.wait() == 0
    shown = os.read(ours, 1 << 16).decode()
    assert "'hub' is not one of 'sesam', 'airbyte', 'generic', 'nango'" in shown
    assert "'pyton' is not one of" in shown
    configuration = tomllib.loads((tmp_path / FILE_NAME).read_text())
    assert (configuration["platform"], configuration["targets"]) == ("generic", ["python", "docs"])


def test_it_names_the_folder_that_the_next_command_runs_in(tmp_path: Path) -> None:
    assert run("init", "a folder", cwd=tmp_path).stderr.endswith("\nnext: cd 'a folder' && authscribe generate\n")


def test_every_shipped_profile_can_be_chosen(tmp_path: Path) -> None:
    choice = re.search(r"--platform \[(.*)\]", run("init", "--help", cwd=tmp_path).stdout)
    assert choice
    assert set(choice[1].split("|")) == {path.stem for path in (ROOT / "schemes/platforms").glob("*.yaml")}


def test_an_unknown_rule_has_the_nearest_one_or_the_list_as_help(tmp_path: Path) -> None:
    assert "'secret-rename'; did you mean 'secret-renamed'?\n" in run("explain", "secret-rename", cwd=tmp_path).stderr
    assert "'x'; run: authscribe list rules\n" in run("explain", "x", cwd=tmp_path).stderr


def test_lists_have_a_header_on_a_terminal_only(workspace: Path) -> None:
    ours, theirs = pty.openpty()
    command = [str(Path(sys.executable).with_name("authscribe")), "list", "schemes"]
    subprocess.run(command, cwd=workspace, stdout=theirs, check=True)
    shown = os.read(ours, 1 << 16).decode().splitlines()
    piped = run("list", "schemes", cwd=workspace).stdout.splitlines()
    header = "id kind title required injected"
    assert [line.split() for line in shown] == [line.split() for line in (header, *piped)]


@pytest.mark.parametrize("what", ["connectors", "schemes", "targets", "rules", "inputs", "outputs", "config"])
def test_lists_are_for_people_and_for_programs(what: str) -> None:
    assert run("list", what, cwd=ROOT).stdout
    document = json.loads(run("list", what, "--output-format", "json", cwd=ROOT).stdout)
    assert document["version"] == 1
    assert document[what]


def test_a_rule_is_explained(tmp_path: Path) -> None:
    outcome = run("explain", "name-clash", cwd=tmp_path)
    assert (outcome.code, outcome.stderr) == (0, "")
    assert outcome.stdout.startswith("name-clash (error): ")


def test_the_summary_of_each_command_fits_a_terminal(tmp_path: Path) -> None:
    shown = run("--help", cwd=tmp_path, env={"COLUMNS": "80"}).stdout
    assert len(re.findall(r"^  [a-z]+ +[A-Z].*[a-z)]\.$", shown, re.MULTILINE)) == len(authscribe.commands)
    assert ".." not in shown.partition("Commands:")[2]


@pytest.mark.parametrize("command", authscribe.commands)
@pytest.mark.parametrize("columns", [60, 80])
def test_help_fits_a_terminal(command: str, columns: int, tmp_path: Path) -> None:
    shown = run(command, "--help", cwd=tmp_path, env={"COLUMNS": str(columns)}).stdout
    # The names of an option have a line of their own if they are long.
    assert not [line for line in shown.splitlines() if len(line) > columns and not line.startswith("  --")]


def test_help_has_the_options_in_sections(tmp_path: Path) -> None:
    shown = run("check", "--help", cwd=tmp_path).stdout
    assert re.findall(r"^(?:(\w[\w ]+):|  (--[\w-]+|-h).*)$", shown, re.MULTILINE) == [
        ("Options", ""), ("", "--target"), ("", "--connectors"), ("", "-h"),
        ("Definition options", ""), ("", "--config"), ("", "--source"), ("", "--source-format"), ("", "--keep-going"),
        ("", "--platform"), ("", "--out-dir"),
        ("Report options", ""), ("", "--output-format"), ("", "--output-file"), ("", "--fail-on"), ("", "--exit-zero"),
        ("Performance options", ""), ("", "--jobs"), ("", "--cache-dir"), ("", "--no-cache"),
    ]  # fmt: skip
    assert "Each option can be set by an environment variable, such as AUTHSCRIBE_OUT_DIR" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("list", "scheme"), "Invalid value for 'WHAT': 'scheme' is not one of 'connectors',"),
        (("schema", "conector"), "Invalid value for 'DOCUMENT': 'conector' is not one of 'scheme',"),
        (("check", "--output-format", "sarrif"), "Invalid value for '--output-format': 'sarrif' is not one of 'text',"),
        (("check", "--source-format", "openap"), "Invalid value for '--source-format': 'openap' is not one of 'rst',"),
    ],
)
def test_a_misspelt_choice_has_a_suggestion(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    outcome = run(*arguments, cwd=tmp_path)
    assert outcome.code == 2
    assert message in outcome.stderr
    assert re.search(r"; did you mean '(schemes|connector|sarif|openapi)'\?\n$", outcome.stderr)


def test_an_option_in_front_of_its_command_is_told_where_to_be(tmp_path: Path) -> None:
    outcome = run("--config", "x.toml", "check", cwd=tmp_path)
    assert outcome.code == 2
    assert outcome.stderr.endswith("Error: --config is an option of commands: give it after the command.\n")
    assert "No such option '--verion'. Did you mean '--version'?" in run("--verion", cwd=tmp_path).stderr


def test_a_wrong_value_in_the_environment_is_reported_with_its_variable(tmp_path: Path) -> None:
    outcome = run("check", cwd=tmp_path, env={"AUTHSCRIBE_OUTPUT_FORMAT": "yaml", "AUTHSCRIBE_JOBS": "4"})
    assert outcome.code == 2
    assert "Invalid value for '--output-format' (set by AUTHSCRIBE_OUTPUT_FORMAT): 'yaml' is not" in outcome.stderr
    assert "Invalid value for '--jobs': 'x'" in run("check", "--jobs", "x", cwd=tmp_path).stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_complete(tmp_path: Path, shell: str) -> None:
    outcome = run("completion", shell, cwd=tmp_path)
    assert outcome.code == 0
    assert "_AUTHSCRIBE_COMPLETE" in outcome.stdout


def test_show_says_where_each_fact_came_from() -> None:
    outcome = run("show", "superoffice", cwd=ROOT)
    assert re.search(r"^scheme superoffice$", outcome.stdout, re.MULTILINE)
    assert re.search(r"^connector superoffice$", outcome.stdout, re.MULTILINE)
    assert re.search(r"injected\.so_ticket\.name +schemes/authentication-schemes\.rst:\d+:8 +so_ticket", outcome.stdout)
    assert re.search(r"injected\.so_ticket\.lifetime +schemes/refinements\.yaml:\d+:\d+ +sliding", outcome.stdout)


@pytest.mark.parametrize("source", ["schemes", "schemes/closed/*.yaml"])
def test_a_folder_of_sources_that_cannot_be_looked_into_is_a_finding(tmp_path: Path, source: str) -> None:
    closed = tmp_path / "schemes" / "closed"
    closed.mkdir(parents=True)
    (tmp_path / "schemes" / "s.yaml").write_text(SCHEMES)
    closed.chmod(0o000)
    if os.access(closed, os.R_OK):
        pytest.skip("this user may look into every folder")
    outcome = run("list", "schemes", "--source", source, cwd=tmp_path)
    closed.chmod(0o700)
    assert outcome.code == 2
    assert "error[unreadable-file]: the file cannot be read: permission denied\n --> schemes/closed" in outcome.stdout


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({"NO_COLOR": ""}, False), ({"NO_COLOR": "", "FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1"}, False)],
)
def test_colour_goes_where_the_environment_wants_it(
    workspace: Path, environment: dict[str, str], coloured: bool
) -> None:
    (workspace / "s.yaml").write_text("schemes: [{ide: s}]\n")
    outcome = run("check", cwd=workspace, env=environment)
    assert "missing key 'id'" in outcome.stdout
    assert ("\x1b[" in outcome.stdout) == coloured


def test_a_report_that_cannot_be_written_is_an_error_with_its_path(workspace: Path) -> None:
    outcome = run("check", "--output-file", "nowhere/report.txt", cwd=workspace)
    assert outcome.code == 2
    assert outcome.stderr == "error: the output cannot be written to nowhere/report.txt: no such file or directory\n"
