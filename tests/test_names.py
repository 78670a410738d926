"""Schemes and connectors have the same names everywhere: id, aliases, and former names."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import run, tree

from authscribe.model.naming import KEYWORDS, find_attribute_problem, make_id, to_ascii, to_attribute

SPELLINGS = {
    "Łódź": "lodz",
    "Straße": "strasse",
    "Ærø": "aero",
    "ÆRØ GROẞE": "aero-grosse",
    "Crème Brûlée": "creme-brulee",
    "Đà Nẵng": "da-nang",
    "İstanbul": "istanbul",
    "ISI \u0131s\u0131": "isi-isi",
    "Œuvre": "oeuvre",
    "\uff26ull №": "full-no",
    "中文": "",
}
DEFINITIONS = """\
schemes:
  - id: wave
    aliases: [waves]
    former_names: [oldwave]
    kind: api_key
    required:
      - {name: api_key, description: The key.}
    injected:
      - {name: api_key, description: The key., origin: {source: copied, required: api_key}}
    placements:
      - {in: header, name: X-Key, value: "{api_key}"}
  - id: tide
    extends: NAME
    successor: NAME
connectors:
  - id: surf
    former_names: [oldsurf]
    scheme: NAME
  - id: sail
    methods:
      - {id: first, schemes: [NAME]}
refine:
  - id: NAME
    title: The wave
"""
NAMES = ("wave", "waves", "oldwave")


def workspace(folder: Path, name: str) -> Path:
    folder.mkdir()
    (folder / "s.yaml").write_text(DEFINITIONS.replace("NAME", name))
    return folder


@pytest.mark.parametrize("name", SPELLINGS)
def test_letters_beyond_ascii_are_spelled_by_one_rule(name: str) -> None:
    assert make_id(name) == SPELLINGS[name]
    assert to_attribute(name) == SPELLINGS[name].replace("-", "_")


def test_words_begin_where_they_do_without_accents() -> None:
    assert to_attribute("größeMaximalÆon") == to_attribute("grosseMaximalAeon") == "grosse_maximal_aeon"


@given(st.text())
def test_every_text_has_a_spelling(text: str) -> None:
    assert to_ascii(text).isascii()
    assert re.fullmatch(r"[a-z0-9]?[a-z0-9_.-]*", make_id(text))
    assert re.fullmatch(r"[a-z0-9_]*", to_attribute(text))


@pytest.mark.parametrize("word", [*keyword.softkwlist, "match", "case", "type"])
def test_soft_keywords_mean_the_same_on_every_python(word: str) -> None:
    assert (find_attribute_problem(word) is None) is (word != "_")


def test_keywords_are_those_of_python() -> None:
    assert frozenset(keyword.kwlist) == KEYWORDS


@pytest.mark.parametrize("name", NAMES[1:])
def test_definitions_refer_to_a_scheme_by_any_name(tmp_path: Path, name: str) -> None:
    trees = []
    for used in (name, "wave"):
        place = workspace(tmp_path / used, used)
        outcome = run("generate", "--source", "s.yaml", "--out-dir", "out", "--target", "python", cwd=place)
        assert outcome.code == 0, outcome.stdout
        trees.append(tree(place / "out"))
    assert trees[0] == trees[1]


@pytest.mark.parametrize("name", [*NAMES, "surf", "oldsurf"])
def test_commands_take_any_name(tmp_path: Path, name: str) -> None:
    place = workspace(tmp_path / "w", "wave")
    options = ("--source", "s.yaml", "--out-dir", "out")
    identifier = "surf" if name.endswith("surf") else "wave"
    shown = run("show", name, *options, cwd=place)
    assert f" {identifier}\n" in shown.stdout
    generated = run("generate", name, *options, cwd=place)
    assert generated.code == 0, generated.stdout
    assert any(identifier in Path(path).stem for path in tree(place / "out"))
    assert run("check", name, *options, cwd=place).code == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_scaffold_takes_any_name(tmp_path: Path, name: str) -> None:
    place = workspace(tmp_path / "w", "wave")
    outcome = run("scaffold", "fresh", "--scheme", name, "--source", "s.yaml", cwd=place)
    assert outcome.code == 0, outcome.stdout + outcome.stderr
    assert (place / "fresh" / "manifest.json").exists()


@pytest.mark.parametrize(("name", "hidden"), [("surf", True), ("oldsurf", True), ("other", False)])
def test_a_suppression_takes_any_name(tmp_path: Path, name: str, hidden: bool) -> None:
    place = workspace(tmp_path / "w", "wave")
    (place / "surf").mkdir()
    (place / "surf" / "manifest.json").write_text("{}")
    code = "definition-differs"
    (place / "authscribe.toml").write_text(
        f'sources = ["s.yaml"]\nsuppress = [{{rule = "{code}", connector = "{name}", reason = "known"}}]\n'
    )
    outcome = run("lint", "surf", cwd=place)
    assert (code in outcome.stdout) is not hidden, outcome.stdout


def test_a_name_of_two_schemes_is_one_finding(tmp_path: Path) -> None:
    text = "schemes:\n  - {id: wave, aliases: [tide]}\n  - {id: tide}\n"
    (tmp_path / "s.yaml").write_text(text)
    outcome = run("list", "schemes", "--source", "s.yaml", "--out-dir", "out", cwd=tmp_path)
    assert outcome.code == 2
    assert outcome.stdout.count("[duplicate-name]") == 1
    assert "s.yaml:2:26" in outcome.stdout


def test_diff_knows_a_renamed_connector(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text("schemes: [{id: wave}]\nconnectors: [{id: oldsurf, scheme: wave}]\n")
    (tmp_path / "new.yaml").write_text(
        "schemes: [{id: wave}]\nconnectors: [{id: surf, former_names: [oldsurf], scheme: wave}]\n"
    )
    outcome = run("diff", "old.yaml", "new.yaml", cwd=tmp_path)
    assert outcome.code == 1
    assert "connector 'oldsurf' was renamed to 'surf'" in outcome.stdout
    assert "1 warning, next version: major\n" in outcome.stdout
