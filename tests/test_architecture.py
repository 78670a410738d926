"""Who may import whom, and which library has which door. A new edge is a line here."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "generator" / "authscribe"

# Each module and the modules of ours that it may import. An architecture without cycles reads downwards.
MAY_IMPORT = {
    "": set(),
    "finding": set(),
    "rules": {"finding"},
    "explanations.connectors": {"explanations.page"},
    "explanations.definitions": {"explanations.page"},
    "explanations.page": set(),
    "mistakes": {"finding", "rules"},
    "explanations": {"explanations.connectors", "explanations.definitions", "explanations.page", "rules"},
    "plugins": {"finding", "mistakes"},
    "naming": set(),
    "draft": {"finding"},
    "files": {"content", "finding"},
    "placement": {"naming"},
    "forms": set(),
    "closed": {"forms"},
    "models": {"closed", "forms", "naming"},
    "contract": {"models", "placement"},
    "validation": {"draft", "finding", "mistakes"},
    "merge": {"draft"},
    "agreement": {"draft", "finding", "merge"},
    "checks": {"contract", "draft", "finding", "merge", "mistakes", "models", "naming", "placement"},
    "resolve": {"agreement", "checks", "draft", "finding", "merge", "mistakes", "models", "naming", "validation"},
    "readers": {"draft", "finding", "mistakes", "plugins", "readers.external", "readers.layout"},
    "readers.external": {"draft", "finding", "plugins"},
    "readers.airbyte": {
        "draft", "finding", "mistakes", "naming", "readers.airbyte.advanced", "readers.airbyte.authenticators",
        "readers.airbyte.manifest", "readers.airbyte.mechanism", "readers.airbyte.specification",
        "readers.airbyte.templates", "readers.foreign", "readers.settings",
    },
    "readers.airbyte.advanced": {
        "draft", "finding", "readers.airbyte.specification", "readers.airbyte.templates", "readers.foreign",
        "readers.settings",
    },
    "readers.airbyte.authenticators": {
        "draft", "readers.airbyte.manifest", "readers.airbyte.mechanism", "readers.airbyte.templates",
        "readers.airbyte.tokens", "readers.settings",
    },
    "readers.airbyte.manifest": {"draft", "readers.airbyte.templates", "readers.foreign"},
    "readers.airbyte.mechanism": {
        "draft", "finding", "readers.airbyte.manifest", "readers.airbyte.templates", "readers.foreign",
        "readers.settings",
    },
    "readers.airbyte.specification": {"draft", "finding", "readers.foreign", "readers.settings"},
    "readers.airbyte.expressions": set(),
    "readers.airbyte.templates": {"readers.airbyte.expressions"},
    "readers.airbyte.tokens": {
        "draft", "readers.airbyte.manifest", "readers.airbyte.mechanism", "readers.airbyte.templates",
        "readers.foreign", "readers.settings",
    },
    "readers.foreign": {"draft", "finding"},
    "readers.meltano": {"draft", "finding", "mistakes", "naming", "readers.foreign", "readers.settings"},
    "readers.settings": {"draft", "finding", "naming", "readers.foreign"},
    "readers.openapi": {
        "draft", "finding", "forms", "mistakes", "naming", "readers.foreign", "readers.openapi.methods",
        "readers.openapi.servers",
    },
    "readers.openapi.components": {"draft", "finding", "mistakes", "placement", "readers.foreign"},
    "readers.openapi.methods": {
        "draft", "finding", "mistakes", "naming", "readers.foreign", "readers.openapi.components",
        "readers.openapi.requirements", "readers.openapi.scheme", "readers.settings",
    },
    "readers.openapi.requirements": {"draft", "finding"},
    "readers.openapi.scheme": {
        "draft", "finding", "readers.foreign", "readers.openapi.components", "readers.settings",
    },
    "readers.openapi.servers": {"draft", "finding", "mistakes", "readers.foreign", "readers.settings"},
    "readers.power_platform": {
        "draft", "finding", "mistakes", "naming", "readers.foreign", "readers.openapi",
        "readers.openapi.methods", "readers.power_platform.connection", "readers.power_platform.policies",
        "readers.power_platform.scheme", "readers.settings",
    },
    "readers.power_platform.connection": {
        "draft", "finding", "mistakes", "readers.foreign", "readers.power_platform.login", "readers.settings",
    },
    "readers.power_platform.login": {"draft", "finding", "mistakes", "readers.foreign", "readers.settings"},
    "readers.power_platform.policies": {"draft", "finding", "readers.foreign"},
    "readers.power_platform.scheme": {
        "draft", "finding", "mistakes", "naming", "placement", "readers.foreign", "readers.openapi.components",
        "readers.power_platform.connection", "readers.power_platform.policies", "readers.settings",
    },
    "readers.source": {"finding", "mistakes"},
    "readers.layout": {"draft", "finding", "mistakes"},
    "readers.nango": {
        "draft", "finding", "mistakes", "naming", "readers.foreign", "readers.nango.aliases", "readers.nango.modes",
        "readers.nango.provider", "readers.nango.scope",
    },
    "readers.nango.aliases": {"draft", "finding", "mistakes"},
    "readers.nango.fields": {
        "draft", "readers.foreign", "readers.nango.modes", "readers.nango.requests", "readers.nango.scope",
    },
    "readers.nango.modes": set(),
    "readers.nango.provider": {
        "draft", "finding", "naming", "placement", "readers.foreign", "readers.nango.fields", "readers.nango.modes",
        "readers.nango.requests", "readers.nango.scope", "readers.nango.templates",
    },
    "readers.nango.requests": {
        "draft", "finding", "readers.foreign", "readers.nango.modes", "readers.nango.scope",
        "readers.nango.templates",
    },
    "readers.nango.scope": {
        "draft", "finding", "readers.foreign", "readers.nango.modes", "readers.nango.templates",
    },
    "readers.nango.templates": set(),
    "readers.prose": {"naming"},
    "readers.pages": {"draft", "finding", "mistakes", "readers.prose", "readers.sections"},
    "readers.rst": {"draft", "finding", "mistakes", "readers.pages", "readers.sections", "readers.source"},
    "readers.sections": {"finding"},
    "readers.yaml": {"draft", "finding", "mistakes", "readers.source"},
    "readers.json": {"draft", "finding", "mistakes", "readers.source"},
    "readers.toml": {"draft", "finding", "mistakes", "readers.source"},
    "connectors.snapshot": {"connectors.spelling", "draft", "finding"},
    "connectors.definition": {"connectors.snapshot", "connectors.spelling", "draft", "finding", "models"},
    "connectors": set(),
    "connectors.expansion": {"connectors.spelling", "models"},
    "connectors.mistakes": {"finding", "mistakes"},
    "connectors.reader": {
        "connectors.expansion", "connectors.mistakes", "connectors.snapshot", "connectors.spelling",
        "connectors.trees", "draft", "finding", "mistakes", "models", "readers.json", "readers.source",
    },
    "connectors.spelling": {"finding", "models"},
    "connectors.trees": {"connectors.mistakes", "finding", "mistakes", "readers.source"},
    "resources": set(),
    "targets.parts": {"files", "models"},
    "parallel": {"finding", "mistakes"},
    "cache": {"resources"},
    "config": {"finding", "forms"},
    "config_file": {
        "config", "draft", "encoders", "finding", "mistakes", "readers.source", "readers.toml", "validation",
    },
    "workspace": {
        "cache", "config", "config_file", "finding", "mistakes", "plugins", "readers", "readers.source", "resources",
    },
    "lint": {
        "finding", "lint.addresses", "lint.credentials", "lint.definitions", "lint.parameters", "lint.schemes",
        "lint.secrets", "lint.subject", "lint.templates",
    },
    "lint.values": {"checks", "contract", "draft", "finding", "merge", "mistakes", "models", "resolve"},
    "lint.addresses": {"connectors.mistakes", "draft", "finding", "lint.subject"},
    "lint.credentials": {
        "connectors.mistakes", "connectors.snapshot", "connectors.spelling", "finding", "lint.subject",
    },
    "lint.definitions": {"connectors.mistakes", "contract", "draft", "finding", "lint.subject", "models"},
    "lint.judgement": {
        "closed", "config", "connectors.mistakes", "draft", "encoders", "finding", "mistakes", "readers.json",
        "resolve", "rules", "validation",
    },
    "lint.parameters": {"connectors.mistakes", "connectors.spelling", "finding", "lint.subject", "naming"},
    "lint.rename": {"naming"},
    "lint.schemes": {
        "connectors.mistakes", "draft", "finding", "lint.addresses", "lint.subject", "mistakes", "models",
    },
    "lint.secrets": {"connectors.mistakes", "connectors.snapshot", "finding", "lint.rename", "lint.subject"},
    "lint.subject": {
        "connectors.snapshot", "connectors.spelling", "contract", "draft", "finding", "models", "placement",
        "resolve",
    },
    "lint.templates": {"connectors.mistakes", "draft", "finding", "lint.subject"},
    "targets": {
        "files", "finding", "mistakes", "models", "plugins", "targets.docs", "targets.parts", "targets.python",
        "targets.sesam",
    },
    "targets.docs": {"contract", "files", "models", "targets.parts"},
    "targets.python": {"contract", "files", "models", "naming", "targets.parts", "targets.python_views"},
    "targets.python_views": set(),
    "targets.sesam": {"contract", "files", "models", "placement", "targets.parts"},
    "encoders": {"naming"},
    "render": {"cache", "encoders", "files", "finding", "lock", "mistakes", "plugins", "resources"},
    "audit": set(),
    "formatting": {"audit", "content", "encoders", "files", "finding", "mistakes"},
    "lock": {"finding", "forms", "mistakes", "naming"},
    "content": {"lock"},
    "drift": {"content", "files", "lock"},
    "disk": {"finding", "lock", "mistakes"},
    "salvage": {"checks", "draft", "finding", "mistakes", "resolve"},
    "making": {
        "cache", "closed", "content", "contract", "files", "formatting", "lock", "models", "parallel", "plugins", "render",
        "report.progress", "targets",
    },
    "recall": {"cache", "disk", "finding", "lock", "plugins", "readers.source", "workspace"},
    "loading": {
        "cache", "draft", "finding", "lock", "parallel", "readers", "readers.source", "report.progress", "workspace",
    },
    "pipeline": {
        "content", "disk", "drift", "files", "finding", "formatting", "loading", "lock", "making", "mistakes",
        "models", "resolve", "salvage", "targets", "targets.parts", "workspace",
    },
    "changes": {"contract", "models"},
    "history": {
        "connectors.mistakes", "connectors.trees", "draft", "finding", "loading", "lock", "readers", "readers.source",
        "workspace",
    },
    "verbs.comparing": {
        "changes", "checks", "draft", "finding", "history", "loading", "mistakes", "pipeline", "report.model",
        "resolve", "verbs.output", "workspace",
    },
    "conversion": {"agreement", "draft", "merge"},
    "writing": {"encoders"},
    "verbs": set(),
    "verbs.converting": {
        "conversion", "draft", "encoders", "files", "finding", "formatting", "loading", "mistakes", "pipeline",
        "readers", "render", "report.model", "salvage", "targets.docs", "verbs.output", "workspace", "writing",
    },
    "verbs.answers": {
        "connectors.reader", "encoders", "finding", "lint.subject", "loading", "report.model", "resolve",
        "verbs.choice", "verbs.output", "workspace",
    },
    "verbs.choice": {"connectors.mistakes", "connectors.trees", "finding", "workspace"},
    "verbs.documenting": {
        "content", "disk", "drift", "files", "finding", "loading", "mistakes", "models", "pipeline", "readers.prose",
        "readers.source", "render", "report.model", "rewriting", "targets.docs", "verbs.output", "workspace",
    },
    "verbs.request": set(),
    "verbs.generating": {
        "finding", "recall", "report.model", "verbs.output", "verbs.producing", "verbs.request", "workspace",
    },
    "verbs.producing": {
        "adoption", "connectors.trees", "disk", "drift", "files", "finding", "loading", "lock", "mistakes", "models",
        "pipeline", "recall", "report.model", "resolve", "scaffolds", "targets", "targets.parts", "verbs.choice",
        "verbs.overview", "verbs.request", "workspace",
    },
    "verbs.linting": {
        "connectors.reader", "connectors.snapshot", "connectors.spelling", "connectors.trees", "finding", "lint",
        "lint.judgement", "lint.subject", "lint.templates", "lint.values", "loading", "mistakes", "parallel",
        "pipeline", "readers.source", "report.model", "report.progress", "resolve", "verbs.choice", "verbs.output",
        "workspace",
    },
    "verbs.listing": {
        "config", "contract", "encoders", "loading", "pipeline", "plugins", "rules", "targets", "targets.parts",
        "verbs.answers", "verbs.choice", "verbs.output", "verbs.overview", "workspace",
    },
    "verbs.output": {"finding", "readers.source", "report", "report.model"},
    "verbs.scaffolding": {
        "connectors.trees", "disk", "encoders", "finding", "loading", "report.model", "scaffolds", "verbs.output",
        "workspace",
    },
    "verbs.showing": {
        "adoption", "connectors.reader", "contract", "draft", "encoders", "finding", "inventory", "lint.subject",
        "loading", "mistakes", "models", "pipeline", "resolve", "verbs.answers", "verbs.output", "workspace",
    },
    "verbs.starter": {"config", "resources"},
    "report": {"report.model"},
    "report.gitlab": {"encoders", "finding", "report.model"},
    "report.junit": {"encoders", "finding", "report.model"},
    "report.sarif": {"drift", "encoders", "finding", "report.model", "rules"},
    "report.model": {"draft", "drift", "finding"},
    "report.text": {"content", "drift", "encoders", "finding", "report.model"},
    "report.concise": {"encoders", "report.model"},
    "report.github": {"encoders", "finding", "report.model"},
    "report.json": {"draft", "drift", "encoders", "finding", "report.model"},
    "report.schema": {"draft", "drift", "finding", "report.json"},
    "report.progress": set(),
    "rewriting": {
        "draft", "encoders", "files", "finding", "mistakes", "models", "readers.markdown", "readers.pages",
        "readers.prose", "readers.rst", "readers.sections", "rows", "tables",
    },
    "rows": {"encoders", "models", "readers.prose", "readers.sections", "tables.layout"},
    "tables": {"files", "tables.csv_table", "tables.drawn", "tables.layout", "tables.list_table", "tables.pipe"},
    "tables.csv_table": {"tables.layout"},
    "tables.drawn": {"tables.layout"},
    "tables.layout": set(),
    "tables.list_table": {"tables.layout"},
    "tables.pipe": {"tables.layout"},
    "readers.markdown": {"draft", "finding", "readers.pages", "readers.rst", "readers.sections", "readers.source"},
    "inventory": {
        "connectors.reader", "connectors.snapshot", "connectors.spelling", "contract", "finding", "lint.subject",
        "models", "naming",
    },
    "adoption": {
        "connectors.definition", "connectors.reader", "connectors.snapshot", "connectors.trees", "contract", "draft",
        "finding", "lint", "lint.credentials", "lint.secrets", "lint.subject", "loading", "lock", "mistakes",
        "pipeline", "workspace",
    },
    "scaffolds": {
        "closed", "connectors.mistakes", "connectors.trees", "contract", "draft", "files", "finding", "formatting",
        "loading", "mistakes", "models", "naming", "pipeline", "readers.json", "readers.source", "render",
        "targets.scaffold", "validation", "workspace",
    },
    "targets.scaffold": {
        "contract", "encoders", "files", "models", "naming", "placement", "targets.docs", "targets.python",
        "targets.sesam",
    },
    # Runs inside of other people's Sphinx, beside none of our dependencies, on Pythons that the rest does not know.
    "sphinxext": set(),
    "whereabouts": {"connectors.trees", "finding", "workspace"},
    "standing": {"finding", "inventory", "models", "whereabouts"},
    "survey": {
        "adoption", "connectors.reader", "connectors.trees", "draft", "drift", "finding", "inventory", "lint",
        "lint.judgement", "lint.subject", "lint.templates", "mistakes", "models", "naming", "resolve", "standing",
        "validation", "whereabouts", "workspace",
    },
    "targets.badge": {"standing", "targets.catalogue_document"},
    "targets.catalogue": {
        "contract", "encoders", "files", "models", "standing", "targets.badge", "targets.catalogue_document",
        "targets.catalogue_page", "targets.docs", "targets.parts", "whereabouts",
    },
    "targets.catalogue_page": {"models", "resources", "standing", "targets.badge", "targets.catalogue_document"},
    "targets.catalogue_document": {"finding", "forms", "inventory", "models", "standing"},
    "verbs.overview": {
        "connectors.trees", "drift", "files", "finding", "report.progress", "resolve", "survey", "targets.catalogue",
        "whereabouts", "workspace",
    },
    "schemas": {"config", "draft", "encoders", "lock", "models", "report.schema", "targets.catalogue_document"},
    "interpreter": set(),
    "cli": {
        "cache", "encoders", "explanations", "finding", "interpreter", "mistakes", "plugins", "rules", "scaffolds",
        "schemas", "verbs.comparing", "verbs.converting", "verbs.documenting", "verbs.generating", "verbs.linting",
        "verbs.listing", "verbs.output", "verbs.request", "verbs.scaffolding", "verbs.showing", "verbs.starter",
        "workspace",
    },
    "__main__": {"cli"},
}  # fmt: skip

DOORS = {
    "black": {"formatting"},
    "click": {"cli"},
    "docutils": {"readers.rst", "sphinxext"},
    "dulwich": {"connectors.trees"},
    # Templates of connectors are written in Jinja: that is their language, not our choice of a library.
    "jinja2": {"connectors.expansion", "render"},
    "markdown_it": {"readers.markdown"},
    "pathspec": {"history"},
    "mdit_py_plugins": {"readers.markdown"},
    "pydantic": {
        "closed", "forms", "lock", "models", "report.schema", "resolve", "schemas", "validation",
        "verbs.answers", "verbs.listing", "verbs.showing",
    },
    "platformdirs": {"cache"},
    "pydantic_core": {"encoders", "validation"},
    # Patterns are checked in the dialect of JSON Schema too.
    "regress": {"lint.values"},
    "multiprocessing": {"parallel"},
    "sqlite3": {"cache"},
    "concurrent": {"parallel"},
    "rich": {"report.progress", "report.text"},
    "sphinx": {"sphinxext"},
    "yaml": {"readers.yaml"},
}  # fmt: skip


def modules() -> dict[str, ast.Module]:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text())
    return found


MODULES = modules()


def imported(tree: ast.Module) -> set[str]:
    """Every imported module by its full name, with names imported from packages resolved to modules."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}".removeprefix("authscribe.") for alias in node.names}
            ours = inner & set(MODULES)
            names |= {f"authscribe.{name}" for name in ours}
            if len(ours) < len(node.names):
                names.add(node.module)
    return names


