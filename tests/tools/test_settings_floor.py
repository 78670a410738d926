"""Run generated settings with the oldest pydantic-settings that they accept, and with one that is too old."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import run

DEFINITIONS = """\
schemes:
  - id: ticket
    required: [{name: SO-Apptoken}, {name: clientId}]
    parameters: [{name: baseURL, optional: true}]
"""
SCRIPT = """\
from connector_auth.schemes.ticket import TicketConfiguration
settings = TicketConfiguration.from_env()
print(settings.secrets(), settings.base_url)
"""
# The last three belong to other programs.
ENVIRONMENT = {
    "TICKET_SO_APPTOKEN": "a", "TICKET_CLIENT_ID": "b", "SO_APPTOKEN": "x", "CLIENT_ID": "y", "BASE_URL": "z",
}  # fmt: skip


@pytest.fixture
def run_settings(find_tool: Callable[[str], Path], tmp_path: Path) -> Callable[[str], tuple[int, str]]:
    """Return a function that runs the script with a version of pydantic-settings."""

    def run_with(version: str) -> tuple[int, str]:
        (tmp_path / "s.yaml").write_text(DEFINITIONS)
        run("generate", "--source", "s.yaml", "--out-dir", "out", "--target", "python", cwd=tmp_path)
        library = find_tool(f"settings-{version}")
        path = os.pathsep.join(map(str, (library, tmp_path / "out/python")))
        finished = subprocess.run(
            [sys.executable, "-S", "-B", "-c", SCRIPT],
            env=ENVIRONMENT | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        return finished.returncode, finished.stdout + finished.stderr

    return run_with


def test_the_oldest_version_reads_only_its_own_variables(run_settings: Callable[[str], tuple[int, str]]) -> None:
    assert run_settings("2.13") == (0, "{'SO-Apptoken': 'a', 'clientId': 'b'} None\n")


def test_an_older_version_is_refused_by_name(run_settings: Callable[[str], tuple[int, str]]) -> None:
    code, output = run_settings("2.12")
    assert code == 1
    assert output.endswith("ImportError: the settings need pydantic-settings 2.13 or newer\n")
