"""Everything generated from documents of other systems compiles, imports, is typed, and masks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
import yaml
from masks import check_masks
from support import find_cases, parse_rst, run

FORMATS = ("airbyte", "meltano", "mcp", "n8n", "postman")


def of_cases(folder: Path) -> None:
    """Copy the documents of the cases, each to a folder of its own, since connectors are named after folders."""
    for case in (case for name in FORMATS for case in find_cases(f"read/{name}")):
        if "mistakes" not in case.name:
            for path in (p for p in (case / "in").rglob("*") if p.is_file()):
                (folder / case.name).mkdir(parents=True, exist_ok=True)
                shutil.copy(path, folder / case.name / f"{case.name}-{path.name}")


def check_output(source: Path, folder: Path, check_types: Callable[[Path], None], *, secrets: int) -> None:
    outcome = run("generate", "--source", str(source), "--out-dir", "out", "--exit-zero", cwd=folder)
    assert outcome.code == 0, outcome.stdout
    python = folder / "out" / "python"
    assert check_masks(python) >= secrets
    check_types(python)
    for path in (folder / "out").rglob("*"):
        if path.suffix == ".json":
            json.loads(path.read_text())
        elif path.suffix in (".yaml", ".yml"):
            yaml.safe_load(path.read_text())
        elif path.suffix == ".rst" and path.stem != "index":
            assert page_warnings(path) == ""


def page_warnings(path: Path) -> str:
    """Return the warnings of docutils about a page, apart from those about a role of Sphinx."""
    stream = StringIO()
    parse_rst(path.read_text().replace(":ref:`", "`"), warning_stream=stream)
    return stream.getvalue()


def test_everything_made_from_the_cases_works(tmp_path: Path, check_types: Callable[[Path], None]) -> None:
    of_cases(tmp_path / "in")
    check_output(tmp_path / "in", tmp_path, check_types, secrets=30)


@pytest.mark.parametrize(("catalogue", "secrets"), [("airbyte", 0), ("meltano", 81 * 2)])
def test_everything_made_from_the_corpus_works(
    corpus: Path, tmp_path: Path, check_types: Callable[[Path], None], catalogue: str, secrets: int
) -> None:
    check_output(corpus / "catalogues" / catalogue, tmp_path, check_types, secrets=secrets)
