from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from support import ROOT

from authscribe import cli
from authscribe.findings import rules
from authscribe.findings.finding import Place
from authscribe.findings.rules.reserved_name import report_reserved_name
from authscribe.lint.registry import load_rules
from authscribe.model import naming

RULES = load_rules()
PACKAGE = ROOT / "generator" / "authscribe"
SOURCES = [*sorted((PACKAGE / "findings").rglob("*.py")), *sorted((PACKAGE / "lint").rglob("*.py"))]
REPORTS = sorted((ROOT / "tests" / "cases").rglob("report.txt"))


def rule_files() -> list[tuple[Path, str]]:
    """Return every call of `Rule(code=...)` in the package, with its file."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Rule":
                found += [(path, ast.literal_eval(word.value)) for word in call.keywords if word.arg == "code"]
    return found


def test_every_rule_is_listed_and_stands_in_one_file() -> None:
    codes = [code for _, code in rule_files()]
    assert sorted(codes) == [*RULES]


def test_a_rule_of_no_check_has_the_file_of_its_name() -> None:
    folder = Path(rules.__path__[0])
    own = {path.stem: code for path, code in rule_files() if path.parent == folder}
    assert own == {name: name.replace("_", "-") for name in own}
    assert all(path.parent in {folder, PACKAGE / "lint"} for path, _ in rule_files())


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_explained_with_wrong_and_right(code: str) -> None:
    page = RULES[code].explain()
    assert page.startswith(f"{code} ({RULES[code].severity.value}): {RULES[code].summary}\n")
    wrong, right = page.partition("wrong:\n")[2].split("right:\n")
    assert wrong.strip()
    assert right.strip()
    assert wrong.strip() != right.strip()


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_worded_for_a_table_and_for_markdown(code: str) -> None:
    rule = RULES[code]
    assert not re.match(r"(an?|the) |[A-Z][a-z]", rule.summary)
    assert not rule.summary.endswith(".")
    assert rule.why.endswith(".")
    # SARIF takes it for Markdown as it is: code in backticks, and no other markup.
    assert not re.search(r"[*_\[\]<>|~$\\&]", re.sub(r"`[^`]*`", "", rule.why))
    assert rule.why.count("`") % 2 == 0


@pytest.mark.parametrize("spelt", ["class", "model_config", "copy", "Foo", "2fa", "a-b", "__x__", "ä"])
def test_the_attribute_that_a_repair_suggests_is_allowed(spelt: str) -> None:
    finding = report_reserved_name("name", spelt, Place("s.yaml"), "is reserved")
    suggestion = re.search(r"`names: \{python: (.*)\}`", finding.help)
    assert suggestion is not None
    assert naming.find_attribute_problem(suggestion[1]) is None


def texts_of(source: str) -> Iterator[str]:
    """Yield the texts in a module, with `x` for what is filled in; docstrings are left out."""
    tree = ast.parse(source)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation | parts:
            yield node.value


def command_lines(text: str) -> Iterator[str]:
    """Yield the command lines that a text tells its readers to run."""
    yield from re.findall(r"run: (authscribe [^\"%\n]+)", text)


def problem_of_command(line: str) -> str | None:
    """Return what click objects to in a command line, without running it."""
    _, name, *arguments = shlex.split(line)
    command = cli.authscribe.commands.get(name)
    if command is None:
        return f"no command '{name}'"
    try:
        command.make_context(name, arguments)
    except click.ClickException as error:
        return error.format_message()
    return None


def problems_of_text(text: str) -> Iterator[str]:
    """Yield what is wrong with the commands and options that a text names."""
    options = {name for command in cli.authscribe.commands.values() for part in command.params for name in part.opts}
    yield from (f"{line}: {problem}" for line in command_lines(text) if (problem := problem_of_command(line)))
    names = re.findall(r"`authscribe ([a-z]+)", text)
    yield from (f"no command '{name}'" for name in names if name not in cli.authscribe.commands)
    # Options of git are git's.
    own = re.sub(r"`git [^`]*`|\$ git .*", "", text)
    named = re.findall(r"(?<![\w-])--[a-z]+(?:-[a-z]+)*(?![\w-])", own)
    yield from (f"no option '{name}'" for name in named if name not in options)


def test_the_commands_that_rules_name_work() -> None:
    texts = [text for path in SOURCES for text in texts_of(path.read_text())]
    assert [line for text in texts for line in command_lines(text)]
    assert [problem for text in texts for problem in problems_of_text(text)] == []


def test_the_commands_in_examples_work() -> None:
    examples = [text for rule in RULES.values() for text in (rule.wrong, rule.right) if text.startswith("authscribe ")]
    lines = [line for text in examples for line in re.split(" &&? ", text)]
    assert lines
    assert {line: problem for line in lines if (problem := problem_of_command(line)) is not None} == {}


def test_the_commands_that_reports_name_work() -> None:
    lines = {line for path in REPORTS for line in command_lines(path.read_text())}
    assert len(lines) > 5
    assert {line: problem for line in lines if (problem := problem_of_command(line)) is not None} == {}


@pytest.mark.parametrize(
    "remedy",
    [
        "run: authscribe generat --force",
        "run: authscribe generate --forse",
        "run: authscribe check --force",
        "run: authscribe lint --jobs many",
        "run: authscribe show",
        "run without --keep-goin to stop",
        "see `authscribe explane`",
    ],
)
def test_a_command_that_does_not_work_is_noticed(remedy: str) -> None:
    source = f'"""Report it."""\ndef report(name):\n    return RULE.finding(f"{{name}}", {remedy!r})\n'
    assert [problem for text in texts_of(source) for problem in problems_of_text(text)]
