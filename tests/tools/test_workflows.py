"""Audit the workflows of the target `github-actions` with zizmor, which knows how others misuse them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hostile_catalogues import HOSTILE, list_catalogues
from stub_files import build_stubs
from support import resolve_drafts, run_tool

from authscribe.encoders.json import encode_json
from authscribe.readers.registry import read_source

FOLDER = ".github/workflows"


@pytest.fixture
def audit(find_tool: Callable[[str], Path], tmp_path: Path) -> Callable[[], tuple[int, str]]:
    """Return a function that audits all workflows below the temporary folder, as strictly as zizmor can."""
    program = find_tool("bin/zizmor")
    (tmp_path / FOLDER).mkdir(parents=True)
    return lambda: run_tool((program, "--offline", "--no-progress", "--persona", "auditor", "."), tmp_path)


@pytest.mark.parametrize("has_corpus", [False, True], ids=["project", "corpus"])
def test_nothing_is_found_but_a_planted_error(
    request: pytest.FixtureRequest, audit: Callable[[], tuple[int, str]], tmp_path: Path, has_corpus: bool
) -> None:
    corpus: Path | None = request.getfixturevalue("corpus") if has_corpus else None
    texts = [
        text for catalogue in list_catalogues(corpus) for text in build_stubs(catalogue, "github-actions").values()
    ]
    for number, text in enumerate(texts):
        (tmp_path / FOLDER / f"{number}.yml").write_text(text)
    code, output = audit()
    assert code == 0, output[-2000:]
    planted = next(text for text in texts if "inputs." in text).replace(
        "run: REPLACE_ME", 'run: "echo ${{ inputs.X }}"'
    )
    (tmp_path / FOLDER / "0.yml").write_text(planted)
    code, output = audit()
    assert code != 0
    assert "template-injection" in output


def test_no_hostile_description_is_live(audit: Callable[[], tuple[int, str]], tmp_path: Path) -> None:
    parameters = [{"name": f"p{number}", "description": text, "default": text} for number, text in enumerate(HOSTILE)]
    draft = read_source("s.json", encode_json({"schemes": [{"id": "s", "parameters": parameters}]}))
    (text,) = build_stubs(resolve_drafts(draft).catalogue, "github-actions").values()
    (tmp_path / FOLDER / "s.yml").write_text(text)
    code, output = audit()
    assert code == 0, output
