"""Workflows of the target `github-actions` are valid, and GitHub evaluates nothing in their texts."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hostile_catalogues import HOSTILE, TEXTS, draw_catalogue, list_catalogues
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stub_files import build_stubs
from support import resolve, resolve_drafts, run_tool

from authscribe.encoders.github import make_literal
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import list_contracts
from authscribe.model.definitions import Secret
from authscribe.model.markup import describe_markup
from authscribe.model.name_kinds import NameKind
from authscribe.model.spelling import Spelling
from authscribe.readers.registry import read_source

CHECK = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows")
_STRING = re.compile(r"\$\{\{ '((?:[^']|'')*)' \}\}", re.DOTALL)


def build_workflows(catalogue: Catalogue) -> dict[str, Any]:
    return {path: yaml.safe_load(text) for path, text in build_stubs(catalogue, "github-actions").items()}


def evaluate(text: str) -> str:
    """Return a text as GitHub has it: an expression that is only a string is that string."""
    match = _STRING.fullmatch(text)
    return match[1].replace("''", "'") if match is not None else text


def write_files(catalogues: Iterator[Catalogue], folder: Path) -> list[str]:
    """Write the workflows, and return their paths."""
    for number, catalogue in enumerate(catalogues):
        for path, text in build_stubs(catalogue, "github-actions").items():
            target = folder / str(number) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    return [str(path) for path in sorted(folder.rglob("*.yml"))]


@pytest.mark.once
@pytest.mark.parametrize("has_corpus", [False, True], ids=["project", "corpus"])
def test_every_workflow_is_valid_and_a_planted_error_is_not(
    request: pytest.FixtureRequest, tmp_path: Path, has_corpus: bool
) -> None:
    corpus: Path | None = request.getfixturevalue("corpus") if has_corpus else None
    paths = write_files(list_catalogues(corpus), tmp_path)
    assert len(paths) >= (800 if has_corpus else 15)
    code, output = run_tool((*CHECK, *paths), tmp_path)
    assert code == 0, output[:2000]
    first = Path(paths[0])
    for old, new in (
        ("runs-on:", "run-on:"),
        ("required: true", "required: sometimes"),
        ("workflow_call:", "workflow_cal:"),
    ):
        workflow = next(Path(path) for path in paths if old in Path(path).read_text())
        first.write_text(workflow.read_text().replace(old, new, 1))
        assert run_tool((*CHECK, str(first)), tmp_path)[0] == 1, new


@settings(max_examples=300)
@given(TEXTS | st.text("${}' \n", max_size=12))
@example("${{ secrets.X }}")
@example("it's ${{ 'x' }}")
@example("${{")
@example("}} ${{ '")
def test_a_literal_is_taken_for_its_text(text: str) -> None:
    literal = make_literal(text)
    assert evaluate(literal) == text
    # GitHub ends the expression at the first braces outside of quotes.
    assert "${{" not in text or re.match(r"\$\{\{(?:[^'}]|'[^']*'|\}(?!\}))*\}\}", literal, re.DOTALL)[0] == literal  # type: ignore[index]


@settings(max_examples=150)
@given(draw_catalogue())
def test_awkward_names_and_texts_are_kept(catalogue: Catalogue) -> None:
    (connector,) = catalogue.connectors
    spelling = Spelling(connector, catalogue.conventions)
    workflows = [workflow for path, workflow in build_workflows(catalogue).items() if "/connectors/" in path]
    contracts = [contract for contract in list_contracts(catalogue, connector) if contract.settings]
    for contract, workflow in zip(contracts, workflows, strict=True):
        call = workflow["on"]["workflow_call"]
        described = {**call.get("secrets", {}), **call.get("inputs", {})}
        assert evaluate(workflow["name"]) == (connector.title if (connector.title or "").strip() else connector.id)
        settings = (*contract.injected, *contract.parameters)
        assert {name: evaluate(fact.get("description", "")) for name, fact in described.items()} == {
            spelling.spell(NameKind.GITHUB, each): describe_markup(each.description).strip() or each.name
            for each in settings
        }
        (step,) = workflow["jobs"]["run"]["steps"]
        assert step.get("env", {}) == {
            spelling.spell(NameKind.ENV, each): "${{ "
            + ("secrets" if isinstance(each, Secret) and each.is_masked else "inputs")
            + f".{spelling.spell(NameKind.GITHUB, each)} }}}}"
            for each in settings
        }
        for name, fact in call.get("inputs", {}).items():
            default = fact.get("default")
            types = {"string": str, "number": int | float, "boolean": bool}
            assert default is None or isinstance(default, types[fact["type"]]), name


def test_only_a_text_can_be_absent() -> None:
    draft = read_source(
        "s.yaml",
        "schemes:\n  - id: s\n    parameters:\n"
        "      - {name: a, type: integer, optional: true}\n      - {name: b, type: integer}\n"
        "      - {name: c, type: boolean, default: false}\n      - {name: d, type: array, default: [x]}\n",
    )
    workflow = build_workflows(resolve_drafts(draft).catalogue)["github-actions/schemes/s/workflow.yml"]
    assert workflow["on"]["workflow_call"]["inputs"] == {
        "S_A": {"description": "a", "required": False, "type": "string"},
        "S_B": {"description": "b", "required": True, "type": "number"},
        "S_C": {"description": "c", "required": False, "type": "boolean", "default": False},
        "S_D": {"description": "d", "required": False, "type": "string", "default": '["x"]'},
    }


def test_no_expression_is_hidden_in_a_workflow_of_the_project() -> None:
    for text in build_stubs(resolve().catalogue, "github-actions").values():
        expressions = re.findall(r"\$\{\{.*?\}\}", text)
        assert all(re.fullmatch(r"\$\{\{ (secrets|inputs)\.[A-Z0-9_]+ \}\}", each) for each in expressions)


def test_the_hostile_texts_have_expressions() -> None:
    assert len([text for text in HOSTILE if "${{" in text]) >= 3
