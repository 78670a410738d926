from __future__ import annotations

import itertools
import json as stdlib_json
from pathlib import Path

import pytest
from docutils.parsers.rst import directives, roles
from hypothesis import given, settings
from hypothesis import strategies as st
from page_tables import PLAIN, RST
from support import ROOT

from authscribe.encoders.markdown import encode_markdown_text
from authscribe.model.draft import Draft, Noun, ScalarNode, to_plain
from authscribe.model.wording import ENGLISH, ColumnWords, Wording
from authscribe.readers.pages.markdown.page import read_markdown
from authscribe.readers.pages.rst.inline import SUBSTITUTION_LIMIT
from authscribe.readers.pages.rst.page import read_rst
from authscribe.readers.pages.wording.lead_ins import is_bare_lead_in
from authscribe.readers.pages.wording.origins import find_origin
from authscribe.readers.pages.wording.roles import find_role
from authscribe.readers.registry import SOURCE_SUFFIXES, read_source
from authscribe.readers.syntax.json import parse_json
from authscribe.readers.syntax.toml import parse_toml
from authscribe.readers.syntax.yaml import parse_yaml
from authscribe.readers.text import SIZE_LIMIT, decode
from authscribe.workspace.load import load_sources
from authscribe.workspace.sources import SourceFile

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


def codes(draft: Draft) -> list[str]:
    return [finding.code for finding in draft.findings]


@given(documents)
def test_json_reads_what_the_standard_library_wrote(document: object) -> None:
    for text in (stdlib_json.dumps(document), stdlib_json.dumps(document, indent=1, ensure_ascii=False)):
        node, findings = parse_json("f", text)
        if findings:  # half of a surrogate pair is no text
            assert "\\ud" in stdlib_json.dumps(document)
        else:
            assert node is not None
            assert to_plain(node) == document


@given(documents)
def test_yaml_reads_json(document: object) -> None:
    node, findings = parse_yaml("f", stdlib_json.dumps(document))
    if not findings and node is not None:
        assert to_plain(node) == document
    else:
        assert "\\ud" in stdlib_json.dumps(document) or "<<" in str(document)


@pytest.mark.parametrize(
    ("text", "value", "unusual"),
    [
        pytest.param("a: &x {k: 1}\nb: *x\n", {"a": {"k": 1}, "b": {"k": 1}}, "anchors", id="a mapping again"),
        pytest.param("a: &x 1\na2: &x 2\nb: *x\n", {"a": 1, "a2": 2, "b": 2}, "anchors", id="the last of a name"),
        pytest.param(
            "a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}\n",
            {"a": {"k": 1, "l": 2}, "b": {"k": 3, "l": 2}},
            "anchors",
            id="own",
        ),
        pytest.param("b: {<<: [{k: 1}, {k: 2, l: 3}]}\n", {"b": {"k": 1, "l": 3}}, "merge keys", id="of several"),
        pytest.param("&x a: 1\nb: *x\n", {"a": 1, "b": "a"}, "anchors", id="a key again"),
        pytest.param("'<<': 1\n", {"<<": 1}, None, id="a key in quotes"),
    ],
)
def test_yaml_follows_aliases_and_merge_keys(text: str, value: object, unusual: str | None) -> None:
    node, findings = parse_yaml("f", text)
    assert node is not None
    assert to_plain(node) == value
    assert [finding.message.partition(" and")[0].partition(" are")[0] for finding in findings] == (
        [unusual] if unusual else []
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("a: *x\n", "syntax-error", id="no anchor"),
        pytest.param("a: &x [*x]\n", "syntax-error", id="within itself"),
        pytest.param("a: {<<: 1}\n", "wrong-value", id="a merge of no mapping"),
        pytest.param("a: {<<: [1]}\n", "wrong-value", id="a merge of a list of none"),
        pytest.param(
            "a0: &a0 [1, 2]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60)),
            "unsupported-yaml",
            id="twice as much each time",
        ),
        pytest.param(
            "a0: &a0 {k0: 1}\n" + "".join(f"a{n}: &a{n} {{<<: *a{n - 1}, k{n}: 1}}\n" for n in range(1, 5000)),
            "unsupported-yaml",
            id="a long chain of merges",
        ),
        pytest.param(
            "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 500)), "too-deep", id="too deep"
        ),
    ],
)
def test_aliases_that_cannot_be_followed_are_refused(text: str, code: str) -> None:
    node, findings = parse_yaml("f", text)
    assert node is None
    assert [finding.code for finding in findings] == [code]


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("NO", "NO"), ("yes", "yes"), ("on", "on"), ("12:30:45", "12:30:45"), ("2001-13-45", "2001-13-45"),
        ("0o14", 12), ("014", 14), ("0x1F", 31), ("1e3", 1000.0), ("1_000", "1_000"), (".inf", ".inf"), ("~", None),
        ("'1'", "1"), ("true", True), ("True", True), ("tRue", "tRue"), ("-5", -5), ("1.5", 1.5), ("1.", 1.0),
    ],
)  # fmt: skip
def test_yaml_scalars_are_those_of_yaml_1_2(scalar: str, value: object) -> None:
    node, findings = parse_yaml("f", f"key: {scalar}\n")
    assert findings == ()
    assert node is not None
    assert to_plain(node) == {"key": value}


