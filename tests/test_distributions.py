"""List what the wheel and the source distribution contain, and install the wheel outside of any checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from support import ROOT, build_distribution, list_project_files
from test_requirements import VERSION

NAME = f"authscribe-{VERSION}"
METADATA = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
# Folders of the repository, and where the wheel has them.
SHIPPED = {"generator/authscribe": "authscribe", "templates": "authscribe/templates", "schemes": "authscribe/schemes"}
# Hatchling adds the first three.
BESIDE = (".gitignore", "PKG-INFO", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md")


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the source distribution of the package."""
    return build_distribution("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


def read_wheel(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def read_sdist(path: Path) -> dict[str, bytes]:
    """Return the files of a source distribution; fail if it holds anything else, such as a link."""
    with tarfile.open(path) as archive:
        assert all(member.isfile() for member in archive)
        files = {member.name: archive.extractfile(member) for member in archive}
        return {name: file.read() for name, file in files.items() if file is not None}


def run(*command: str, cwd: Path | None = None) -> str:
    finished = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=500)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def test_the_wheel_contains_the_package_its_templates_and_its_definitions(wheel: Path) -> None:
    expected = {
        place + path.removeprefix(folder) for folder, place in SHIPPED.items() for path in list_project_files(folder)
    }
    assert {"authscribe/cli.py", "authscribe/py.typed", "authscribe/schemes/platforms/default.txt"} <= expected
    assert set(read_wheel(wheel)) == expected | {f"{NAME}.dist-info/{name}" for name in METADATA}


def test_the_source_distribution_contains_what_builds_the_wheel(sdist: Path) -> None:
    expected = {*BESIDE, *list_project_files(*SHIPPED)}
    assert set(read_sdist(sdist)) == {f"{NAME}/{path}" for path in expected}


def test_no_file_names_a_folder_of_the_machine(wheel: Path, sdist: Path) -> None:
    def find_paths(files: Mapping[str, bytes]) -> list[str]:
        return [name for name, data in files.items() if bytes(ROOT) in data or bytes(Path.home()) + b"/" in data]

    assert find_paths({"planted": f"#!{ROOT}/.venv/bin/python".encode()}) == ["planted"]
    assert find_paths(read_wheel(wheel)) == []
    assert find_paths(read_sdist(sdist)) == []


def test_the_source_distribution_builds_the_same_bytes_anywhere(
    wheel: Path, sdist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    source = tmp_path / NAME
    for path in source.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
        os.utime(path, (0, 0))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    for kind, path in (("wheel", wheel), ("sdist", sdist)):
        rebuilt = build_distribution(kind, source, tmp_path / kind)
        assert rebuilt.name == path.name
        assert rebuilt.read_bytes() == path.read_bytes()


def test_the_installed_command_works_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    environment, workspace = tmp_path / "environment", tmp_path / "workspace"
    # The pip of the tests installs into it: to set up one of its own takes as long as all the rest.
    venv.create(environment, with_pip=False)
    install = (sys.executable, "-m", "pip", "--python", str(environment), "install", "--quiet", "--no-compile")
    run(*install, "--require-hashes", "--requirement", str(ROOT / "requirements/package.txt"))
    run(*install, "--no-index", str(wheel))
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
