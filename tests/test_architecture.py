"""Enforce the direction of imports between the packages, and the one door of each library.

A package may import what stands to its left in `ORDER`, apart from the `BANS`. Modules at the root count as packages.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from authscribe.runtime.package_files import find_schemes_folder, read_default_platform

pytestmark = pytest.mark.once

PACKAGE = Path(__file__).resolve().parent.parent / "generator" / "authscribe"

ORDER = (
    "findings", "runtime", "model", "encoders", "readers", "edits", "resolve", "workspace", "connectors", "lint", "adopt",
    "targets", "changes", "build", "drift", "scaffold", "catalogue", "pages", "sync", "report", "pipeline", "commands",
    "click_types", "cli",
)  # fmt: skip
BANS = {
    "readers": {"encoders"},
    "targets": {"readers", "resolve", "workspace", "connectors"},
    "build": {"connectors", "lint"},
    "drift": {"connectors", "lint"},
    "pages": {"resolve", "workspace"},
    "sync": {"resolve", "workspace", "connectors"},
    "report": {"readers", "resolve"},
}
ROOT_MODULES = {"__main__", "adopt", "cli", "click_types", "pipeline", "plugin_api", "scaffold", "sphinxext"}
# The root package is empty; the others are for people outside the package, and nothing in it imports them.
OUTSIDE = {"", "__main__", "plugin_api", "sphinxext"}
# Each library and the modules that may import it: replacing one is editing these.
DOORS = {
    "black": {"build.formatting"},
    "click": {"cli", "click_types"},
    "docutils": {*(f"readers.pages.rst.{name}" for name in ("converter", "effort", "inline", "page", "permissive", "places")), "sphinxext"},
    "dulwich": {"connectors.git_repository"},
    # Connector templates and Airbyte's manifests are written in Jinja: that is their language, not our choice.
    "jinja2": {
        "build.bytecode", "build.templates", "connectors.template_language", "readers.foreign.airbyte.addresses",
        "readers.foreign.airbyte.expressions", "readers.foreign.airbyte.templates",
    },
    "markdown_it": {f"readers.pages.markdown.{name}" for name in ("converter", "inline", "tokens")},
    "mdit_py_plugins": {"readers.pages.markdown.converter"},
    "multiprocessing": {"runtime.pool"},
    "pathspec": {"workspace.ignored", "workspace.owned_files", "workspace.patterns"},
    "platformdirs": {"runtime.cache"},
    "pydantic": {
        "commands.list", "commands.query", "commands.schema", "commands.show", "drift.lock_schema", "drift.lockfile",
        "model.definitions", "model.platform", "model.strict", "model.validation", "resolve.resolver",
    },
    "pydantic_core": {"encoders.json", "model.strict", "model.validation"},
    # Patterns are checked in the dialect of JSON Schema too.
    "regress": {"model.patterns"},
    "concurrent": {"runtime.pool"},
    "rich": {"report.text", "runtime.progress"},
    "sphinx": {"sphinxext"},
    "sqlite3": {"runtime.cache"},
    "yaml": {"readers.syntax.yaml"},
}  # fmt: skip


Statement = ast.Import | ast.ImportFrom


def list_statements(tree: ast.Module) -> list[Statement]:
    return [node for node in ast.walk(tree) if isinstance(node, Statement)]


@cache
def read_modules() -> dict[str, list[Statement]]:
    """Return the import statements of each module of the package, by its name inside the package."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = list_statements(ast.parse(path.read_text()))
    return found


def list_imports(statements: list[Statement], modules: Collection[str]) -> set[str]:
    """Return every imported module by its full name, with names imported from packages resolved to modules."""
    names: set[str] = set()
    for node in statements:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif node.module:
            inner = {f"{node.module}.{alias.name}".removeprefix("authscribe.") for alias in node.names}
            own = inner & set(modules)
            names |= {f"authscribe.{name}" for name in own}
            if len(own) < len(node.names):
                names.add(node.module)
    return names


