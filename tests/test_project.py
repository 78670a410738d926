"""Test the README, the hooks, the action, and that the command line offers everything that there is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from gate_mutations import DEFECTS, PACKAGE
from support import ROOT, run

from authscribe import cli
from authscribe.commands.convert import CONVERT_FORMATS
from authscribe.commands.schema import SCHEMAS
from authscribe.readers.registry import SOURCE_FORMATS
from authscribe.report.registry import REPORT_FORMATS
from authscribe.resolve.export import EXTRAS_CHOICES
from authscribe.targets.registry import BUILT_IN

README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("language", ["python", "json"])
def test_generated_code_in_the_readme_is_generated(language: str) -> None:
    folder = ROOT / "output"
    generated = [path.read_text() for path in folder.rglob(f"*.{language.replace('python', 'py')}")]
    for block in re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL):
        for part in block.split("    ...\n"):
            assert any(part.strip("\n") in text for text in generated), part


def test_definitions_in_the_readme_are_understood(tmp_path: Path) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "refine.yaml").write_text(block)
    page = ROOT / "schemes" / "authentication-schemes.rst"
    outcome = run("list", "schemes", "--source", str(page), "--source", "refine.yaml", cwd=tmp_path)
    assert outcome.code == 0, outcome.stdout


def test_files_in_the_readme_exist() -> None:
    for path in re.findall(r"\]\(([^)#:]+)\)|`((?:output|tests|schemes)/[^`]+)`", README):
        assert (ROOT / (path[0] or path[1])).exists(), path


def test_every_make_target_in_the_readme_exists() -> None:
    defined = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)`|\$ make ([a-z-]+)", README)) <= {(t, "") for t in defined} | {
        ("", t) for t in defined
    }


@pytest.mark.parametrize(
    ("schema", "path"),
    [("vendor.github-actions", "action.yml"), ("vendor.github-workflows", ".github/workflows/ci.yml")],
)
def test_ci_files_follow_their_schemas(schema: str, path: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(ROOT / path)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("check --output-format github", ["check", "--output-format", "github"]),
        ("docs\n  docs 'guides/**/*.md'\n  --check\n", ["docs", "docs", "guides/**/*.md", "--check"]),
        ("docs page.md \\\n  --check \\\r\n--diff", ["docs", "page.md", "--check", "--diff"]),
        ("docs \"my pages\" '!drafts'", ["docs", "my pages", "!drafts"]),
        ("docs * $HOME `id` $(id)", ["docs", "*", "$HOME", "`id`", "$(id)"]),
    ],
)
def test_arguments_of_the_action_arrive_whole(tmp_path: Path, given: str, expected: list[str]) -> None:
    finished = run_action(tmp_path, given)
    assert (finished.returncode, finished.stdout) == (0, f"{expected}\n")


def test_the_changelog_of_the_action_is_the_summary_of_the_job(tmp_path: Path) -> None:
    assert run_action(tmp_path, "diff main").stderr == "summary.md\n"


def test_an_open_quote_in_the_arguments_of_the_action_fails(tmp_path: Path) -> None:
    assert run_action(tmp_path, "docs 'a.rst").returncode != 0


def run_action(folder: Path, arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the last step of the action with a command that prints its arguments."""
    programs = folder / "authscribe" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    (programs / "authscribe").write_text(
        f"#!{sys.executable}\nimport os, sys\nprint(sys.argv[1:])\n"
        "print(os.environ['AUTHSCRIBE_CHANGELOG'], file=sys.stderr)\n"
    )
    (programs / "authscribe").chmod(0o755)
    # Must not be imported instead of the standard module.
    (folder / "shlex.py").write_text("raise SystemExit(3)\n")
    step = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"][-1]
    environment = {
        "PATH": "/usr/bin:/bin",
        "RUNNER_TEMP": str(folder),
        "INPUT_ARGS": arguments,
        "GITHUB_STEP_SUMMARY": "summary.md",
    }
    command = ["bash", "-e", "-o", "pipefail", "-c", step["run"]]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_command_line_offers_what_there_is() -> None:
    options = {
        parameter.name: getattr(parameter.type, "choices", ())
        for command in cli.authscribe.commands.values()
        for parameter in command.params
    }
    assert tuple(options["output_format"]) == tuple(REPORT_FORMATS)
    assert tuple(options["target"]) == BUILT_IN
    assert tuple(options["source_format"]) == SOURCE_FORMATS
    assert tuple(options["to"]) == CONVERT_FORMATS
    assert tuple(options["extras"]) == EXTRAS_CHOICES
    assert tuple(options["which"]) == tuple(SCHEMAS)


def test_every_defect_to_plant_has_its_place() -> None:
    missing = [defect for defect in DEFECTS if defect.old not in (ROOT / PACKAGE / defect.module).read_text()]
    assert not missing
