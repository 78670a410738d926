"""Tables inside pages: what is true keeps its bytes, what is not is made true, and nothing else moves."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT, authscribe

from authscribe import encoders, pipeline, rewriting, workspace
from authscribe.models import Catalogue, InjectedSecret, Scheme
from authscribe.readers import markdown, pages, rst
from authscribe.tables.layout import width
from authscribe.workspace import Options

Rows = Sequence[tuple[str, str, str]]
HEADER = ("Property", "Description", "Type")


def list_table(rows: Rows) -> str:
    lines = [".. list-table::", "   :widths: 20, 30, 10", "   :header-rows: 1", ""]
    for row in (HEADER, *rows):
        lines += [f"   * - {row[0]}", *(f"     - {cell}".rstrip() for cell in row[1:]), ""]
    return "\n".join(lines)


def csv_table(rows: Rows) -> str:
    quoted = (", ".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    head = [".. csv-table::", f"   :header: {', '.join(HEADER)}", "   :widths: 20, 30, 10", ""]
    return "\n".join([*head, *(f"   {line}" for line in quoted)]) + "\n"


def drawn(rows: Rows, line: Callable[[Sequence[str], Sequence[int]], str]) -> tuple[list[str], list[int]]:
    every = [HEADER, *rows]
    widths = [max(width(row[column]) for row in every) for column in range(3)]
    return [line(row, widths) for row in every], widths


def padded(text: str, wide: int) -> str:
    return text + " " * (wide - width(text))


def grid_table(rows: Rows) -> str:
    lines, widths = drawn(rows, lambda row, wide: f"| {' | '.join(map(padded, row, wide))} |")
    border = "+" + "+".join("-" * (wide + 2) for wide in widths) + "+"
    head, *body = lines
    inner = [part for line in body for part in (line, border)]
    return "\n".join([border, head, border.replace("-", "="), *inner]) + "\n"


def simple_table(rows: Rows) -> str:
    lines, widths = drawn(rows, lambda row, wide: "  ".join(map(padded, row, wide)).rstrip())
    border = "  ".join("=" * wide for wide in widths)
    head, *body = lines
    return "\n".join([border, head, border, *body, border]) + "\n"


def pipe_table(rows: Rows) -> str:
    lines, widths = drawn(rows, lambda row, wide: f"| {' | '.join(map(padded, row, wide))} |")
    head, *body = lines
    return "\n".join([head, f"| {' | '.join('-' * wide for wide in widths)} |", *body]) + "\n"


def myst_table(rows: Rows) -> str:
    lines = ["```{list-table}", ":header-rows: 1", ""]
    for row in (HEADER, *rows):
        lines += [f"* - {row[0]}", *(f"  - {cell}".rstrip() for cell in row[1:])]
    return "\n".join([*lines, "```"]) + "\n"


RST = {"list-table": list_table, "csv-table": csv_table, "grid": grid_table, "simple": simple_table}
MARKDOWN = {"pipe": pipe_table, "MyST list-table": myst_table}
KINDS = {**RST, **MARKDOWN}
BEFORE = "Foo authentication\n==================\n\nProse with  two blanks.\n\nInjected secrets:\n\n"
AFTER = "\nMore prose, and\ttabs.\n\n* ``other``"


def page(kind: str, secrets: Sequence[InjectedSecret]) -> str:
    name, text = (
        (encoders.rst_literal, encoders.rst_text) if kind in RST else (encoders.markdown_code, encoders.markdown_text)
    )
    rows = [(name(s.name), text(s.description), text(s.type_label or "String")) for s in secrets]
    return BEFORE + KINDS[kind](rows) + AFTER


def path_of(kind: str) -> str:
    return "page.rst" if kind in RST else "page.md"


def catalogue(secrets: Sequence[InjectedSecret]) -> Catalogue:
    found = workspace.find(Options(config=ROOT / "authscribe.toml"), ROOT)
    platform = pipeline.resolved(pipeline.load(found.sources), found).catalogue.platform
    return Catalogue((Scheme(id="foo", injected=tuple(secrets)),), (), platform)


PLATFORM_OF = catalogue(())


def rewrite(path: str, text: str, secrets: Sequence[InjectedSecret]) -> rewriting.Rewritten:
    changed = Catalogue((Scheme(id="foo", injected=tuple(secrets)),), (), PLATFORM_OF.platform)
    return rewriting.rewritten(
        path, text, changed, lambda scheme, part, language: f"{scheme.id} {part} {language.value}"
    )


def said(path: str, text: str) -> list[tuple[str, str]]:
    sections = (rst if path.endswith(".rst") else markdown).sections(path, text)
    assert isinstance(sections, tuple)
    (table,) = pages.scheme_tables(sections)
    return [(row[0].text, " ".join(row[1].text.split())) for row in table.table.rows]


NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,14}[a-z0-9]", fullmatch=True)
WORDS = st.text("abcXYZ 0123 .,:;!?*`_|\\<>[](){}#+-=~'\"$%&/@^ \u00e9\u6f22\u5b57\u2014", max_size=60)


@st.composite
def secret_lists(draw: st.DrawFn) -> tuple[list[InjectedSecret], list[InjectedSecret]]:
    """A list of secrets, and what became of it: some are gone, some are new, some have another name or more to say."""
    names = draw(st.lists(NAMES, min_size=2, max_size=9, unique_by=str.lower))
    descriptions = [" ".join(draw(WORDS).split()) or "Text." for _ in names]
    all_of_them = [InjectedSecret(name=n, description=d) for n, d in zip(names, descriptions, strict=True)]
    cut = draw(st.integers(1, len(names) - 1))
    before = all_of_them[:cut]
    after = [secret for secret in before if draw(st.booleans())]
    for secret in all_of_them[cut:]:
        after.insert(draw(st.integers(0, len(after))), secret)
    longer = " ".join(draw(WORDS).split())
    after = [
        s.model_copy(update={"description": f"{s.description} {longer}".strip()}) if draw(st.booleans()) else s
        for s in after
    ]
    return before, after


def meant(secrets: Sequence[InjectedSecret]) -> set[tuple[str, str]]:
    return {(secret.name, " ".join(encoders.printable(secret.description).split())) for secret in secrets}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None)
@given(secret_lists())
def test_a_table_says_what_the_catalogue_says_and_the_rest_stays(
    kind: str, lists: tuple[list[InjectedSecret], list[InjectedSecret]]
) -> None:
    before, after = lists
    path, text = path_of(kind), page(kind, before)
    if set(said(path, text)) != meant(before):
        return  # what the test itself wrote is read as something else; the tool is not asked to write it
    untouched = rewrite(path, text, before)
    assert (untouched.text, untouched.findings) == (text, ())
    result = rewrite(path, text, after)
    if result.findings:
        assert result.text == text
        assert [finding.code for finding in result.findings] == ["table-not-rewritten"]
        return
    assert set(said(path, result.text)) == meant(after)
    assert result.text.startswith(BEFORE)
    assert result.text.endswith(AFTER)
    again = rewrite(path, result.text, after)
    assert (again.text, again.findings) == (result.text, ())


SECRETS = [
    InjectedSecret(name="alpha", description="The first."),
    InjectedSecret(name="beta", description="The second."),
    InjectedSecret(name="gamma", description="The third."),
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_renamed_row_is_the_only_one_that_changes(kind: str) -> None:
    text = page(kind, SECRETS)
    renamed = [SECRETS[0], SECRETS[1].model_copy(update={"name": "bets"}), SECRETS[2]]
    result = rewrite(path_of(kind), text, renamed)
    assert result.findings == ()
    assert result.text == text.replace("beta", "bets")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ending", ["\r\n", "\r"], ids=["CRLF", "CR"])
def test_line_ends_and_a_byte_order_mark_stay(kind: str, ending: str) -> None:
    text = "\ufeff" + page(kind, SECRETS[:2]).replace("\n", ending)
    result = rewrite(path_of(kind), text, SECRETS)
    assert result.findings == ()
    assert "\n" not in result.text.replace(ending, "")
    assert result.text.startswith("\ufeff")
    assert "gamma" in result.text


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_that_ends_with_its_table_ends_as_it_did(kind: str) -> None:
    text = page(kind, SECRETS).removesuffix(AFTER).rstrip("\n")
    result = rewrite(path_of(kind), text, SECRETS[:2])
    assert result.findings == ()
    assert "gamma" not in result.text
    assert not result.text.endswith("\n")


@pytest.mark.parametrize("kind", RST)
@pytest.mark.parametrize("around", [".. note::\n\n", "* An item.\n\n"], ids=["admonition", "list"])
def test_a_table_inside_something_keeps_its_indentation(kind: str, around: str) -> None:
    indent = "   " if around.startswith("..") else "  "
    head, table = page(kind, SECRETS[:2]).removesuffix(AFTER).split("Injected secrets:\n\n")
    inner = "\n".join(f"{indent}{line}" if line else "" for line in f"Injected secrets:\n\n{table}".split("\n"))
    text = head + around + inner + "\nThe end.\n"
    result = rewrite("page.rst", text, SECRETS)
    assert result.findings == ()
    assert set(said("page.rst", result.text)) == meant(SECRETS)
    assert result.text.endswith("\nThe end.\n")


def test_wide_characters_keep_a_grid_together() -> None:
    secrets = [SECRETS[0].model_copy(update={"description": "\u6f22\u5b57 text"}), SECRETS[1]]
    result = rewrite(
        "page.rst", page("grid", secrets), [*secrets, SECRETS[2].model_copy(update={"description": "\u5b57" * 9})]
    )
    assert result.findings == ()
    table = [line for line in result.text.split("\n") if line.startswith(("+", "|"))]
    assert len({width(line) for line in table}) == 1


def test_a_longer_word_widens_its_column_and_nothing_else() -> None:
    long = InjectedSecret(name="a_name_that_is_very_much_longer", description="The last.")
    for kind in ("grid", "simple"):
        result = rewrite("page.rst", page(kind, SECRETS), [*SECRETS, long])
        assert result.findings == ()
        assert set(said("page.rst", result.text)) == meant([*SECRETS, long])


@pytest.mark.parametrize(
    "table",
    [
        ".. csv-table::\n   :header: Property, Description\n   :delim: 0x3b\n\n   alpha; The first.\n",
        "+----------+-------------+\n| Property | Description |\n+==========+=============+\n"
        "| ``beta`` | one         |\n|          +-------------+\n|          | two         |\n+----------+-------------+\n",
    ],
    ids=["a delimiter by its number", "cells that span"],
)
def test_a_layout_of_another_kind_is_one_finding(table: str) -> None:
    text = BEFORE + table + AFTER
    result = rewrite("page.rst", text, SECRETS)
    assert result.text == text
    assert [finding.code for finding in result.findings] == ["table-not-rewritten"]


@pytest.mark.parametrize("lists_all", [False, True], ids=["only what it adds", "everything"])
def test_a_table_of_a_scheme_that_extends_another_stays_what_it_is(lists_all: bool) -> None:
    base = Scheme(id="base", injected=(SECRETS[0],))
    scheme = Scheme(id="foo", extends="base", injected=tuple(SECRETS))
    changed = Catalogue((base, scheme), (), PLATFORM_OF.platform)
    listed = SECRETS[:2] if lists_all else SECRETS[1:2]
    result = rewriting.rewritten("page.rst", page("list-table", listed), changed, lambda *_: "")
    assert result.findings == ()
    assert [name for name, _ in said("page.rst", result.text)] == [s.name for s in (*listed, SECRETS[2])]


MARKED = "Text.\n\n.. authscribe:begin table scheme=foo part=injected\n\nold\n\n.. authscribe:end\n\nMore.\n"


def test_a_region_between_markers_is_renewed() -> None:
    result = rewrite("page.rst", MARKED, SECRETS)
    assert result.findings == ()
    assert result.text == MARKED.replace("old", "foo injected rst")
    assert rewrite("page.rst", result.text, SECRETS).text == result.text
    text = "Text.\n\n> <!-- authscribe:begin table scheme=foo part=injected -->\n> <!-- authscribe:end -->\n"
    assert "> foo injected markdown\n" in rewrite("page.md", text, SECRETS).text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (MARKED.replace(".. authscribe:end", ""), "unpaired-marker"),
        (MARKED.replace(".. authscribe:begin table scheme=foo part=injected", ""), "unpaired-marker"),
        (MARKED.replace("old", ".. authscribe:begin table scheme=foo part=required"), "unpaired-marker"),
        (MARKED.replace("scheme=foo", "scheme=fo"), "unknown-reference"),
        (MARKED.replace("part=injected", "part=inject"), "unknown-reference"),
    ],
    ids=["no end", "no beginning", "two beginnings", "unknown scheme", "unknown part"],
)
def test_a_wrong_marker_changes_nothing(text: str, code: str) -> None:
    result = rewrite("page.rst", text, SECRETS)
    assert result.text == text
    assert {finding.code for finding in result.findings} == {code}


def test_the_project_leaves_its_own_source_alone(tmp_path: Path) -> None:
    source = ROOT / "schemes" / "authentication-schemes.rst"
    target = tmp_path / "page.rst"
    target.write_bytes(source.read_bytes())
    outcome = authscribe("docs", "page.rst", "--source", "page.rst", cwd=tmp_path)
    assert outcome.code == 0
    assert outcome.stdout.endswith("0 of 1 page changed\n")
    assert target.read_bytes() == source.read_bytes()


def test_check_reports_and_docs_repairs(tmp_path: Path) -> None:
    source = ROOT / "schemes" / "authentication-schemes.rst"
    (tmp_path / "page.rst").write_bytes(source.read_bytes())
    (tmp_path / "page.rst").chmod(0o640)
    (tmp_path / "link.rst").symlink_to("page.rst")
    (tmp_path / "r.yaml").write_text("refine:\n  - id: tripletex\n    rename: {consumer_key: consumer_token}\n")
    arguments = ("docs", "link.rst", "--source", "page.rst", "--source", "r.yaml")
    check = authscribe(*arguments, "--check", cwd=tmp_path)
    assert check.code == 1
    assert re.findall(r"^  [+-] .*consumer.*$", check.stdout, re.MULTILINE) == [
        "  -   * - ``consumer_key``", "  +   * - ``consumer_token``",
        "  -   * - ``consumer_key``", "  +   * - ``consumer_token``",
    ]  # fmt: skip
    assert check.stdout.endswith("run: authscribe docs link.rst --source page.rst --source r.yaml\n")
    assert (tmp_path / "page.rst").read_bytes() == source.read_bytes()
    assert authscribe(*arguments, cwd=tmp_path).code == 0
    expected = source.read_text().replace("* - ``consumer_key``", "* - ``consumer_token``")
    assert (tmp_path / "page.rst").read_text() == expected
    assert (tmp_path / "page.rst").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "link.rst").is_symlink()
    assert authscribe(*arguments, "--check", cwd=tmp_path).code == 0


@pytest.mark.parametrize(
    ("page_name", "code"), [("none.rst", "no-such-source"), ("page.txt", "unknown-format"), (".", "unknown-format")]
)
def test_a_page_that_is_none_is_one_finding(tmp_path: Path, page_name: str, code: str) -> None:
    (tmp_path / "page.txt").write_text("x")
    source = str(ROOT / "schemes" / "authentication-schemes.rst")
    outcome = authscribe("docs", page_name, "--source", source, cwd=tmp_path)
    assert outcome.code == 2
    assert outcome.stdout.count("error[") == 1
    assert f"error[{code}]" in outcome.stdout