def own_imports(planted: Mapping[str, str] | None = None) -> dict[str, set[str]]:
    """Return the modules of the package that each module imports, with planted modules beside them."""
    plants = {name: list_statements(ast.parse(text)) for name, text in (planted or {}).items()}
    modules = {**read_modules(), **plants}
    return {
        name: {
            imported.removeprefix("authscribe").removeprefix(".")
            for imported in list_imports(statements, modules)
            if imported.split(".")[0] == "authscribe"
        }
        for name, statements in modules.items()
    }


def find_wrong_imports(imports: dict[str, set[str]]) -> Iterator[str]:
    """Yield each import that goes upwards, or that a ban forbids."""
    for module, targets in sorted(imports.items()):
        package = module.split(".")[0]
        for target in sorted(targets):
            other = target.split(".")[0]
            if other == package or package in OUTSIDE:
                continue
            if other not in ORDER:
                yield f"{module} imports {target}, which is for people outside the package"
                continue
            if ORDER.index(other) > ORDER.index(package):
                yield f"{module} imports {target}, which stands to its right"
            elif other in BANS.get(package, ()):
                yield f"{module} imports {target}, which is banned"


def find_cycle(imports: dict[str, set[str]]) -> set[str]:
    """Return the modules that are on a cycle of imports, or that import one that is."""
    done: set[str] = set()
    while free := {module for module in imports if module not in done and imports[module] - {module} <= done}:
        done |= free
    return set(imports) - done


def test_imports_go_from_right_to_left() -> None:
    assert [*find_wrong_imports(own_imports())] == []


def test_there_is_no_cycle() -> None:
    assert find_cycle(own_imports()) == set()


@pytest.mark.parametrize(
    ("module", "line", "problem"),
    [
        ("findings.planted", "from authscribe.report import model", "to its right"),
        ("targets.planted", "def f():\n    from authscribe.resolve.merge import merge_maps", "banned"),
        ("commands.planted", "from authscribe.plugin_api import Draft", "outside"),
        ("resolve.planted", "from authscribe.model.draft import Draft", None),
    ],
)
def test_a_planted_import_is_found(module: str, line: str, problem: str | None) -> None:
    found = [*find_wrong_imports(own_imports({module: line}))]
    assert len(found) == (problem is not None)
    assert problem is None or (found[0].startswith(module) and problem in found[0])


def test_a_planted_cycle_is_found() -> None:
    planted = {
        "resolve.one": "from authscribe.resolve import other",
        "resolve.other": "from authscribe.resolve.one import thing",
    }
    assert find_cycle(own_imports(planted)) == {"resolve.one", "resolve.other"}


def test_only_the_listed_modules_lie_at_the_root() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} == {"__init__", *ROOT_MODULES}


def test_no_module_knows_the_default_platform_by_name() -> None:
    name = read_default_platform()
    profile = find_schemes_folder() / "platforms" / f"{name}.yaml"
    assert name in profile.read_text()
    users = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if name in path.read_text().lower()}
    assert users == set()


def test_each_library_has_its_doors() -> None:
    users: dict[str, set[str]] = defaultdict(set)
    for module, statements in read_modules().items():
        for name in list_imports(statements, read_modules()):
            users[name.split(".")[0]].add(module)
    # `_typeshed` is known to type checkers alone.
    assert users.keys() - {*sys.stdlib_module_names, "authscribe", "_typeshed"} <= DOORS.keys()
    assert {library: users[library] for library in DOORS} == DOORS


def test_init_files_of_packages_are_empty_unless_they_are_a_reader() -> None:
    filled = {
        path.parent.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*/__init__.py") if path.stat().st_size
    }
    assert filled == {
        f"readers/foreign/{name}"
        for name in ("airbyte", "mcp", "meltano", "n8n", "nango", "openapi", "postman", "power_platform")
    }


@pytest.mark.parametrize("module", ["", "sphinxext"])
def test_the_sphinx_extension_runs_inside_of_an_old_sphinx(module: str) -> None:
    path = PACKAGE / f"{module or '__init__'}.py"
    tree = ast.parse(path.read_text(), feature_version=(3, 9))
    imported = {name.split(".")[0] for name in list_imports(list_statements(tree), ())}
    assert imported <= {*sys.stdlib_module_names, "docutils", "sphinx"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Match)]
