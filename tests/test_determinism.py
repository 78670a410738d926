from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from support import ROOT, authscribe, run, run_tool, tree

# Names with a meaning in some versions of Python only, and letters that are spelled in ASCII.
NAMES = """\
schemes:
  - id: words
    required: [{name: type}, {name: match}, {name: case}, {name: class, names: {python: f_class}}, {name: Łódź}, {name: größeMaximal}]
    injected: [{name: type, origin: {source: copied, required: type}}]
    parameters: [{name: lazy, type: number, default: 1.0e-7}, {name: Ærø, default: "\\u2028 straße"}]
connectors:
  - {id: all, scheme: words}
"""
PAGE = """\
Straße Łódź
===========

Required secrets:

============ ==================
Property     Description
============ ==================
``type``     The kind, 漢字.
``Ærø``      The island.
============ ==================
"""
SOURCES = ("schemes/authentication-schemes.rst", "schemes/refinements.yaml", "schemes/connectors")


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("first")
    outcome = generate(folder, SOURCES)
    assert outcome == 0
    return tree(folder / "out")


def generate(
    folder: Path, sources: tuple[str, ...], cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> int:
    shutil.copytree(ROOT / "schemes", folder / "schemes")
    named = [part for source in sources for part in ("--source", str(folder / source) if cwd else source)]
    out = str(folder / "out") if cwd else "out"
    # Only a process of its own begins with another seed or locale.
    start = run if env is None else authscribe
    return start("generate", *named, "--out-dir", out, cwd=cwd or folder, env=env).code


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "2"},
        {"LC_ALL": "C", "PYTHONUTF8": "0"},
        {"LC_ALL": "C.UTF-8", "TZ": "Pacific/Auckland"},
        {"COLUMNS": "40", "FORCE_COLOR": "1", "NO_COLOR": ""},
    ],
    ids=lambda env: " ".join(f"{name}={value}" for name, value in env.items()),
)
def test_surroundings_do_not_matter(tmp_path: Path, expected: dict[str, bytes], env: dict[str, str]) -> None:
    assert generate(tmp_path, SOURCES, env=env) == 0
    assert tree(tmp_path / "out") == expected


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_the_python_does_not_matter(tmp_path: Path, version: str) -> None:
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        pytest.skip(f"Python {version} runs this test")
    python = ROOT / f".venv-python-{version}" / "bin" / "python"
    if not python.exists():
        pytest.skip(f"there is no Python {version} (or run make test-pythons)")
    (tmp_path / "s.yaml").write_text(NAMES)
    (tmp_path / "s.rst").write_text(PAGE)
    shutil.copytree(ROOT / "schemes", tmp_path / "schemes")
    for sources in (SOURCES, ("s.yaml",), ("s.rst",)):
        command = ["generate", "--no-cache", *(part for source in sources for part in ("--source", source))]
        assert run(*command, "--out-dir", "here", "--exit-zero", cwd=tmp_path).code == 0
        other = (python, "-m", "authscribe", *command, "--out-dir", "there", "--exit-zero")
        assert run_tool(other, tmp_path)[0] == 0
        assert tree(tmp_path / "here") == tree(tmp_path / "there")
        shutil.rmtree(tmp_path / "here")
        shutil.rmtree(tmp_path / "there")


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1:strict"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=lambda env: " ".join(f"{name}={value}" for name, value in env.items()),
)
def test_redirected_output_is_utf_8(tmp_path: Path, env: dict[str, str]) -> None:
    (tmp_path / "s.yaml").write_text("schemes:\n  - id: foo\n    kind: größe\n", encoding="utf-8")
    checked = authscribe("check", "--source", "s.yaml", "--out-dir", "out", cwd=tmp_path, env=env)
    assert checked.code == 2
    assert "'größe'" in checked.stdout
    assert "    kind: größe\n" in checked.stdout.replace("3 |", "")
    wrong = authscribe("list", "größe", cwd=tmp_path, env=env)
    assert wrong.code == 2
    assert "Traceback" not in wrong.stderr


def test_a_terminal_without_a_character_shows_its_escape(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("schemes:\n  - id: foo\n    kind: größe Ł\n", encoding="utf-8")
    reader, writer = os.openpty()
    command = [sys.executable, "-m", "authscribe", "check", "--source", "s.yaml", "--out-dir", "out"]
    env = {**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "latin-1", "TERM": "dumb"}
    finished = subprocess.run(command, cwd=tmp_path, env=env, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    shown = os.read(reader, 100_000)
    os.close(reader)
    assert (finished.returncode, finished.stderr) == (2, b"")
    assert "größe \\u0141".encode("latin-1") in shown


def test_the_order_of_the_sources_does_not_matter(tmp_path: Path, expected: dict[str, bytes]) -> None:
    assert generate(tmp_path, tuple(reversed(SOURCES))) == 0
    assert tree(tmp_path / "out") == expected


def test_the_working_directory_does_not_matter(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, expected: dict[str, bytes]
) -> None:
    assert generate(tmp_path, SOURCES, cwd=tmp_path_factory.mktemp("elsewhere")) == 0
    assert tree(tmp_path / "out") == expected


def test_the_committed_output_is_what_the_definitions_produce() -> None:
    outcome = run("check", cwd=ROOT)
    assert outcome.code == 0, outcome.stdout


def test_the_generated_page_reads_back_as_the_same_schemes(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "output" / "docs" / "rst", tmp_path / "rst")
    (tmp_path / "selectors.yaml").write_text("refine: []\n")
    page = "rst/authentication-schemes.rst"
    again = run("generate", "--source", page, "--out-dir", "out", "--target", "docs", cwd=tmp_path)
    assert again.code == 0, again.stdout
    for table in sorted((ROOT / "output/docs/rst/tables").iterdir()):
        assert (tmp_path / "out/docs/rst/tables" / table.name).read_bytes() == table.read_bytes()
