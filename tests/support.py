from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Outcome:
    code: int
    stdout: str
    stderr: str


def authscribe(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> Outcome:
    """The tool as its users start it: a process of its own."""
    finished = subprocess.run(
        [sys.executable, "-m", "authscribe", *arguments],
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1", **(env or {})},
        capture_output=True,
        check=False,
        timeout=60,
    )
    return Outcome(finished.returncode, finished.stdout.decode(), finished.stderr.decode())


def forget(package: str) -> None:
    """Lets the next import of a package find it anew, since other tests generate packages of the same name."""
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        del sys.modules[name]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below the folder by its path, with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