@pytest.mark.parametrize("suffix", SOURCE_SUFFIXES)
@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "{" * 100_000, "- " * 5_000, "a = " + "[" * 100_000, '{"a":' * 100_000, "a." * 5_000 + "a = 1"],
    ids=["brackets", "braces", "bullets", "toml brackets", "json objects", "dotted key"],
)
def test_nesting_without_end_is_a_finding(suffix: str, text: str) -> None:
    draft = read_source(f"f{suffix}", text)
    assert len(draft.findings) <= 1
    assert draft.definitions == ()


@pytest.mark.parametrize(("levels", "codes"), [(64, []), (65, ["too-deep"]), (500, ["too-deep"])])
def test_markdown_directives_are_nested_only_so_deep(levels: int, codes: list[str]) -> None:
    fences = [":" * length for length in range(levels + 2, 2, -1)]
    text = "\n".join((*(f"{fence}{{note}}" for fence in fences), "x", *reversed(fences)))
    assert [finding.code for finding in read_markdown("f.md", text).findings] == codes


@pytest.mark.parametrize("suffix", [suffix for suffix in SOURCE_SUFFIXES if suffix != ".rst"])
@given(text=st.text(st.sampled_from(list("abid:-[]{}\"',\n =#.&*!<|>\\1~\t")), max_size=60))
@settings(max_examples=300)
def test_no_text_makes_a_reader_fail(suffix: str, text: str) -> None:
    draft = read_source(f"f{suffix}", text)
    assert all(finding.message and finding.help for finding in draft.findings)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("f.yaml", "schemes:\n  - id: a\n    title: x\n"),
        ("f.json", '{"schemes": [\n  {"id": "a",\n    "title": "x"}]}'),
        ("f.toml", '[[schemes]]\nid = "a"\n    title = "x"\n'),
    ],
)
def test_a_value_has_its_place(name: str, text: str) -> None:
    (definition,) = read_source(name, text).select(Noun.SCHEME)
    title = definition.node.find("title")
    assert isinstance(title, ScalarNode)
    line = text.split("\n")[title.place.line - 1]
    assert title.place.line == 3
    assert line[title.place.column - 1 : title.place.end_column - 1].strip('"') == "x"


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        (b"", "empty-file", 0, 0),
        (b" \r\n\t\n", "empty-file", 0, 0),
        (b"\xef\xbb\xbf", "empty-file", 0, 0),
        (b"a\r\nb\xf8c", "not-utf-8", 2, 2),
        (b"a\rb\nc\xff", "not-utf-8", 3, 2),
        ("a".encode("utf-16"), "not-utf-8", 1, 1),
        (b"a\n\x00b", "syntax-error", 2, 1),
        (b"a\r\n<<<<<<< HEAD\r\nb\r\n=======\r\nc\r\n>>>>>>> other\r\n", "syntax-error", 2, 1),
        (b"<<<<<<< HEAD\na\n||||||| 1a2b\nb\n=======\n>>>>>>> other", "syntax-error", 1, 1),
        (b"a" * (SIZE_LIMIT + 1), "too-large", 0, 0),
    ],
)
def test_bytes_that_cannot_be_used(data: bytes, code: str, line: int, column: int) -> None:
    (finding,) = decode("f", data).findings
    assert (finding.code, finding.place.line, finding.place.column) == (code, line, column)


@pytest.mark.parametrize(
    "text", ["A title\n=======\n", "<<<<<<< HEAD\n=======\n", "  <<<<<<< a\n  =======\n  >>>>>>> b\n"]
)
def test_text_that_resembles_merge_markers_is_accepted(text: str) -> None:
    assert decode("f", text.encode()).findings == ()


