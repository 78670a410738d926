"""Run the cases: folders with definitions in `in/`, a `command`, and the expected `report.txt` and `out/`."""

from __future__ import annotations

import shlex
import shutil
from functools import cache
from pathlib import Path

import black
import pytest
from black.mode import TargetVersion
from support import case_id, find_cases, run, tree

from authscribe.lint.registry import load_rules

FOLDERS = find_cases()
# What no definition can bring about, and the test that does.
ELSEWHERE = {
    "busy": "tests/test_disk.py",
    "disk-error": "tests/test_disk.py",
    "plugin-failed": "tests/test_plugins.py",
    "process-lost": "tests/test_scale.py",
    "unreadable-file": "tests/test_cli.py",
}


@pytest.mark.parametrize("case", FOLDERS, ids=case_id)
def test_case(case: Path, tmp_path: Path, update_golden: bool) -> None:
    workspace = tmp_path / "workspace"
    shutil.copytree(case / "in", workspace, symlinks=True)
    before = tree(workspace)
    arguments = shlex.split((case / "command").read_text())
    outcome = run(*arguments, cwd=workspace)
    report = f"{outcome.stdout}{outcome.stderr}exit {outcome.code}\n"
    written = {path: content for path, content in tree(workspace).items() if before.get(path) != content}
    if update_golden:
        renew(case, report, written)
    assert report == (case / "report.txt").read_text()
    assert "Traceback" not in report
    assert written == (tree(case / "out") if (case / "out").is_dir() else {})
    assert not [path for path in before if not (workspace / path).exists()]


@pytest.mark.parametrize("case", [folder for folder in FOLDERS if (folder / "out").is_dir()], ids=case_id)
def test_generated_python_compiles_and_is_formatted(case: Path) -> None:
    for path in (case / "out").rglob("*.py"):
        text = path.read_text()
        compile(text, str(path), "exec")
        assert format_code(text) == text


@cache
def format_code(text: str) -> str:
    """Return the text as black formats it; many cases have the same modules."""
    return black.format_str(text, mode=black.Mode(target_versions={TargetVersion.PY311}, line_length=88))


def test_every_rule_has_a_case() -> None:
    reports = "\n".join((folder / "report.txt").read_text() for folder in FOLDERS)
    reached = {code for code in load_rules() if f"[{code}]" in reports}
    assert set(load_rules()) - reached == set(ELSEWHERE)


def test_renewing_replaces_what_came_out_and_nothing_else(tmp_path: Path) -> None:
    case = tmp_path / "lint" / "a"
    for path in ("in/s.yaml", "out/stale.json", "out/old/stale.json", "command", "report.txt"):
        (case / path).parent.mkdir(parents=True, exist_ok=True)
        (case / path).write_text("before")
    shutil.copytree(case, tmp_path / "lint" / "b")
    renew(case, "report", {"new/made.json": b"made"})
    after = {path.removeprefix("a/"): content for path, content in tree(tmp_path / "lint").items() if path[0] == "a"}
    kept = {"command": b"before", "in/s.yaml": b"before"}
    assert after == kept | {"out/new/made.json": b"made", "report.txt": b"report"}
    assert set(tree(tmp_path / "lint/b").values()) == {b"before"}
    renew(case, "report", {})
    assert tree(case) == kept | {"report.txt": b"report"}


def renew(case: Path, report: str, written: dict[str, bytes]) -> None:
    """Replace the expected results of a case."""
    (case / "report.txt").write_text(report)
    shutil.rmtree(case / "out", ignore_errors=True)
    for path, content in written.items():
        (case / "out" / path).parent.mkdir(parents=True, exist_ok=True)
        (case / "out" / path).write_bytes(content)
