"""Install the wheel, as users do, in an environment of its own and outside of any checkout."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from support import ROOT, tree


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder))
    run(sys.executable, "-m", "pip", "wheel", *options, str(ROOT))
    (path,) = folder.glob("*.whl")
    return path


def run(*command: str, cwd: Path | None = None) -> str:
    finished = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=500)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def test_templates_and_definitions_travel_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder in ("templates", "schemes"):
        for path in tree(ROOT / folder):
            assert f"authscribe/{folder}/{path}" in names
    assert "authscribe/py.typed" in names
    assert not [name for name in names if name.startswith(("tests", "output", "benchmarks"))]


def test_the_installed_command_works_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    environment, workspace = tmp_path / "environment", tmp_path / "workspace"
    # The pip of the tests installs into it: to set up one of its own takes as long as all the rest.
    venv.create(environment, with_pip=False)
    run(sys.executable, "-m", "pip", "--python", str(environment), "install", "--quiet", str(wheel))
    workspace.mkdir()
    command = str(environment / "bin" / "authscribe")
    run(command, "init", cwd=workspace)
    run(command, "generate", cwd=workspace)
    assert "up to date" in run(command, "check", cwd=workspace)
    assert (workspace / "output/python/connector_auth/connectors/hubspot.py").is_file()
    assert "0 files changed" in run(command, "generate", cwd=workspace)
    run(command, "scaffold", "acme", "--scheme", "jwt", cwd=workspace)
    assert run(command, "lint", "acme", cwd=workspace).endswith("no findings, 1 connector read\n")
    # The refinements say what the page has wrong; then the page is right, and the refinements have nothing to do.
    page = "schemes/authentication-schemes.rst"
    assert "1 of 1 page changed" in run(command, "docs", page, cwd=workspace)
    assert "0 of 1 page changed" in run(command, "docs", page, cwd=workspace)
    # The catalogue says on which line a scheme is defined; nothing else has moved.
    assert "2 files changed" in run(command, "generate", cwd=workspace)
    assert "up to date" in run(command, "check", cwd=workspace)