MERGE = "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n"


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("p.md", f"```\n{MERGE}```\n", 0),
        ("p.MD", f"A\n\n  ~~~~ text\n```\n~~~\n{MERGE}~~~~~\n", 0),
        ("p.md", f"```\n{MERGE}", 0),
        ("p.rst", "::\n\n" + "".join(f"   {line}\n" for line in MERGE.splitlines()), 0),
        ("p.md", f"```\na\n```\n{MERGE}", 4),
        ("p.md", f"```\n{MERGE}```\n\n{MERGE}", 9),
        ("p.md", f"```a``` b\n{MERGE}```\n", 2),
        ("p.md", "<<<<<<< HEAD\n```a\n=======\n```b\n>>>>>>> other\n```\n", 1),
        ("p.rst", f"```\n{MERGE}```\n", 2),
        ("p.yaml", f"```\n{MERGE}```\n", 2),
    ],
)
def test_a_page_can_show_a_merge_as_code(path: str, text: str, line: int) -> None:
    findings = decode(path, text.encode()).findings
    assert [finding.place.line for finding in findings] == ([line] if line else [])


def test_line_ends_and_byte_order_mark_do_not_matter() -> None:
    assert decode("f", b"\xef\xbb\xbfa\r\nb\rc\n").text == "a\nb\nc\n"


LEAD_INS = (
    "Foo authentication\n------------------\n\nIt requires these secrets:\n\n",
    "\nThese secrets are injected:\n\n",
)
HEADINGS = ("Property", "Description", "Type")
ROWS = (
    (("client_id", "The id, with a :ref:`link <x>`."), ("client_secret", "The *secret*.")),
    (
        ("token", "Obtained during onboarding.", "String"),
        ("SO-Id", "The client id as provided in the configuration.", "String"),
    ),
)


def draw(kind: str, rows: list[list[str]]) -> str:
    return "\n".join(RST[kind](rows, PLAIN)) + "\n"


def list_lost_markup(draft: Draft) -> list[str]:
    """Return the markup that the only finding about each page counts; there must be no other finding."""
    assert {finding.code for finding in draft.findings} <= {"not-carried-over"}
    return [finding.message.partition("with its words: ")[2] for finding in draft.findings]


def page(kinds: tuple[str, str]) -> str:
    parts = []
    for lead_in, rows, kind in zip(LEAD_INS, ROWS, kinds, strict=True):
        cells = [list(HEADINGS[: len(rows[0])]), *([f"``{row[0]}``", *row[1:]] for row in rows)]
        parts.append(lead_in + draw(kind, cells))
    return "".join(parts)


@pytest.mark.parametrize("kinds", list(itertools.product(RST, repeat=2)), ids="-".join)
def test_every_kind_of_table_reads_the_same(kinds: tuple[str, str]) -> None:
    text = page(kinds)
    draft = read_rst("p.rst", text)
    assert list_lost_markup(draft) == ["1 role"]
    (definition,) = draft.select(Noun.SCHEME)
    assert to_plain(definition.node) == {
        "id": "foo",
        "title": "Foo authentication",
        "required": [
            {"name": "client_id", "description": "The id, with a link."},
            {"name": "client_secret", "description": "The *secret*."},
        ],
        "injected": [
            {
                "name": "token",
                "description": "Obtained during onboarding.",
                "type": "string",
                "origin": {"source": "onboarding"},
            },
            {
                "name": "SO-Id",
                "description": "The client id as provided in the configuration.",
                "type": "string",
                "origin": {"source": "copied", "required": "client_id"},
            },
        ],
    }
    lines = text.split("\n")
    for part in ("required", "injected"):
        for setting in getattr(definition.node.find(part), "items", ()):
            name = setting.find("name")
            assert lines[name.place.line - 1][name.place.column - 1 : name.place.end_column - 1] == f"``{name.value}``"


WRAPPINGS = [
    pytest.param("{}", id="as it is"),
    pytest.param(".. tabs::\n\n   .. tab:: One\n\n{:>6}", id="in an unknown directive"),
    pytest.param(".. versionadded:: 1.2\n   With words\n\n{:>3}", id="in a directive of Sphinx"),
    pytest.param(".. note::\n\n{:>3}", id="in an admonition"),
]


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_table_is_found_inside_other_things(wrapping: str) -> None:
    table = draw("list-table", [["Name", "Meaning"], ["``token``", "The token."]])
    before, _, indent = wrapping.partition("{")
    width = int(indent.strip(":>}") or 0)
    inner = "".join(" " * width + line + "\n" if line else "\n" for line in table.split("\n"))
    draft = read_rst("p.rst", f"Foo\n===\n\nThese secrets are required:\n\n{before}{inner}")
    assert draft.findings == ()
    (definition,) = draft.select(Noun.SCHEME)
    assert to_plain(definition.node) == {
        "id": "foo",
        "title": "Foo",
        "required": [{"name": "token", "description": "The token."}],
    }


