"""Audit the action and the workflow with zizmor, which knows how others misuse them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support import ROOT, run_tool

WORKFLOW = ".github/workflows/ci.yml"


@pytest.fixture
def audit(find_tool: Callable[[str], Path], tmp_path: Path) -> Callable[[str, str], tuple[int, str]]:
    """Return a function that audits the text of a file in the place that its path says."""
    program = find_tool("bin/zizmor")

    def run_audit(path: str, text: str) -> tuple[int, str]:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
        return run_tool((program, "--offline", "--no-progress", "--color", "never", path), tmp_path)

    return run_audit


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
