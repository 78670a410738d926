"""Test that each mistake in a plugin is one finding at a line of the plugin, and that nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from support import Outcome, beside, run

SOURCE = """
schemes:
  - id: foo
    kind: api_key
    required:
      - name: key
        description: >-
          "quoted" 'text' */ # ${x}
connectors:
  - {id: bar, scheme: foo}
"""
START = """\
from authscribe.plugin_api import (
    CustomLanguage, Draft, DefinitionDraft, Finding, Language, MapNode, Noun, Place, PlannedFile, Rule, ScalarNode,
    Severity, TargetPlan,
)

"""


class Mistake(NamedTuple):
    """Code of the module `broken`, the end of the finding's place, and its message; files beside the module."""

    code: str
    place: str
    message: str
    files: Mapping[str, str] = {}


def plan(template: str = '"acme/x.jinja"', *, view: str = "{}", language: str = "Language.DOTENV") -> str:
    return f'def plan(catalogue):\n    yield PlannedFile("acme/x", "acme", {language}, {view}, {template})'


def option(field: str) -> str:
    return (
        f"import dataclasses\n@dataclasses.dataclass\nclass Options:\n    {field}\nplan = TargetPlan(options=Options)"
    )


TARGETS = {
    "raises": Mistake("def plan(catalogue):\n    raise ValueError('no')", "broken.py:7", "ValueError: no"),
    "exits": Mistake("def plan(catalogue):\n    raise SystemExit(0)", "broken.py:7", "SystemExit: 0"),
    "an error without a text": Mistake(
        "class Bad(Exception):\n    def __str__(self): return 1 / 0\ndef plan(catalogue): raise Bad",
        "broken.py:8",
        "Bad: it has no text, because of ZeroDivisionError",
    ),
    "prints": Mistake("print('hello')\ndef plan(catalogue):\n    return 1 / 0", "broken.py:8", "ZeroDivisionError"),
    "raises in ours": Mistake(
        "def plan(catalogue):\n    yield catalogue.get_scheme('nope')", "broken.py:7", "KeyError: 'nope'"
    ),
    "raises in the standard library": Mistake(
        "import json\ndef plan(catalogue):\n    json.loads('{')",
        "broken.py:8",
        "JSONDecodeError: Expecting property name",
    ),
    "no files": Mistake(
        "def plan(catalogue):\n    return None", "broken.py:6", "TypeError: 'NoneType' object is not iter"
    ),
    "texts": Mistake(
        "def plan(catalogue):\n    return ['x']", "broken.py:6", "it plans a str instead of a PlannedFile"
    ),
    "a file that is returned": Mistake(
        'def plan(catalogue):\n    return PlannedFile("acme/x", "acme", Language.JSON, {})',
        "broken.py:6",
        "TypeError: it returns one PlannedFile instead of yielding it\n",
    ),
    "no plan": Mistake("plan = 7", "entry_points.txt:2", "it is neither a TargetPlan nor a function"),
    "no function": Mistake("plan = TargetPlan(7)", "entry_points.txt:2", "TypeError: 'int' object is not callable"),
    "no name": Mistake("", "entry_points.txt:2", "AttributeError: module 'broken' has no attribute 'plan'"),
    "no Python": Mistake("def plan(:", "broken.py:6", "SyntaxError: invalid syntax"),
    "no import": Mistake("import nowhere", "broken.py:6", "ModuleNotFoundError: No module named 'nowhere'"),
    "outside": Mistake(
        'def plan(catalogue):\n    yield PlannedFile("acme/../x", "acme", Language.JSON, {})',
        "broken.py:7",
        "its output 'acme/../x' is not in the folder 'acme'",
    ),
    "absolute": Mistake(
        'def plan(catalogue):\n    yield PlannedFile("/x", "acme", Language.JSON, {})',
        "broken.py:7",
        "its output '/x' is not in the folder 'acme'",
    ),
    "of a built-in target": Mistake(
        'def plan(catalogue):\n    yield PlannedFile("docs/x", "acme", Language.JSON, {})',
        "broken.py:7",
        "its output 'docs/x' is not in the folder 'acme'",
    ),
    "the lock": Mistake(
        'def plan(catalogue):\n    yield PlannedFile("authscribe.lock", "acme", Language.JSON, {})',
        "broken.py:7",
        "its output 'authscribe.lock' is not in the folder 'acme'",
    ),
    "another target": Mistake(
        'def plan(catalogue):\n    yield PlannedFile("acme/x", "docs", Language.JSON, {})',
        "broken.py:7",
        "its output 'acme/x' has the target 'docs' instead of 'acme'",
    ),
    "no language": Mistake(
        'def plan(catalogue):\n    yield PlannedFile("acme/x", "acme", "json", {})',
        "broken.py:7",
        "its output 'acme/x' has no language",
    ),
    "twice": Mistake(
        'def plan(catalogue):\n    yield from [PlannedFile(f"acme/{x}", "acme", Language.JSON, {}) for x in "aA"]',
        "entry_points.txt:2",
        "it plans 'acme/a' twice",
    ),
    "a file and a folder": Mistake(
        'def plan(catalogue):\n    yield from [PlannedFile(f"acme/a{x}", "acme", Language.JSON, {}) for x in ("", "/b")]',
        "entry_points.txt:2",
        "it plans 'acme/a' as a file and as a folder",
    ),
    "data that JSON cannot hold": Mistake(
        plan("None", view="object()", language="Language.JSON"),
        "entry_points.txt:2",
        "PydanticSerializationError: Unable to serialize unknown type: <class 'object'>; while encoding acme/x",
    ),
    "data that YAML cannot hold": Mistake(
        plan("None", view="{'x': object()}", language="Language.YAML"),
        "entry_points.txt:2",
        "TypeError: a value of type object is not a dictionary, list, text, number, Boolean or None; while encoding acme/x",
    ),
    "no template": Mistake(
        plan("None"), "broken.py:7", "its output 'acme/x' has no template, and is neither JSON nor YAML"
    ),
    "a template of JSON": Mistake(
        plan(language="Language.JSON"), "broken.py:7", "its output 'acme/x' is JSON, which no template makes"
    ),
    "a template of a built-in target": Mistake(
        plan('"compose/compose.yaml.jinja"'),
        "broken.py:7",
        "its template 'compose/compose.yaml.jinja' is not in the folder 'acme'",
    ),
    "a missing template": Mistake(
        plan(), "entry_points.txt:2", "TemplateNotFound: acme/x.jinja; while rendering acme/x; looked for it in /"
    ),
    "no filter": Mistake(
        plan(view="{'a': 1}"),
        "x.jinja:2",
        "TypeError: a printed value has no encoding filter; while rendering acme/x",
        {"acme/x.jinja": "# a\n<< view.a >>\n"},
    ),
    "an unknown filter": Mistake(
        plan(),
        "x.jinja:2",
        "TemplateAssertionError: No filter named 'literal'.",
        {"acme/x.jinja": "#\n<< view.a | literal >>"},
    ),
    "a filter for texts": Mistake(
        plan(view="{'a': 1}"),
        "x.jinja:1",
        "TypeError: the filter 'value' needs a text instead of a value of the type int; while rendering acme/x",
        {"acme/x.jinja": "<< view.a | value >>"},
    ),
    "an unknown field": Mistake(
        plan(),
        "x.jinja:1",
        "UndefinedError: 'dict object' has no attribute 'a'",
        {"acme/x.jinja": "<< view.a | value >>"},
    ),
    "a template that is none": Mistake(
        plan(), "x.jinja:2", "TemplateSyntaxError: Unexpected end of template", {"acme/x.jinja": "\n<% if view %>\n"}
    ),
    "a refused value": Mistake(
        plan(view="{'a': 'b c'}"),
        "x.jinja:1",
        "ValueError: 'b c' is not the name of a variable",
        {"acme/x.jinja": "<< view.a | variable >>"},
    ),
    "a view that raises": Mistake(
        "class View:\n    @property\n    def a(self):\n        return 1 / 0\n" + plan(view="View()"),
        "broken.py:9",
        "ZeroDivisionError: division by zero",
        {"acme/x.jinja": "<< view.a | value >>"},
    ),
    "an unsafe template": Mistake(
        plan(view="plan"),
        "x.jinja:1",
        "SecurityError: access to attribute '__globals__' of 'function' object is unsafe.",
        {"acme/x.jinja": "<< view.__globals__ | value >>"},
    ),
    "no Python output": Mistake(
        plan(language="Language.PYTHON"),
        "acme/x.jinja",
        "InvalidInput: cannot parse for target version Python 3.11: 1:3",
        {"acme/x.jinja": "def:\n"},
    ),
    "no YAML output": Mistake(
        plan(language="Language.YAML", view="{'a': 'b'}"),
        "acme/x.jinja",
        "OutputError: its output has a mistake in line 3: invalid YAML: could not find expected ':'",
        {"acme/x.jinja": "a: << view.a | text >>\nx\nc: 1\n"},
    ),
    "a character that YAML cannot hold": Mistake(
        plan(language="Language.YAML"),
        "acme/x.jinja",
        "OutputError: its output has a mistake: invalid YAML: character not allowed",
        {"acme/x.jinja": "a: \x07\n"},
    ),
    "a key of YAML that is there twice": Mistake(
        plan(language="Language.YAML"),
        "acme/x.jinja",
        "OutputError: its output has a mistake in line 3: duplicate key 'a'",
        {"acme/x.jinja": "- &x\n  a: 1\n  a: *x\n"},
    ),
    "a key of a YAML document that is there twice": Mistake(
        plan("None", view="{'x': {1: 'a', '1': 'b'}}", language="Language.YAML"),
        "entry_points.txt:2",
        "OutputError: its output has a mistake in line 4: duplicate key '1'",
    ),
    "a number that JSON cannot hold": Mistake(
        plan("None", view="{'x': float('nan')}", language="Language.JSON"),
        "entry_points.txt:2",
        "OutputError: its output has a mistake in line 2: invalid JSON: expected a value",
    ),
    "no environment file": Mistake(
        plan(),
        "acme/x.jinja",
        "OutputError: its output has a mistake in line 2: invalid environment file: neither an assignment nor a",
        {"acme/x.jinja": "A=1\nB='\n"},
    ),
    "a refused text": Mistake(
        "import ast\n" + plan(language='CustomLanguage("Acme", {}, ast.parse)'),
        "acme/x.jinja",
        "OutputError: its output is not in Acme: invalid syntax (<unknown>, line 1)",
        {"acme/x.jinja": "def:\n"},
    ),
    "a filter without text": Mistake(
        plan(language='CustomLanguage("Acme", {"value": len})'),
        "x.jinja:1",
        "TypeError: the filter 'value' returned a int instead of a text",
        {"acme/x.jinja": "<< view | value >>"},
    ),
    "a custom language without a filter": Mistake(
        plan(view="'a'", language='CustomLanguage("Acme", {"value": str})'),
        "x.jinja:1",
        "TypeError: a printed value has no encoding filter",
        {"acme/x.jinja": "<< view >>"},
    ),
    "a file of a connector": Mistake(
        "def of(catalogue, connector):\n    yield connector.nothing\nplan = TargetPlan(plan_connector=of)",
        "broken.py:7",
        "AttributeError: 'Connector' object has no attribute 'nothing'",
    ),
    "a check": Mistake(
        "def check(catalogue, places):\n    return 1 / 0\nplan = TargetPlan(check=check)",
        "broken.py:7",
        "ZeroDivisionError",
    ),
    "an error without a rule": Mistake(
        "from authscribe.plugin_api import DefinitionError\ndef plan(catalogue):\n"
        "    raise DefinitionError([Finding('acme-x', Severity.ERROR, 'm', Place('x'), 'h')])",
        "broken.py:7",
        "it reports the code 'acme-x', which no rule has",
    ),
    "a check without findings": Mistake(
        "def check(catalogue, places):\n    return ['x']\nplan = TargetPlan(check=check)",
        "broken.py:6",
        "it reports a str, which is not a finding with a place",
    ),
    "a finding that is returned": Mistake(
        "def check(catalogue, places):\n    return Finding('acme-x', Severity.INFO, 'm', Place('x'), 'h')\n"
        "plan = TargetPlan(check=check)",
        "broken.py:6",
        "TypeError: it returns one Finding instead of yielding it\n",
    ),
    "a code without a rule": Mistake(
        "def check(catalogue, places):\n    yield Finding('acme-x', Severity.INFO, 'm', Place('x'), 'h')\n"
        "plan = TargetPlan(check=check)",
        "broken.py:7",
        "it reports the code 'acme-x', which no rule has; an entry point in authscribe.rules adds one\n",
    ),
    "a file that another function yields": Mistake(
        "def rest():\n    yield PlannedFile('docs/x', 'acme', Language.JSON, {})\n"
        "def plan(catalogue):\n    yield PlannedFile('acme/x', 'acme', Language.JSON, {})\n    yield from rest()",
        "broken.py:10",
        "its output 'docs/x' is not in the folder 'acme'",
    ),
    "options of no dataclass": Mistake(
        "class Options:\n    pass\nplan = TargetPlan(options=Options)",
        "broken.py:6",
        "TypeError: its options are not a dataclass\n",
    ),
    "an option without a default": Mistake(
        option("owner: str"), "broken.py:7", "TypeError: the option 'owner' has no default\n"
    ),
    "an option with a factory": Mistake(
        option("owners: tuple = dataclasses.field(default_factory=tuple)"),
        "broken.py:7",
        "TypeError: the option 'owners' has no default\n",
    ),
    "an option that is a fraction": Mistake(
        option("ratio: float = 0.5"),
        "broken.py:7",
        "TypeError: the default of the option 'ratio' is a float instead of a text, a whole number, a Boolean, a tuple",
    ),
    "an option that is a tuple of numbers": Mistake(
        option("ports: tuple = (1, 2)"), "broken.py:7", "TypeError: the default of the option 'ports' is a tuple of"
    ),
    "an option with an unusable rule": Mistake(
        option("owner: str = dataclasses.field(default='', metadata={'rule': '[a-z]+'})"),
        "broken.py:7",
        "TypeError: the 'rule' of the option 'owner' is not a NameRule for texts\n",
    ),
    "options that refuse their defaults": Mistake(
        option("size: int = 0\n    def __post_init__(self):\n        assert self.size"),
        "broken.py:11",
        "AssertionError\n",
    ),
}
READERS = {
    "raises": Mistake(
        "def recognises(path, node): return True\ndef draft(path, node): return 1 / 0", "broken.py:7", "Zero"
    ),
    "no reader": Mistake("", "entry_points.txt:2", "it has neither SUFFIXES and read(), nor recognises() and draft()"),
    "no draft": Mistake(
        "def recognises(path, node): return True\ndef draft(path, node): return {}",
        "entry_points.txt:2",
        "it returns a dict instead of a Draft",
    ),
    "no tree": Mistake(
        "def recognises(path, node): return True\n"
        "def draft(path, node): return Draft(path, (DefinitionDraft(Noun.SCHEME, {'id': 'x'}),))",
        "entry_points.txt:2",
        "a definition in its draft is not a tree of nodes with places",
    ),
    "no finding": Mistake(
        "def recognises(path, node): return True\ndef draft(path, node): return Draft(path, findings=('x',))",
        "entry_points.txt:2",
        "it reports a str, which is not a finding with a place",
    ),
}


