"""Test that a target outside of authscribe, built on `authscribe.plugin_api` alone, does what the built-in one does."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from stub_files import build_stubs, read_awkward, read_catalogue
from support import ROOT, beside, find_cases, install, run, tree

from authscribe.findings.finding import DefinitionError
from authscribe.model.catalogue import Catalogue

OUTSIDE = "outside-compose"
PLUGINS = ROOT / "tests" / "plugins"
CONNECTOR = """
schemes:
  - id: wave
    kind: api_key
    required:
      - name: api_key
      - {name: hint, optional: true}
    parameters:
      - {name: region, default: eu}
connectors:
  - {id: tide, scheme: wave}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the package is installed in."""
    return install("compose", tmp_path_factory.mktemp("site"))


@pytest.mark.once
@pytest.mark.parametrize("module", sorted(PLUGINS.rglob("*.py")), ids=lambda path: path.relative_to(PLUGINS).as_posix())
def test_a_plugin_imports_nothing_else(module: Path) -> None:
    assert set(list_foreign_imports(ast.parse(module.read_text()))) <= {"authscribe.plugin_api"}


def test_another_import_is_found() -> None:
    tree = ast.parse("import json\nfrom authscribe.model import naming\nimport authscribe.cli")
    assert [*list_foreign_imports(tree)] == ["authscribe.model", "authscribe.cli"]


def test_it_gives_the_same_bytes_for_all_definitions(installed: Path) -> None:
    catalogues = [read_catalogue(), read_awkward(), *read_cases()]
    assert len(catalogues) > 300
    with beside(installed):
        for catalogue in catalogues:
            own = build_stubs(catalogue, "compose")
            outside = build_stubs(catalogue, OUTSIDE)
            assert outside == {f"outside-{path}": text for path, text in own.items()}


def test_it_has_the_same_options(tmp_path: Path, installed: Path) -> None:
    options = 'source = "environment"\nfolder = "keys"\n'
    for name in ("compose", OUTSIDE):
        write_workspace(tmp_path / name, f'targets = ["{name}"]\n[options.{name}]\n{options}')
        with beside(installed):
            assert run("generate", cwd=tmp_path / name).code == 0
    own, outside = (tree(tmp_path / name / "output" / name) for name in ("compose", OUTSIDE))
    assert own == outside != {}
    assert b"environment: TIDE_API_KEY" in own["connectors/tide/compose.yaml"]


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        (
            'source = "vault"',
            "4:10: error[wrong-value] invalid value for 'source': input should be 'file' or 'environment'",
        ),
        (
            'folder = "a b"',
            "4:10: error[wrong-value] invalid value for 'folder': 'a b' does not have the required form; ",
        ),
        ("folder = 7", "4:10: error[wrong-value] invalid value for 'folder': input should be a string"),
        ('foldr = "x"', "4:1: error[unknown-key] unknown key 'foldr'"),
    ],
)
def test_a_wrong_option_is_one_finding_with_its_place(
    options: str, refusal: str, tmp_path: Path, installed: Path
) -> None:
    write_workspace(tmp_path, f'targets = ["{OUTSIDE}"]\n[options.{OUTSIDE}]\n{options}\n')
    with beside(installed):
        outcome = run("generate", "--output-format", "concise", cwd=tmp_path)
    assert (outcome.code, outcome.stdout.count("\n")) == (2, 1)
    assert outcome.stdout.startswith(f"authscribe.toml:{refusal}")
    own = run("generate", "--output-format", "concise", cwd=rename(tmp_path))
    assert own.stdout == outcome.stdout


def rename(workspace: Path) -> Path:
    """Let a workspace use the built-in target instead."""
    file = workspace / "authscribe.toml"
    file.write_text(file.read_text().replace(OUTSIDE, "compose"))
    return workspace


def write_workspace(folder: Path, configuration: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "s.yaml").write_text(CONNECTOR)
    (folder / "authscribe.toml").write_text(f'sources = ["s.yaml"]\n{configuration}')


def read_cases() -> Iterator[Catalogue]:
    """Yield the catalogues of all cases whose definitions can be used."""
    for case in find_cases():
        try:
            catalogue = read_catalogue(case / "in")
        except DefinitionError:
            continue
        yield catalogue


def list_foreign_imports(tree: ast.Module) -> Iterator[str]:
    """Yield the modules that are imported from outside of the standard library."""
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        yield from (name for name in names if name.partition(".")[0] not in sys.stdlib_module_names)