def test_subsections_can_say_which_table_it_is() -> None:
    table = draw("list-table", [["Name"], ["``token``"]])
    text = f"Foo\n===\n\nWords.\n\nRequired secrets\n----------------\n\n{table}\nInjected secrets\n----------------\n\n{table}"
    (definition,) = read_rst("p.rst", text).select(Noun.SCHEME)
    assert to_plain(definition.node) == {
        "id": "foo",
        "title": "Foo",
        "summary": "Words.",
        "required": [{"name": "token"}],
        "injected": [{"name": "token"}],
    }


@pytest.mark.parametrize(
    ("path", "row", "problem", "column"),
    [
        ("p.rst", "``token`` (old)", "'(old)' beside the name 'token'", 1),
        ("p.rst", "old ``old``", "'old' beside the name 'old'", 1),
        ("p.rst", "``token`` or ``key``", "more than one name", 1),
        ("p.md", "| `token`? | A token. |", "'?' beside the name 'token'", 3),
        ("p.md", "| `token`: x | A token. |", "': x' beside the name 'token'", 3),
        ("p.md", "| $`token` | A token. |", "'$' beside the name 'token'", 3),
        ("p.md", "| `token` `key` | A token. |", "more than one name", 3),
        ("p.md", "| `token` | Either `a|b`. |", "3 cells, but the header has 2", 23),
        ("p.md", "> | token | a\\|b | c | |", "3 cells, but the header has 2", 20),
    ],
)
def test_a_row_about_more_than_a_name_is_a_finding(path: str, row: str, problem: str, column: int) -> None:
    if path == "p.rst":
        table = (
            f"======================  ===\nName                    Use\n======================  ===\n{row:24}Yes\n"
            + "=" * 22
            + "  ===\n"
        )
        draft = read_rst(path, f"Foo\n===\n\nRequired secrets:\n\n{table}")
    else:
        before = "> " * row.startswith(">")
        table = f"{before}| Name | Use |\n{before}| --- | --- |\n{row}\n"
        draft = read_markdown(path, f"# Foo\n\nRequired secrets:\n\n{table}")
    (finding,) = draft.findings
    assert finding.code == "unclear-table"
    assert finding.message.endswith(problem)
    assert finding.place.column == column


@pytest.mark.parametrize("cell", ["`token`:", "`token` \\*", "\\*`token`", "`token`,", "`token` \\*\\*:"])
def test_punctuation_beside_a_literal_is_no_part_of_the_name(cell: str) -> None:
    draft = read_markdown("p.md", f"# Foo\n\nRequired secrets:\n\n| Use | Name |\n| --- | --- |\n| Yes | {cell} |\n")
    assert draft.findings == ()
    (definition,) = draft.select(Noun.SCHEME)
    assert to_plain(definition.node.find("required")) == [{"name": "token", "extras": {"Use": "Yes"}}]


def test_a_reference_to_a_note_is_no_part_of_a_text() -> None:
    table = draw("list-table", [["Name", "Meaning"], ["``token`` [1]_", "The token [#x]_."]])
    (definition,) = read_rst("p.rst", f"Foo\n===\n\nRequired secrets:\n\n{table}").select(Noun.SCHEME)
    assert to_plain(definition.node.find("required")) == [{"name": "token", "description": "The token."}]


def test_a_citation_is_a_word_of_its_sentence() -> None:
    table = draw("list-table", [["Name", "Meaning"], ["``token``", "As in [RFC]_."]])
    text = f"Foo\n===\n\nAs described in [RFC6749]_ and here [1]_.\n\nRequired secrets:\n\n{table}"
    (definition,) = read_rst("p.rst", text).select(Noun.SCHEME)
    assert to_plain(definition.node.find("summary")) == "As described in [RFC6749] and here."
    assert to_plain(definition.node.find("required")) == [{"name": "token", "description": "As in [RFC]."}]


def test_a_substitution_reads_as_what_the_page_says_that_it_is() -> None:
    table = draw("list-table", [["Name", "Meaning"], ["``token``", "|Maker| of |maker|_, |loop| |elsewhere|."]])
    says = ".. |maker| replace:: :ref:`Foo <x>` *Inc.*\n.. |loop| replace:: a |loop|\n"
    (definition,) = read_rst("p.rst", f"Foo\n===\n\nRequired secrets:\n\n{table}\n{says}").select(Noun.SCHEME)
    assert to_plain(definition.node.find("required")) == [
        {"name": "token", "description": "Foo *Inc.* of Foo *Inc.*, loop elsewhere."}
    ]


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        pytest.param("", "logo", id="no alternative text"),
        pytest.param("   :alt:\n", "logo", id="an empty one"),
        pytest.param("   :alt: Foo Inc.\n   :target: https://foo.test\n", "[Foo Inc.](https://foo.test)", id="its own"),
    ],
)
def test_an_image_that_a_substitution_stands_for_reads_as_its_alternative_text(options: str, shown: str) -> None:
    table = draw("list-table", [["Name", "Meaning"], ["``token``", "Made by |logo| alone."]])
    says = f".. |logo| image:: logo.png\n{options}"
    (definition,) = read_rst("p.rst", f"Foo\n===\n\nRequired secrets:\n\n{table}\n{says}").select(Noun.SCHEME)
    assert to_plain(definition.node.find("required")) == [{"name": "token", "description": f"Made by {shown} alone."}]