def write_package(site: Path, entries: str, mistake: Mistake, name: str = "broken") -> Path:
    """Write an installed distribution with a module and files, and return the folder that it is installed in."""
    metadata = site / f"{name}-1.0.dist-info"
    package = {f"{name}/{path}": text for path, text in mistake.files.items()}
    module = f"{name}/__init__.py" if package else f"{name}.py"
    files = {
        **package,
        module: START + mistake.code + "\n",
        f"{metadata.name}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{metadata.name}/entry_points.txt": entries,
    }
    files[f"{metadata.name}/RECORD"] = "".join(f"{path},,\n" for path in files)
    for path, text in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    return site


def use(site: Path, folder: Path, *arguments: str) -> Outcome:
    (folder / "s.yaml").write_text(SOURCE)
    with beside(site):
        return run(*arguments, "--output-format", "concise", cwd=folder)


def assert_refused(outcome: Outcome, name: str, mistake: Mistake, folder: Path) -> None:
    assert "Traceback" not in outcome.stdout + outcome.stderr
    assert (outcome.code, outcome.stdout.count("\n")) == (2, 1), outcome.stdout
    place, _, message = outcome.stdout.partition(": error[plugin-failed] ")
    # The code of a package is in its `__init__`.
    assert mistake.place in place.replace("broken/__init__.py", "broken.py")
    # Releases of black begin their messages with a small or a capital letter.
    assert message.lower().startswith(f"plugin '{name}' failed: {mistake.message}".lower())
    assert not (folder / "out").exists()