def test_the_table_knows_every_module() -> None:
    assert set(MAY_IMPORT) == set(MODULES)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_are_those_of_the_table(module: str) -> None:
    ours = {name.removeprefix("authscribe.") for name in imported(MODULES[module]) if name.startswith("authscribe.")}
    assert ours == MAY_IMPORT[module]


@pytest.mark.parametrize("library", sorted(DOORS))
def test_a_library_has_its_doors(library: str) -> None:
    users = {
        module for module, tree in MODULES.items() if any(name.split(".")[0] == library for name in imported(tree))
    }
    assert users == DOORS[library]


@pytest.mark.parametrize("module", ["", "sphinxext"])
def test_the_sphinx_extension_runs_inside_of_an_old_sphinx(module: str) -> None:
    path = PACKAGE / f"{module or '__init__'}.py"
    tree = ast.parse(path.read_text(), feature_version=(3, 9))
    assert {name.split(".")[0] for name in imported(tree)} <= {*sys.stdlib_module_names, "docutils", "sphinx"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Match)]


def test_there_is_no_cycle() -> None:
    done: set[str] = set()
    while rest := {module for module in MAY_IMPORT if module not in done}:
        free = {module for module in rest if MAY_IMPORT[module] <= done}
        assert free, f"a cycle among {sorted(rest)}"
        done |= free