def test_what_a_substitution_stands_for_is_taken_only_where_it_is_short() -> None:
    line = "x" * 9_000
    says = f".. |short| replace:: {'y' * SUBSTITUTION_LIMIT}\n.. |a| replace:: {line}\n" + f"   {line}\n" * 9
    words = f"|a| |short|\n{'|a| ' * 1_000}\n" * 3
    table = draw("list-table", [["Name"], ["``token``"]])
    text = f"Foo\n===\n\n{words}\nRequired secrets:\n\n{table}\n{says}"
    (definition,) = read_rst("p.rst", text).select(Noun.SCHEME)
    one = ["a", "y" * SUBSTITUTION_LIMIT, *["a"] * 1_000]
    assert to_plain(definition.node.find("summary")) == " ".join(one * 3)


def test_other_columns_are_kept() -> None:
    text = "Foo\n===\n\nRequired secrets:\n\n" + draw(
        "list-table", [["Name", "Since"], ["``a``", "2.0"], ["``b``", ".."]]
    )
    (definition,) = read_rst("p.rst", text).select(Noun.SCHEME)
    first, _ = getattr(definition.node.find("required"), "items", ())
    assert to_plain(first) == {"name": "a", "extras": {"Since": "2.0"}}


def test_nothing_outside_the_page_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.txt").write_text("``stolen``")
    (tmp_path / "docutils.conf").write_text("[general]\nfile_insertion_enabled: yes\nraw_enabled: yes\n")
    text = (
        "Foo\n===\n\nThese secrets are required:\n\n.. csv-table::\n   :header: Name\n   :file: secret.txt\n\n"
        ".. include:: secret.txt\n\n.. raw:: html\n   :file: secret.txt\n"
    )
    draft = read_rst("p.rst", text)
    assert "stolen" not in repr(draft)
    assert codes(draft) == ["broken-table"]
    assert draft.findings[0].message.endswith("its rows are in another file, which is not read")


def test_a_page_leaves_no_trace_in_docutils() -> None:
    before = (directives.directive, roles.role, dict(vars(roles)["_roles"]))
    read_rst("p.rst", ".. role:: mine\n\n.. default-role:: mine\n\n:mine:`x` `y`\n\n.. unknown:: x\n")
    assert (directives.directive, roles.role, dict(vars(roles)["_roles"])) == before


def test_reading_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    read_rst("p.rst", "Title\n==\n\n:nope:`x` `unclosed\n\n.. nope::\n   :x: y\n\n  |odd\n- x\nmore\n")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("These secrets are required:", "required"),
        ("You must provide the following credentials.", "required"),
        ("and the following secrets will be injected into the system:", "injected"),
        ("It injects one more secret. It requires the following secrets:", "required"),
        ("The following properties are required:", None),
        ("Tokens are described here.", None),
        ("The connector expects the following secrets to be set:", "required"),
        ("Before you start, gather these credentials:", "required"),
        ("The owner uploads one secret:", "required"),
        ("The secrets below must be filled in by whoever owns the connector.", "required"),
        (
            "Magento requires that the owner of the connector supplies the secrets listed in the table below.",
            "required",
        ),
        ("The following secrets should be provided:", "required"),
        ("These secrets are necessary:", "required"),
        ("Secrets to provide", "required"),
        ("Credentials to be entered by the customer:", "required"),
        ("The secrets in this table must be specified when the connector is added.", "required"),
        ("The following credentials have to be defined for each environment:", "required"),
        ("Users of the connector must set these secrets:", "required"),
        ("Secrets set by the owner:", "required"),
        ("On deployment, the following secrets are written to the system:", "injected"),
        ("The following secrets are available at runtime:", "injected"),
        ("The following secrets are available to the connector:", "injected"),
        ("The system has access to these secrets:", "injected"),
        ("The platform automatically generates the following tokens:", "injected"),
        ("Secrets managed by the platform:", "injected"),
        ("The following secrets are provided to the connector:", "injected"),
        ("Tokens obtained by the platform:", "injected"),
        ("The platform issues these tokens and injects them:", "injected"),
        ("Secrets the system gets", "injected"),
        ("The following secrets can be provided:", "optional"),
        ("You can also supply these secrets:", "optional"),
        ("Owners may provide the following secrets:", "optional"),
        ("The response contains the following tokens:", None),
        ("You can use these tokens:", None),
        ("The token is valid for one hour:", None),
        ("The secrets are stored encrypted.", None),
        ("The following secrets are not required:", None),
        ("These secrets are no longer available at runtime:", None),
        ("Send the token to the system:", None),
        ("You do not need to provide the following secrets:", None),
        ("Kindly find below the credentials which the customer shall furnish:", "required"),
        ("Make sure that these secrets are maintained by the account owner:", "required"),
        ("As the owner, you are responsible for these secrets:", "required"),
        ("The platform is responsible for these secrets:", "injected"),
        ("Customer-supplied secrets", "required"),
        ("Platform-supplied secrets", "injected"),
        ("Secrets from the owner", "required"),
        ("Static secrets (configured once by the owner):", "required"),
        ("Dynamic secrets (refreshed by the platform):", "injected"),
        ("Secrets that end up in the system:", "injected"),
    ],
)
def test_prose_says_which_table_follows(text: str, role: str | None) -> None:
    assert find_role(text, ENGLISH) == role


