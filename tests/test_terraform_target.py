"""Files of the target `terraform` are valid and formatted, and carry names, texts and defaults unchanged."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hcl2
import pytest
from hostile_catalogues import HOSTILE, draw_catalogue, list_catalogues
from hypothesis import given, settings
from lark.exceptions import UnexpectedInput
from stub_files import build_stubs
from support import resolve, resolve_drafts

from authscribe.encoders.hcl import is_hcl_safe
from authscribe.encoders.json import encode_json
from authscribe.model.catalogue import Catalogue
from authscribe.model.contract import list_contracts
from authscribe.model.definitions import Secret
from authscribe.model.markup import describe_markup
from authscribe.model.name_kinds import NameKind
from authscribe.model.spelling import Spelling
from authscribe.readers.registry import read_source
from authscribe.targets.plan import PLACEHOLDER

TERRAFORM = shutil.which("terraform")
needs_terraform = pytest.mark.skipif(TERRAFORM is None, reason="there is no terraform")
# Among them, only these are texts that HCL holds in the form in which they are.
# A placeholder is no default.
DEFAULTS = [text for text in HOSTILE if is_hcl_safe(text) and text != PLACEHOLDER]


def run_terraform(folder: Path, *arguments: str, text: str = "") -> tuple[int, str]:
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    command = [str(TERRAFORM), *arguments]
    finished = subprocess.run(
        command, input=text, cwd=folder, capture_output=True, text=True, env=environment, check=False
    )
    return finished.returncode, finished.stdout + finished.stderr


def read_variables(text: str) -> dict[str, dict[str, Any]]:
    """Return the arguments of each variable, as python-hcl2 reads them."""
    # It leaves quotes and escapes as they are; the escapes that are used are those of Python.
    parsed = hcl2.loads(text).get("variable", [])
    variables = {ast.literal_eval(name): body for block in parsed for name, body in block.items()}
    return {name: {key: _evaluate(value) for key, value in body.items()} for name, body in variables.items()}


def _evaluate(value: Any) -> Any:
    return ast.literal_eval(value) if isinstance(value, str) and value.startswith('"') else value


def list_texts(catalogues: Iterator[Catalogue]) -> Iterator[str]:
    for catalogue in catalogues:
        yield from build_stubs(catalogue, "terraform").values()


@pytest.mark.once
@pytest.mark.parametrize("has_corpus", [False, True], ids=["project", "corpus"])
def test_every_file_is_parsed_and_a_planted_error_is_refused(request: pytest.FixtureRequest, has_corpus: bool) -> None:
    corpus: Path | None = request.getfixturevalue("corpus") if has_corpus else None
    texts = [*list_texts(list_catalogues(corpus))]
    bodies = [body for text in texts for body in read_variables(text).values()]
    assert len(bodies) >= (1800 if has_corpus else 60)
    for body in bodies:
        assert body.get("sensitive", False) == body.get("ephemeral", False)
    planted = next(text for text in texts if "type " in text).replace("type        =", "type", 1)
    with pytest.raises(UnexpectedInput):
        hcl2.loads(planted)


@pytest.mark.once
@needs_terraform
@pytest.mark.parametrize("has_corpus", [False, True], ids=["project", "corpus"])
def test_terraform_accepts_every_file_and_refuses_a_planted_error(
    request: pytest.FixtureRequest, tmp_path: Path, has_corpus: bool
) -> None:
    corpus: Path | None = request.getfixturevalue("corpus") if has_corpus else None
    declared: dict[str, str] = {}
    for number, text in enumerate(list_texts(list_catalogues(corpus))):
        (tmp_path / "all").mkdir(exist_ok=True)
        (tmp_path / f"all/{number}.tf").write_text(text)
        # One module declares each variable once.
        for block in text.split("\nvariable ")[1:]:
            declared.setdefault(block.split(" ")[0], f"variable {block}")
    assert len(declared) >= (1800 if has_corpus else 60)
    assert run_terraform(tmp_path, "fmt", "-check", "-recursive") == (0, "")
    module = tmp_path / "module"
    module.mkdir()
    (module / "variables.tf").write_text("\n".join(declared.values()))
    code, output = run_terraform(module, "validate", "-no-color")
    assert code == 0, output
    for old, new in (("type        = string", "type        = strin"), ("nullable ", "nulable ")):
        (module / "variables.tf").write_text("\n".join(declared.values()).replace(old, new, 1))
        assert run_terraform(module, "validate", "-no-color")[0] == 1, new


@needs_terraform
def test_terraform_reads_every_hostile_text_back(tmp_path: Path) -> None:
    parameters = [{"name": f"p{n}", "description": text, "default": text} for n, text in enumerate(DEFAULTS)]
    structures = {
        "texts": ("array", [*DEFAULTS, 1, None, []]),
        "named": ("object", {text: [text] for text in DEFAULTS}),
    }
    parameters += [{"name": name, "type": each[0], "default": each[1]} for name, each in structures.items()]
    draft = read_source("s.json", encode_json({"schemes": [{"id": "s", "parameters": parameters}]}))
    (text,) = build_stubs(resolve_drafts(draft).catalogue, "terraform").values()
    (tmp_path / "variables.tf").write_text(text)
    names = ", ".join(f"var.s_p{number}" for number in range(len(DEFAULTS)))
    code, output = run_terraform(tmp_path, "console", text=f"jsonencode([[{names}], var.s_texts, var.s_named])\n")
    assert code == 0, output
    assert json.loads(ast.literal_eval(output.strip())) == [DEFAULTS, *(each[1] for each in structures.values())]
    assert run_terraform(tmp_path, "fmt", "-check") == (0, "")


@settings(max_examples=60)
@given(draw_catalogue())
def test_awkward_names_and_texts_are_kept(catalogue: Catalogue) -> None:
    (connector,) = catalogue.connectors
    spelling = Spelling(connector, catalogue.conventions)
    texts = [text for path, text in build_stubs(catalogue, "terraform").items() if "/connectors/" in path]
    contracts = [contract for contract in list_contracts(catalogue, connector) if contract.settings]
    for contract, text in zip(contracts, texts, strict=True):
        variables = read_variables(text)
        settings = (*contract.injected, *contract.parameters)
        described = {
            spelling.spell(NameKind.HCL, each): describe_markup(each.description).strip() or each.name
            for each in settings
        }
        assert {name: body["description"] for name, body in variables.items()} == {
            name: text.replace("\0", "\ufffd") for name, text in described.items()
        }
        assert {name for name, body in variables.items() if body.get("sensitive") and body.get("ephemeral")} == {
            spelling.spell(NameKind.HCL, each) for each in settings if isinstance(each, Secret) and each.is_masked
        }


def test_no_secret_of_the_project_has_a_value() -> None:
    for text in build_stubs(resolve().catalogue, "terraform").values():
        for body in read_variables(text).values():
            assert not body.get("sensitive") or "default" not in body