@pytest.mark.parametrize("mistake", TARGETS.values(), ids=TARGETS)
def test_a_mistake_in_a_target_is_one_finding(mistake: Mistake, tmp_path: Path) -> None:
    site = write_package(tmp_path / "site", "[authscribe.targets]\nacme = broken:plan\n", mistake)
    arguments = ("generate", "--source", "s.yaml", "--out-dir", "out", "--target", "acme", "--target", "docs")
    assert_refused(use(site, tmp_path, *arguments), "acme", mistake, tmp_path)


@pytest.mark.parametrize("mistake", READERS.values(), ids=READERS)
def test_a_mistake_in_a_reader_is_one_finding(mistake: Mistake, tmp_path: Path) -> None:
    site = write_package(tmp_path / "site", "[authscribe.readers]\nacme = broken\n", mistake)
    (tmp_path / "a.yaml").write_text("acme: 1\n")
    arguments = ("generate", "--source", "a.yaml", "--out-dir", "out", "--source-format", "acme")
    assert_refused(use(site, tmp_path, *arguments), "acme", mistake, tmp_path)


def test_a_name_of_two_packages_is_one_finding(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_package(tmp_path / "site", f"[authscribe.targets]\nacme = {name}:plan\n", TARGETS["raises"], name)
    outcome = use(tmp_path / "site", tmp_path, "generate", "--source", "s.yaml", "--out-dir", "out", "--target", "acme")
    problem = "acme: error[plugin-failed] several installed packages provide the plugin 'acme': one, two\n"
    assert (outcome.code, outcome.stdout) == (2, problem)