@pytest.mark.parametrize(
    ("text", "is_bare"),
    [
        ("Connectors that use `oauth2` authentication need:", True),
        ("The owner of the connector supplies:", True),
        ("You need the following:", True),
        ("What the customer provides:", True),
        ("To be supplied by the customer:", True),
        ("It requires:", True),
        ("The platform then injects:", True),
        ("At runtime, the platform adds:", True),
        ("Set by the platform:", True),
        ("The API requires:", False),
        ("Each request requires:", False),
        ("The following scopes are required:", False),
        ("The request body must provide:", False),
        ("Not required:", False),
        ("These are required:", False),
        ("The connector supports:", False),
    ],
)
def test_a_lead_in_may_name_nothing_but_who_supplies_secrets(text: str, is_bare: bool) -> None:
    assert is_bare_lead_in(text, ENGLISH) is is_bare


@pytest.mark.parametrize(
    ("description", "name", "required", "origin"),
    [
        (
            "The client id as provided in the connector configuration.",
            "oauth_client_id",
            ["client_id"],
            ("copied", "client_id"),
        ),
        ("The API key as supplied in the configuration.", "api_key", ["api_key"], ("copied", "api_key")),
        ("As provided in the connector configuration.", "oauth_client_id", ["x", "client_id"], ("copied", "client_id")),
        ("The code from the configuration.", "token", ["key"], ("copied", None)),
        ("The token, obtained during onboarding.", "token", ["token"], ("onboarding", None)),
        ("The ticket used to authenticate the client.", "ticket", ["ticket"], None),
    ],
)
def test_prose_says_where_a_secret_comes_from(
    description: str, name: str, required: list[str], origin: tuple[str, str | None] | None
) -> None:
    assert find_origin(description, name, required) == origin


def test_toml_places_follow_lists_of_tables() -> None:
    text = '[[schemes]]\nid = "a"\n\n[[schemes.required]]\nname = "k"\n\n[[schemes]]\nid = "b"\n\n[schemes.oauth]\nscopes = [\n  "x",\n]\n'
    node, findings = parse_toml("f", text)
    assert findings == ()
    first, second = read_source("f.toml", text).select(Noun.SCHEME)
    assert node is not None
    assert first.node.place.line == 1
    assert second.node.place.line == 7
    (setting,) = getattr(first.node.find("required"), "items", ())
    assert setting.find("name").place.line == 5
    scopes = second.node.find("oauth").find("scopes")
    assert [item.place.line for item in scopes.items] == [12]


@pytest.mark.parametrize(
    ("required", "injected"),
    [
        ("**Required**", "**Injected**"),
        (".. rubric:: Required secrets", ".. rubric:: Injected secrets"),
        (
            "You must provide these secrets:\n\n.. note::\n\n   Keep them safe.",
            "The platform adds these secrets to the system:",
        ),
        ("The owner supplies these credentials:", "These secrets are made available to the system:"),
        ("Needed secrets:\n\n* `docs <https://example.org>`_", "Injected secrets\n\n* `more <https://example.org>`_"),
    ],
    ids=["labels", "rubrics", "a note between", "other words", "links between"],
)
def test_a_lead_in_comes_in_many_forms(required: str, injected: str) -> None:
    table = draw("list-table", [["Name", "Meaning"], ["``token``", "The token."]])
    text = f"Foo authentication\n==================\n\n{required}\n\n{table}\n{injected}\n\n{table}"
    draft = read_rst("p.rst", text)
    assert draft.findings == ()
    (definition,) = draft.select(Noun.SCHEME)
    found = to_plain(definition.node)
    assert isinstance(found, dict)
    assert found["required"] == found["injected"] == [{"name": "token", "description": "The token."}]


