from __future__ import annotations

import ast
from pathlib import Path

import pytest

from authscribe.findings import connectors as connector_mistakes
from authscribe.findings import definitions as mistakes
from authscribe.findings.explanations import PAGES, explain
from authscribe.findings.rules import RULES


def test_rules_mistakes_and_explanations_know_the_same_codes() -> None:
    trees = [ast.parse(Path(str(module.__file__)).read_text()) for module in (mistakes, connector_mistakes)]
    used = {
        call.args[0].value
        for tree in trees
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "finding"
        if isinstance(call.args[0], ast.Constant)
    }
    assert used == set(RULES) == set(PAGES)


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_explained_with_wrong_and_right(code: str) -> None:
    page = explain(code)
    assert page.startswith(f"{code} ({RULES[code].severity.value}): {RULES[code].summary}\n")
    wrong, right = page.partition("wrong:\n")[2].split("right:\n")
    assert wrong.strip()
    assert right.strip()
    assert wrong.strip() != right.strip()
