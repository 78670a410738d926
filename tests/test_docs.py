"""Tables inside pages follow the catalogue; correct rows keep their bytes, and nothing else changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import docutils
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from page_tables import AFTER, BEFORE, EXAMPLES, HEADER, KINDS, PLAIN, RST, SECRETS, Style, list_table, page, path_of
from support import ROOT, resolve_drafts, run

from authscribe.encoders.language import Language
from authscribe.encoders.prose import to_printable_spans
from authscribe.encoders.text import measure_width
from authscribe.model.catalogue import Catalogue
from authscribe.model.definitions import InjectedSecret, Scheme
from authscribe.model.markup import join_text
from authscribe.model.wording import ENGLISH
from authscribe.pages.rewrite import RewrittenPage, rewrite_page
from authscribe.readers.pages.markdown.page import parse_markdown
from authscribe.readers.pages.rst.page import parse_rst
from authscribe.readers.pages.scheme_tables import SchemeTable, find_scheme_tables
from authscribe.targets.docs import TableFile
from authscribe.targets.docs_regions import RegionPiece

COMBINING = pytest.mark.skipif(
    docutils.__version_info__ < (0, 22), reason="docutils 0.21 refuses grids with combining characters"
)
PLATFORM = resolve_drafts().catalogue.platform


def catalogue(secrets: Sequence[InjectedSecret]) -> Catalogue:
    return Catalogue((Scheme(id="foo", injected=tuple(secrets)),), (), PLATFORM)


def rewrite(path: str, text: str, secrets: Sequence[InjectedSecret]) -> RewrittenPage:
    return rewrite_page(path, text, catalogue(secrets), render_names)


def render_names(pieces: Sequence[RegionPiece], language: Language) -> str:
    """Return a list of the names in a table, with the language."""
    (view,) = (piece.view for piece in pieces)
    assert isinstance(view, TableFile)
    return f"{language.value}: {' '.join(row.name for row in view.table.rows)}"


@lru_cache(2)
def parse(path: str, text: str) -> object:
    return (parse_rst if path.endswith(".rst") else parse_markdown)(path, text)


def said(path: str, text: str) -> list[tuple[str, str]]:
    return [(row["Property"], row["Description"]) for row in shown(path, text)]


def shown(path: str, text: str) -> list[dict[str, str]]:
    """Return the rows of the only table of a page, by its headings."""
    sections = parse(path, text)
    assert isinstance(sections, tuple)
    (found,) = find_scheme_tables(sections, ENGLISH)
    assert isinstance(found, SchemeTable)
    table = found.table
    return [
        {head.text: " ".join(cell.text.split()) for head, cell in zip(table.header, row, strict=True)}
        for row in table.rows
    ]


NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,14}[a-z0-9]", fullmatch=True)
WORDS = st.text("abcXYZ 0123 .,:;!?*`_|\\<>[](){}#+-=~'\"$%&/@^ \u00e9\u6f22\u5b57\u2014", max_size=60)


@st.composite
def secret_lists(draw: st.DrawFn) -> tuple[list[InjectedSecret], list[InjectedSecret]]:
    """Draw a list of secrets and a later version of it: some are gone, new, renamed, or described at more length."""
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
    return {(secret.name, join_text(to_printable_spans(secret.description))) for secret in secrets}


STYLES = st.builds(
    Style,
    columns=st.permutations(("name", "description", "type", "other")).map(tuple)
    | st.permutations(("name", "description")).map(tuple),
    indent=st.sampled_from(["", "  "]),
    caption=st.sampled_from(["", "A caption"]),
    options=st.sampled_from([(), ("align: left",), ("widths: auto", "class: wide")]),
    bullets=st.sampled_from(["*-", "-*", "--", "+-"]),
    blank=st.sampled_from([" ", "  "]),
    empty=st.integers(0, 1),
    delimiter=st.sampled_from([",", ";"]),
    is_quoted=st.booleans(),
    pad=st.sampled_from([" ", ""]),
    wrap=st.sampled_from([1000, 24]),
    fence=st.sampled_from(["```", "~~~", ":::", "::::"]),
    has_bars=st.booleans(),
)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(secret_lists(), STYLES)
def test_a_table_follows_the_catalogue_and_the_rest_stays(
    kind: str, lists: tuple[list[InjectedSecret], list[InjectedSecret]], style: Style
) -> None:
    before, after = lists
    path, text = path_of(kind), page(kind, before, style)
    # What the test itself wrote may be read as something else; the tool is not asked to write it.
    assume(is_readable(path, text) and set(said(path, text)) == meant(before))
    untouched = rewrite(path, text, before)
    assert (untouched.text, untouched.findings) == (text, ())
    result = rewrite(path, text, after)
    event("rewritten" if not result.findings else "refused")
    if result.findings:
        assert result.text == text
        assert [finding.code for finding in result.findings] == ["table-not-rewritten"]
        return
    assert set(said(path, result.text)) == meant(after)
    assert result.text.startswith(BEFORE)
    assert result.text.endswith(AFTER)
    kept = {row["Property"]: row.get("Since") for row in shown(path, text)}
    assert all(row.get("Since") == kept[row["Property"]] for row in shown(path, result.text) if row["Property"] in kept)
    again = rewrite(path, result.text, after)
    assert (again.text, again.findings) == (result.text, ())


def is_readable(path: str, text: str) -> bool:
    sections = parse(path, text)
    found = [*find_scheme_tables(sections, ENGLISH)] if isinstance(sections, tuple) else []
    return len(found) == 1 and isinstance(found[0], SchemeTable)


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


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\u6f22\u5b57", id="wide"),
        pytest.param("e\u0301", id="combining", marks=COMBINING),
        pytest.param("\u304b\u3099", id="wide and combining", marks=COMBINING),
    ],
)
def test_characters_of_other_widths_keep_a_grid_together(text: str) -> None:
    secrets = [SECRETS[0].model_copy(update={"description": f"{text} text"}), SECRETS[1]]
    added = SECRETS[2].model_copy(update={"description": text * 12})
    result = rewrite("page.rst", page("grid", secrets), [*secrets, added])
    assert result.findings == ()
    table = [line for line in result.text.split("\n") if line.startswith(("+", "|"))]
    assert len({measure_width(line) for line in table}) == 1


def test_a_longer_word_widens_its_column_and_nothing_else() -> None:
    long = InjectedSecret(name="a_name_that_is_very_much_longer", description="The last.")
    for kind in ("grid", "simple"):
        result = rewrite("page.rst", page(kind, SECRETS), [*SECRETS, long])
        assert result.findings == ()
        assert set(said("page.rst", result.text)) == meant([*SECRETS, long])


@pytest.mark.parametrize(
    "table",
    [
        ".. csv-table::\n   :header: Property; Description\n   :delim: 0x3b\n\n   alpha; The first.\n",
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
    changed = Catalogue((base, scheme), (), PLATFORM)
    listed = SECRETS[:2] if lists_all else SECRETS[1:2]
    result = rewrite_page("page.rst", page("list-table", listed), changed, lambda *_: "")
    assert result.findings == ()
    assert [name for name, _ in said("page.rst", result.text)] == [s.name for s in (*listed, SECRETS[2])]


MARKED = "Text.\n\n.. authscribe:begin table scheme=foo part=injected\n\nold\n\n.. authscribe:end\n\nMore.\n"


def test_a_region_between_markers_is_renewed() -> None:
    result = rewrite("page.rst", MARKED, SECRETS)
    assert result.findings == ()
    assert result.text == MARKED.replace("old", "rst: alpha beta gamma")
    assert rewrite("page.rst", result.text, SECRETS).text == result.text
    text = "Text.\n\n> <!-- authscribe:begin table scheme=foo part=injected -->\n> <!-- authscribe:end -->\n"
    assert "> markdown: alpha beta gamma\n" in rewrite("page.md", text, SECRETS).text


RENDERED = {
    "a list": ("* Item.\n\n  {begin}\n  {end}\n", "  {language}: alpha beta gamma\n"),
    "the line of a bullet": ("* {begin}\n\n  {end}\n", "  {language}: alpha beta gamma\n"),
    "two lists": ("* a\n\n  * b\n\n    {begin}\n\n    old\n\n    {end}\n", "    {language}: alpha beta gamma\n"),
}


@pytest.mark.parametrize("where", RENDERED)
@pytest.mark.parametrize("path", ["page.rst", "page.md"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_region_is_as_deep_as_its_marker(where: str, path: str, ending: str) -> None:
    around, expected = RENDERED[where]
    opening, closing = (".. ", "") if path == "page.rst" else ("<!-- ", " -->")
    markers = {
        "begin": f"{opening}authscribe:begin table scheme=foo part=injected{closing}",
        "end": f"{opening}authscribe:end{closing}",
    }
    text = around.format(**markers).replace("\n", ending)
    result = rewrite(path, text, SECRETS)
    language = "rst" if path == "page.rst" else "markdown"
    assert result.findings == ()
    assert expected.format(language=language).replace("\n", ending) in result.text
    assert "old" not in result.text
    assert "\n" not in result.text.replace(ending, "")
    assert rewrite(path, result.text, SECRETS) == RewrittenPage(result.text, ())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("page.rst", "An example::\n\n   {rst}\n\nThe end.\n"),
        ("page.rst", ".. code-block:: rst\n\n   {rst}\n"),
        ("page.rst", "Write ``{rst}`` there.\n"),
        ("page.rst", "A paragraph\n{rst}\n"),
        ("page.md", "```\n{markdown}\n```\n"),
        ("page.md", "````md\n```{{note}}\n{markdown}\n```\n````\n"),
        ("page.md", "```{{code-block}} markdown\n{markdown}\n```\n"),
        ("page.md", "    {markdown}\n"),
        ("page.md", "Write `{markdown}` there.\n"),
    ],
)
def test_a_marker_in_an_example_is_ignored(path: str, text: str) -> None:
    rest = "authscribe:begin table scheme=nothing"
    shown_text = text.format(rst=f".. {rest}", markdown=f"<!-- {rest} -->")
    assert rewrite(path, shown_text, SECRETS) == RewrittenPage(shown_text, ())


def test_reStructuredText_in_MyST_stays_what_it_is() -> None:  # noqa: N802 - names
    marked = ".. authscribe:begin table scheme=foo part=injected\n.. authscribe:end\n"
    result = rewrite("page.md", f"Text.\n\n```{{eval-rst}}\n{marked}```\n", SECRETS)
    assert result.findings == ()
    assert "\n\nrst: alpha beta gamma\n\n" in result.text
    table = "\n".join(list_table([HEADER, ("``alpha``", "The first.", "String")], PLAIN))
    result = rewrite("page.md", f"{BEFORE}```{{eval-rst}}\n{table}```\n", SECRETS)
    assert result.findings == ()
    assert "   * - ``beta``\n     - The second.\n     - String\n" in result.text


def test_a_table_between_markers_does_not_belong_to_its_section() -> None:
    marked = ".. authscribe:begin table scheme=bar part=injected\n\n.. authscribe:end\n"
    secrets = [InjectedSecret(name="other", description="Of another scheme.")]
    schemes = (Scheme(id="bar", injected=tuple(secrets)), Scheme(id="foo", injected=tuple(SECRETS)))
    changed = Catalogue(schemes, (), PLATFORM)

    def table(pieces: Sequence[RegionPiece], _language: Language) -> str:
        (view,) = (piece.view for piece in pieces)
        assert isinstance(view, TableFile)
        return "\n".join(list_table([HEADER, *((s.name, s.description, "String") for s in view.table.rows)], PLAIN))

    text = f"{page('list-table', SECRETS[:2])}\n\nThese secrets are injected, too:\n\n{marked}"
    result = rewrite_page("page.rst", text, changed, table)
    assert result.findings == ()
    assert "* - other" in result.text
    assert "* - ``gamma``" in result.text
    assert rewrite_page("page.rst", result.text, changed, table) == RewrittenPage(result.text, ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (MARKED.replace(".. authscribe:end", ""), "unpaired-marker"),
        (MARKED.replace(".. authscribe:begin table scheme=foo part=injected", ""), "unpaired-marker"),
        (MARKED.replace("old", ".. authscribe:begin table scheme=foo part=required"), "unpaired-marker"),
        (MARKED.replace("scheme=foo", "scheme=fo"), "unknown-reference"),
        (MARKED.replace("scheme=foo", "schema=foo"), "unknown-key"),
        (MARKED.replace("part=injected", ""), "missing-key"),
        (MARKED.replace("table", "tables"), "unknown-reference"),
        (MARKED.replace("part=injected", "part=inject"), "unknown-reference"),
    ],
    ids=[
        "no end",
        "no beginning",
        "two beginnings",
        "unknown scheme",
        "unknown key",
        "missing key",
        "unknown content",
        "unknown part",
    ],
)
def test_a_wrong_marker_changes_nothing(text: str, code: str) -> None:
    result = rewrite("page.rst", text, SECRETS)
    assert result.text == text
    assert {finding.code for finding in result.findings} == {code}


PARAGRAPH = "The quick brown fox jumps over the lazy dog. " * 11 + "\n\n"


@pytest.mark.once
@pytest.mark.parametrize("kind", ["list-table", "pipe"])
def test_a_page_of_five_megabytes_is_rewritten(kind: str) -> None:
    text = page(kind, SECRETS[:2]) + "\n\n" + PARAGRAPH * (10_000 if kind == "pipe" else 5_900)
    result = rewrite(path_of(kind), text, SECRETS)
    assert result.findings == ()
    assert result.text.endswith(PARAGRAPH * 5_900)
    assert "gamma" in result.text


@pytest.mark.parametrize("path", ["page.rst", "page.md"])
@pytest.mark.parametrize("rest", ["x\n" * 60_000, "x " * 2_500_000], ids=["60,000 lines", "one line"])
def test_a_page_that_would_take_long_is_one_finding(path: str, rest: str) -> None:
    text = f"{BEFORE}{rest}"
    result = rewrite(path, text, SECRETS)
    assert [finding.code for finding in result.findings] == ["too-large"]
    assert result.text == text


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"])
def test_lines_are_counted_as_everybody_does(separator: str) -> None:
    text = BEFORE.replace("blanks", f"blanks{separator}here") + page("list-table", SECRETS[:2]).removeprefix(BEFORE)
    result = rewrite("page.rst", text, SECRETS)
    assert result.findings == ()
    assert set(said("page.rst", result.text)) == meant(SECRETS)
    assert separator in result.text


def test_mixed_line_ends_stay_and_new_lines_end_like_those_above_them() -> None:
    text = page("list-table", SECRETS[:2]).replace("- The second.\n", "- The second.\r\n").replace("   * -", "\t* -")
    text = text.replace("     -", "\t  -").replace("   :", "\t:")
    result = rewrite("page.rst", text, [SECRETS[0], SECRETS[2]])
    assert result.findings == ()
    assert result.text == text.replace("beta", "gamma").replace("second", "third")


def test_the_project_leaves_its_own_source_alone(tmp_path: Path) -> None:
    source = ROOT / "schemes" / "authentication-schemes.rst"
    target = tmp_path / "page.rst"
    target.write_bytes(source.read_bytes())
    outcome = run("docs", "page.rst", "--source", "page.rst", cwd=tmp_path)
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
    check = run(*arguments, "--check", cwd=tmp_path)
    assert check.code == 1
    assert re.findall(r"^  [+-] .*consumer.*$", check.stdout, re.MULTILINE) == [
        "  -   * - ``consumer_key``", "  +   * - ``consumer_token``",
        "  -   * - ``consumer_key``", "  +   * - ``consumer_token``",
    ]  # fmt: skip
    assert check.stdout.endswith("run: authscribe docs link.rst --source page.rst --source r.yaml\n")
    assert (tmp_path / "page.rst").read_bytes() == source.read_bytes()
    assert run(*arguments, cwd=tmp_path).code == 0
    expected = source.read_text().replace("* - ``consumer_key``", "* - ``consumer_token``")
    assert (tmp_path / "page.rst").read_text() == expected
    assert (tmp_path / "page.rst").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "link.rst").is_symlink()
    assert run(*arguments, "--check", cwd=tmp_path).code == 0


@pytest.mark.parametrize(
    ("page_name", "code"), [("none.rst", "no-such-source"), ("page.txt", "unknown-format"), (".", "no-such-source")]
)
def test_a_page_that_cannot_be_rewritten_is_one_finding(tmp_path: Path, page_name: str, code: str) -> None:
    (tmp_path / "page.txt").write_text("x")
    source = str(ROOT / "schemes" / "authentication-schemes.rst")
    outcome = run("docs", page_name, "--source", source, cwd=tmp_path)
    assert outcome.code == 2
    assert outcome.stdout.count("error[") == 1
    assert f"error[{code}]" in outcome.stdout
