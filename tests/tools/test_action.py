"""Audit the action, the workflow and those of the manual with zizmor, which knows how others misuse them.

shellcheck reads their scripts, and the step of the action that installs the package runs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.utils import canonicalize_name
from support import ROOT, run_tool
from test_manual import PAGES, blocks
from test_requirements import LOCKS, VERSION, read_installed

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
WORKFLOW = ".github/workflows/ci.yml"
# What users put in its place.
PLACEHOLDER = "authscribe@COMMIT-HASH"
HASH = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def audit(find_tool: Callable[[str], Path], tmp_path: Path) -> Callable[[str, str], tuple[int, str]]:
    """Return a function that audits the text of a file in the place that its path says."""
    program = find_tool("bin/zizmor")

    def run_audit(path: str, text: str) -> tuple[int, str]:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
        return run_tool((program, "--offline", "--no-progress", "--color", "never", path), tmp_path)

    return run_audit


def list_examples() -> Iterator[Any]:
    """Yield the workflows of the manual, each with its page."""
    for page in PAGES:
        found = [
            block for block in blocks(page.read_text().split("\n")) if ".github/workflows/" in (block.caption or "")
        ]
        yield from (pytest.param(block.text, id=f"{page.stem}:{block.start}") for block in found)


def list_scripts() -> Iterator[Any]:
    """Yield the scripts that the action and CI run, by file and step."""
    jobs = yaml.safe_load((ROOT / WORKFLOW).read_text())["jobs"].values()
    files = {"action.yml": [ACTION["runs"]], WORKFLOW: jobs}
    for path, lists in files.items():
        scripts = [step["run"] for item in lists for step in item["steps"] if "run" in step]
        yield from (pytest.param(f"#!/bin/bash\n{script}", id=f"{path}:{n}") for n, script in enumerate(scripts))
    yield pytest.param((ROOT / ".ci/run").read_text(), id=".ci/run")


@pytest.mark.parametrize("path", ["action.yml", WORKFLOW])
def test_nothing_is_found(audit: Callable[[str, str], tuple[int, str]], path: str) -> None:
    code, output = audit(path, (ROOT / path).read_text())
    assert code == 0, output


@pytest.mark.parametrize(
    ("path", "old", "new", "rule"),
    [
        ("action.yml", '"$INPUT_PYTHON" -m', '"${{ inputs.python }}" -m', "template-injection"),
        (WORKFLOW, "permissions:\n  contents: read\n", "", "excessive-permissions"),
        (WORKFLOW, "run: .ci/run", "run: echo ${{ github.head_ref }}", "template-injection"),
    ],
)
def test_a_planted_error_is_found(
    audit: Callable[[str, str], tuple[int, str]], path: str, old: str, new: str, rule: str
) -> None:
    text = (ROOT / path).read_text()
    assert old in text
    code, output = audit(path, text.replace(old, new))
    assert code != 0
    assert rule in output


@pytest.mark.parametrize("text", [*list_examples()])
def test_nothing_is_found_in_the_manual(audit: Callable[[str, str], tuple[int, str]], text: str) -> None:
    code, output = audit(".github/workflows/example.yml", text.replace(PLACEHOLDER, f"authscribe@{HASH}"))
    assert code == 0, output


@pytest.fixture
def check_script(find_tool: Callable[[str], Path], tmp_path: Path) -> Callable[[str], tuple[int, str]]:
    """Return a function that reads a script with shellcheck, in the dialect that its first line names."""
    program = find_tool("bin/shellcheck")

    def check(script: str) -> tuple[int, str]:
        (tmp_path / "script").write_text(script)
        return run_tool((program, "--norc", "script"), tmp_path)

    return check


@pytest.mark.parametrize("script", [*list_scripts()])
def test_scripts_are_correct_and_a_planted_error_is_found(
    check_script: Callable[[str], tuple[int, str]], script: str
) -> None:
    assert check_script(script) == (0, "")
    code, output = check_script(f"{script}\nrm $PLANTED/*\n")
    assert code != 0
    assert "SC2086" in output


@pytest.fixture
def install(find_tool: Callable[[str], Path], tmp_path: Path) -> Callable[[Path], tuple[int, str]]:
    """Return a function that runs the first step of the action, which installs the package of a source tree."""
    find_tool("package")

    def install_package(source: Path) -> tuple[int, str]:
        own = {"ACTION_PATH": str(source), "INPUT_PYTHON": sys.executable, "RUNNER_TEMP": str(tmp_path)}
        command = ("bash", "-e", "-o", "pipefail", "-c", ACTION["runs"]["steps"][0]["run"])
        finished = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, check=False)
        return finished.returncode, finished.stdout + finished.stderr

    return install_package


def test_the_action_installs_what_the_locks_name(install: Callable[[Path], tuple[int, str]], tmp_path: Path) -> None:
    code, output = install(ROOT)
    assert code == 0, output
    command = ("list", "--format", "freeze", "--exclude", "pip", "--exclude", "setuptools")
    code, output = run_tool((tmp_path / "authscribe/bin/python", "-m", "pip", *command), tmp_path)
    assert code == 0, output
    installed = {f"{canonicalize_name(name)}=={version}" for name, version in re.findall("^(.*)==(.*)$", output, re.M)}
    assert installed == {f"authscribe=={VERSION}", *read_installed("package"), *read_installed("build")}


def test_the_action_refuses_a_package_with_another_hash(
    install: Callable[[Path], tuple[int, str]], tmp_path: Path
) -> None:
    for name in ("package", "build"):
        (tmp_path / "requirements").mkdir(exist_ok=True)
        text = re.sub("sha256:.{8}", "sha256:00000000", LOCKS[name]) if name == "build" else LOCKS[name]
        (tmp_path / "requirements" / f"{name}.txt").write_text(text)
    code, output = install(tmp_path)
    assert code != 0
    assert "DO NOT MATCH THE HASHES" in output
