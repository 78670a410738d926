"""The digest of the installation changes with every file of it, though these are not read in each run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from authscribe.runtime import installation
from authscribe.runtime.package_files import find_schemes_folder, find_templates_folder

PACKAGE = Path(installation.__file__).parents[1]
IDENTIFY = "from authscribe.runtime.installation import identify_build; print(identify_build())"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the tool that has not changed for more than a second."""
    sources = {"generator": PACKAGE.parent, "templates": find_templates_folder(), "schemes": find_schemes_folder()}
    for name, folder in sources.items():
        shutil.copytree(folder, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    time.sleep(1.1)
    return tmp_path


def identify(copy: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(copy / "generator"), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-c", IDENTIFY]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def find_kept(copy: Path) -> Path:
    (kept,) = (copy / "generator/authscribe/runtime/__pycache__").glob("build.digest.*")
    return kept


@pytest.mark.parametrize("path", ["generator/authscribe/model/naming.py", "templates/docs/connector.md.jinja"])
def test_an_edit_is_noticed_that_keeps_size_and_time(copy: Path, path: str) -> None:
    first = identify(copy)
    assert find_kept(copy).exists()
    assert identify(copy) == first
    file = copy / path
    status, content = file.stat(), file.read_bytes()
    file.write_bytes(content[:-1] + b" ")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert identify(copy) != first
    file.write_bytes(content)
    assert identify(copy) == first


def test_files_are_read_if_the_digest_is_damaged(copy: Path) -> None:
    first = identify(copy)
    kept = find_kept(copy)
    content = kept.read_bytes()
    for damaged in (b"", content[:80], content.replace(b"\n", b"\nx")):
        kept.write_bytes(damaged)
        assert identify(copy) == first
        assert kept.read_bytes() == content


def test_nothing_is_kept_of_files_that_may_change_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    folder = Path(cache_from_source(installation.__file__)).parent
    folder.mkdir(parents=True)
    with monkeypatch.context() as clock:
        clock.setattr(time, "time_ns", lambda: 0)
        installation.identify_build.__wrapped__()
    assert not list(folder.iterdir())


def test_nothing_is_left_of_a_file_that_cannot_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    folder = Path(cache_from_source(installation.__file__)).parent
    folder.mkdir(parents=True)
    installation.keep("a", b"content")
    (kept,) = folder.iterdir()
    assert installation.read_kept("a") == b"content"
    kept.unlink()
    kept.mkdir()
    installation.keep("a", b"content")
    assert [*folder.iterdir()] == [kept]
