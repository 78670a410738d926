from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from support import ROOT, authscribe, run, tree

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