@pytest.mark.parametrize("lines", ["..\n\n", "   * - x\n"], ids=["comments", "rows"])
def test_a_page_made_to_take_long_is_one_finding(lines: str) -> None:
    draft = read_rst("p.rst", lines * 20_000)
    assert [finding.code for finding in draft.findings] == ["too-large"]
    assert "12000" in draft.findings[0].message


@pytest.mark.parametrize("item", ["`a ", "*a ", ":r:`x ", "|a "])
def test_markup_made_to_take_long_is_one_finding(item: str) -> None:
    (finding,) = read_rst("p.rst", "T\n=\n\n" + f"{item * 2_000}\n" * 10).findings
    assert finding.code == "too-large"
    assert finding.place.line == 4


def test_a_part_in_another_language_that_cannot_be_read_is_one_finding() -> None:
    text = f"# T\n\n```{{eval-rst}}\n{'`a ' * 6_000}\n```\n"
    (finding,) = read_markdown("p.md", text.replace("`a " * 2_000, "`a " * 2_000 + "\n")).findings
    assert (finding.code, finding.place.line) == ("too-large", 4)


def test_toml_that_is_nested_by_dotted_keys_is_one_finding() -> None:
    keys = ".".join("a" * 60)
    node, (finding,) = parse_toml("f", f"[{keys}]\n{keys} = 1\n")
    assert (node, finding.code) == (None, "too-deep")


MARKDOWN = """---
title: A page
---

# Foo authentication

Used by connectors that use `foo` authentication, see [there](https://example.com).

The following secrets are required:

| Property | Description |
| -------- | ----------- |
| `token` | The id, with a \\| pipe and `code`. |

:::{note}
These secrets will be injected:

```{list-table}
:header-rows: 1

* - Property
  - Description
  - Type
* - `token`
  - The token as provided in the connector configuration.
  - String
```
:::

## Bar

> These secrets are required for `bar` authentication:
>
> Name | Meaning
> --- | ---
> api_key | The key

Other | Table
--- | ---
a | b
"""


def test_markdown_tells_the_same_as_rst() -> None:
    draft = read_markdown("p.md", MARKDOWN)
    assert list_lost_markup(draft) == []
    foo, bar = (to_plain(definition.node) for definition in draft.select(Noun.SCHEME))
    assert isinstance(foo, dict)
    assert isinstance(bar, dict)
    assert (foo["id"], foo["title"], bar["id"]) == ("foo", "Foo authentication", "bar")
    assert foo["required"] == [{"name": "token", "description": "The id, with a | pipe and `code`."}]
    assert foo["injected"][0] == {
        "name": "token",
        "description": "The token as provided in the connector configuration.",
        "type": "string",
        "origin": {"source": "copied", "required": "token"},
    }
    assert bar["required"] == [{"name": "api_key", "description": "The key"}]


DIALECTS = """(foo)=
# Foo authentication {#foo-auth .wide}

````{tab-item} Required
:sync: required

These secrets are {strong}`required`:

```{table} A caption
---
name: foo-required
---

| Name | Description |
| --- | --- |
| {code}`token`[^1] | One.<br>See {ref}`the page <page>` and {doc}`~other`[^1]. |
```

[^1]: It expires.
````
"""


def test_dialects_of_markdown_are_read_as_they_look() -> None:
    draft = read_markdown("p.md", DIALECTS)
    assert list_lost_markup(draft) == ["2 roles, 1 footnote reference"]
    (definition,) = draft.select(Noun.SCHEME)
    assert to_plain(definition.node) == {
        "id": "foo",
        "title": "Foo authentication",
        "required": [{"name": "token", "description": "One. See the page and other."}],
    }


def test_a_regular_expression_in_markdown_is_no_footnote() -> None:
    text = (
        "# Foo\n\nKeys match ^[A-Z]{3}[0-9]+$.\n\nRequired secrets:\n\n"
        "| Name | Meaning |\n| --- | --- |\n| token | Matches ^[a-z]+$, see[^1]. |\n\n[^1]: A note.\n"
    )
    (definition,) = read_markdown("p.md", text).select(Noun.SCHEME)
    assert to_plain(definition.node) == {
        "id": "foo",
        "title": "Foo",
        "summary": "Keys match ^[A-Z]{3}[0-9]+$.",
        "required": [{"name": "token", "description": "Matches ^[a-z]+$, see."}],
    }


