"""Find the tools that `make test-tools` installs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support import ROOT

TOOLS = ROOT / ".venv-tools"

FindTool = Callable[[str], Path]


@pytest.fixture(scope="session")
def find_tool() -> FindTool:
    """Return a function that finds a tool by its path in the environment, and skips the test without it."""

    def find(path: str) -> Path:
        if not (TOOLS / path).exists():
            pytest.skip(f"{Path(path).name} is not installed (make test-tools)")
        return TOOLS / path

    return find
