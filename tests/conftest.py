from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings
from support import ROOT, build_distribution

# A machine may be slow: tests assert no times. In CI every run tries the same examples, so that a change is not refused
# for what another one did; runs on a desk explore.
settings.register_profile("authscribe", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("authscribe")

# Runs keep compiled modules and templates, as they do for users, even if the shell asks Python for none.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The collector took a third of the time of the suite; see also `pytest_collection_finish`.
gc.set_threshold(10_000, 20, 50)

HAS_BROWSER = find_spec("playwright") is not None
# To look for tests in the thousands of folders of the cases takes long.
collect_ignore = ["cases", *([] if HAS_BROWSER else ["browser"])]


def pytest_report_header() -> list[str]:
    return [] if HAS_BROWSER else ["browser tests: left out, playwright is not installed (make test-browser)"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the expected results of the cases")


def pytest_collection_finish() -> None:
    """Exempt all modules and tests from garbage collection, since they live as long as the process."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    wanted = bool(request.config.getoption("--update-golden"))
    if wanted and os.environ.get("CI"):
        pytest.fail("expected results are renewed on a desk and reviewed, never in CI")
    return wanted


@pytest.fixture(autouse=True, scope="session")
def _own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the developer's settings and the results of earlier runs out of the tests."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name in list(os.environ):
            if name.startswith("AUTHSCRIBE_") and name != "AUTHSCRIBE_CORPUS":
                monkeypatch.delenv(name)
        monkeypatch.setenv("AUTHSCRIBE_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of the package."""
    return build_distribution("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def mypy(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Return the command that checks types; it reads pydantic for the first check only."""
    return (sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path_factory.mktemp("mypy")))


@pytest.fixture(scope="session")
def check_types(mypy: tuple[str, ...]) -> Callable[[Path], None]:
    """Return a check of the types in a generated package."""

    def check(folder: Path) -> None:
        finished = subprocess.run([*mypy, "connector_auth"], cwd=folder, capture_output=True, text=True, check=False)
        assert finished.returncode == 0, finished.stdout + finished.stderr

    return check


@pytest.fixture(scope="session")
def corpus() -> Path:
    folder = Path(os.environ.get("AUTHSCRIBE_CORPUS", ROOT.parent / "shared" / "corpus"))
    if not folder.is_dir():
        pytest.skip(f"the corpus is not here: {folder} (set AUTHSCRIBE_CORPUS)")
    return folder