def test_tags_in_markdown_are_no_text() -> None:
    text = (
        '# Foo\n\nSend <Token> or <your-token>, <b class="x">never</B> <https://foo.test>.\n\nRequired secrets:\n\n'
        '| Name | Meaning |\n| --- | --- |\n| <a id="x"></a>`anchored` | One<BR />line<br class=x>more<!-- a -->. |\n'
        "| <code>html_code</code> | H<sub>2</sub>O |\n"
    )
    draft = read_markdown("p.md", text)
    assert list_lost_markup(draft) == ["2 HTML tags"]
    (definition,) = draft.select(Noun.SCHEME)
    assert to_plain(definition.node) == {
        "id": "foo",
        "title": "Foo",
        "summary": "Send <Token> or <your-token>, never https://foo.test.",
        "required": [
            {"name": "anchored", "description": "One line more."},
            {"name": "html_code", "description": "H2O"},
        ],
    }


@pytest.mark.parametrize("attributes", ["{#a}", "{ #a .b }", "{: #a }", "{:.b}", "{: .b #a}"])
def test_attributes_of_a_title_are_no_part_of_it(attributes: str) -> None:
    text = f"# Foo {attributes}\n\nSecrets required:\n\n| Name |\n| --- |\n| token |\n"
    (definition,) = read_markdown("p.md", text).select(Noun.SCHEME)
    assert to_plain(definition.node.find("title")) == "Foo"


@pytest.mark.parametrize("title", ["Foo {#bar}", "Foo {.a b}", "Foo { #a }", "Foo {: #a}"])
def test_braces_that_a_title_has_are_no_attributes(title: str) -> None:
    text = f"# {encode_markdown_text(title)}\n\nSecrets required:\n\n| Name |\n| --- |\n| token |\n"
    (definition,) = read_markdown("p.md", text).select(Noun.SCHEME)
    assert to_plain(definition.node.find("title")) == title


def test_each_name_in_markdown_points_at_its_cell() -> None:
    lines = MARKDOWN.split("\n")
    draft = read_markdown("p.md", MARKDOWN)
    for definition in draft.select(Noun.SCHEME):
        for part in ("required", "injected"):
            for setting in getattr(definition.node.find(part), "items", ()):
                name = setting.find("name")
                place = name.place
                assert lines[place.line - 1][place.column - 1 : place.end_column - 1].strip("`") == name.value


@pytest.mark.parametrize(
    "text",
    [
        "# Title\n\nText.\n",
        "| a | b |\n| - | - |\n| 1 | 2 |\n",
        "```{list-table}\n* - broken\n  - row\n* - x\n```\n",
        "<div>",
    ],
    ids=["no table", "another table", "a broken table of something else", "html"],
)
def test_markdown_about_something_else_is_silent(text: str) -> None:
    draft = read_markdown("p.md", text)
    assert (draft.definitions, draft.findings) == ((), ())


def test_the_generated_pages_tell_the_same_in_both_languages() -> None:
    folder = ROOT / "output" / "docs"
    drafts = [
        read_rst("p", (folder / "rst" / "authentication-schemes.rst").read_text()),
        read_markdown("p", (folder / "markdown" / "authentication-schemes.md").read_text()),
    ]
    first, second = ([to_plain(definition.node) for definition in draft.select(Noun.SCHEME)] for draft in drafts)
    assert len(first) == 7
    assert first == second


@settings(max_examples=200)
@given(st.text("|-#`*_[](){}<>:\n abc\\"))
def test_no_markdown_is_too_much(text: str) -> None:
    draft = read_markdown("p.md", f"# Foo authentication\n\nRequired secrets:\n\n{text}\n\n| Name |\n|---|\n| a |\n")
    assert isinstance(draft, Draft)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_page_in_the_cache_is_read_again_with_other_words(jobs: int, tmp_path: Path) -> None:
    sources = []
    for number in range(2):
        page = tmp_path / f"wave{number}.md"
        page.write_text("# Wave\n\nHemmeligheter som injiseres:\n\n| Navn |\n|---|\n| `a` |\n")
        sources.append(SourceFile(str(page), page.name, page.name))
    words = Wording(injected=("injiseres",), secrets=("hemmelighet*",), columns=ColumnWords(name=("navn",)))
    for wording, count in ((ENGLISH, 0), (words, 2), (ENGLISH, 0), (words, 2)):
        loaded = load_sources(sources, jobs=jobs, folder=tmp_path / "cache", wording=wording)
        assert sum(len(draft.definitions) for draft in loaded.drafts) == count
