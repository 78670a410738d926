from __future__ import annotations

import ast
from pathlib import Path

import pytest
from support import ROOT

from authscribe.findings import rules
from authscribe.lint.registry import load_rules

RULES = load_rules()
PACKAGE = ROOT / "generator" / "authscribe"


def rule_files() -> list[tuple[Path, str]]:
    """Every call of `Rule(code=...)` in the package, with the file it stands in."""
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
