"""Set up the oldest and the newest Sphinx that the extension supports, from the environments of `make test-sphinx`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = Path(__file__).resolve().parent / "project"
ENVIRONMENTS = {
    "oldest": (
        ROOT / ".venv-sphinx-oldest",
        "Sphinx 4.5 needs a Python 3.9, and there is none (or run make test-sphinx)",
    ),
    "current": (ROOT / ".venv-sphinx", "run make test-sphinx"),
}


@dataclass(frozen=True)
class Built:
    code: int
    output: str
    folder: Path

    def page(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    @property
    def read(self) -> set[str]:
        """Return the pages that Sphinx has read in this build."""
        found = re.findall(r"reading sources\.\.\. \[ *\d+%\] ([\w./-]+)", self.output)
        return set(found)


@dataclass(frozen=True)
class Sphinx:
    """`sphinx-build`, with the extension as users install it: from the wheel."""

    environment: Path
    installed: Path

    def build(self, source: Path, *options: str, builder: str = "html", strict: bool = True) -> Built:
        out = source.parent / f"{source.name}-{builder}"
        flags = ["-N", "-n", *(["-W", "--keep-going"] if strict else [])]
        # Sphinx keeps a log of an error in the folder for temporary files.
        own = {"PYTHONPATH": str(self.installed), "TMPDIR": str(source.parent)}
        finished = subprocess.run(
            [self.environment / "bin" / "python", "-m", "sphinx", *flags, "-b", builder, *options, source, out],
            env={**os.environ, **own},
            capture_output=True,
            check=False,
            timeout=120,
        )
        return Built(finished.returncode, (finished.stdout + finished.stderr).decode(), out)


@pytest.fixture(scope="session", params=ENVIRONMENTS)
def sphinx(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Sphinx:
    environment, reason = ENVIRONMENTS[request.param]
    if not (environment / ".installed").is_file():
        pytest.skip(reason)
    target = tmp_path_factory.mktemp(request.param)
    options = ["--quiet", "--no-deps", "--ignore-requires-python", "--no-index", "--target", target]
    command = [sys.executable, "-m", "pip", "install", *options, wheel]
    subprocess.run(command, check=True, capture_output=True)
    return Sphinx(environment, target)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROJECT, tmp_path / "project"))
