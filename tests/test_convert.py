"""Conversions read back as the same catalogue, and every key is accounted for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import ROOT, find_cases, resolve, run

from authscribe.findings.finding import DefinitionError
from authscribe.model.definitions import Catalogue
from authscribe.model.draft import Outcome

SOURCES = [ROOT / "schemes", *(folder / "in" for folder in find_cases())]


def catalogue(source: Path, directory: Path) -> Catalogue | None:
    """Return what a source defines; None if it is wrong, which other tests are about."""
    try:
        return resolve(source, cwd=directory).catalogue
    except DefinitionError:
        return None


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix().removesuffix("/in"))
def test_a_conversion_reads_back_as_the_same_catalogue(source: Path, tmp_path: Path) -> None:
    before = catalogue(source, tmp_path)
    if before is None or not (before.schemes or before.connectors):
        return
    for suffix in ("yaml", "json"):
        outcome = run("convert", str(source), "--to", suffix, "--exit-zero", cwd=tmp_path)
        assert outcome.code == 0, outcome.stderr
        target = tmp_path / f"converted.{suffix}"
        target.write_text(outcome.stdout)
        assert catalogue(target, tmp_path) == before


@pytest.mark.parametrize("language", ["rst", "markdown"])
def test_a_converted_page_loses_only_what_is_reported(language: str, tmp_path: Path) -> None:
    command = ("convert", str(ROOT / "schemes"), "--to", language, "--output-format", "json")
    outcome = run(*command, cwd=tmp_path)
    assert outcome.code == 0
    page = tmp_path / f"page.{'rst' if language == 'rst' else 'md'}"
    page.write_text(outcome.stdout)
    before, after = catalogue(ROOT / "schemes", tmp_path), catalogue(page, tmp_path)
    assert before is not None
    assert after is not None
    lost = {key["pointer"] for key in json.loads(outcome.stderr)["carried"] if key["fate"] == Outcome.LOST}
    again = {scheme.id: scheme for scheme in after.schemes}
    assert {f"/schemes/{scheme.id}/id" for scheme in before.schemes if scheme.id not in again} <= lost
    for scheme, read in ((scheme, again[scheme.id]) for scheme in before.schemes if scheme.id in again):
        assert [(secret.name, secret.description) for secret in read.required] == [
            (secret.name, secret.description) for secret in scheme.required
        ]
        for key in ("id", "title", "kind", "docs", "placements"):
            if f"/schemes/{scheme.id}/{key}" not in lost and key in scheme.model_fields_set:
                assert getattr(read, key) == getattr(scheme, key)
    assert f"/schemes/{before.schemes[0].id}/title" not in lost
