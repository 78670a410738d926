"""Encoded text is read back unchanged, by the tools that read it for users."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Sequence
from html.parser import HTMLParser
from xml.etree import ElementTree

import black
import docutils.nodes
import docutils.utils
import pytest
import yaml
from cmarkgfm import github_flavored_markdown_to_html
from docutils.utils import urischemes
from hostile_texts import TEXTS
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len
from structures import find_structure
from support import parse_rst

from authscribe.encoders.html import (
    encode_html_attribute,
    encode_html_json,
    encode_html_link,
    encode_html_raw,
    encode_html_text,
)
from authscribe.encoders.json import encode_json_document
from authscribe.encoders.markdown import (
    encode_commonmark,
    encode_markdown_code,
    encode_markdown_link,
    encode_markdown_text,
)
from authscribe.encoders.prose import has_only_words
from authscribe.encoders.python import encode_python_literal, encode_python_name
from authscribe.encoders.rst import (
    encode_rst_link,
    encode_rst_literal,
    encode_rst_reference,
    encode_rst_text,
    wrap_rst_lines,
)
from authscribe.encoders.shell import encode_shell_string, encode_variable, is_shell_safe
from authscribe.encoders.text import encode_id, escape_terminal, measure_width, to_printable
from authscribe.encoders.yaml import encode_yaml_string

markup = st.text(st.sampled_from(list("ab 1.:_*`|\\<>[](){}#-+=~!&$@^'\"/,;?%n")), max_size=30)
anything = st.one_of(markup, st.text(max_size=40))
nasty = [
    "client_id_", "a__ b", "`x`_", "[1]_", "|sub|", "::", "text::", "1. one", "(a) b", "i) x", "A. b", "#. x",
    "- item", "* item", "+ x", ":field: x", "-o option", "--opt", "/V", ">>> x", "| line", "+--+", "====",
    "__ anonymous", "\\\\\\\\", ".. comment", "\\", "a\\", "*", "**bold**", "http://x.y/a_b_", "me@x.org", "``", "`a", "end:", "é_", "_a", "x _ y", "x ::",
]  # fmt: skip


MARKUP = (
    docutils.nodes.problematic, docutils.nodes.emphasis, docutils.nodes.strong, docutils.nodes.title_reference,
    docutils.nodes.substitution_reference, docutils.nodes.footnote_reference, docutils.nodes.target,
)  # fmt: skip


def is_markup(node: docutils.nodes.Node) -> bool:
    """Return whether a node is something other than text, a literal or the link of an address."""
    return isinstance(node, MARKUP) or (isinstance(node, docutils.nodes.reference) and "refuri" not in node)


def rst_cell(encoded: str) -> str:
    (text,) = rst_cells([encoded])
    return text


def rst_cells(encoded: Sequence[str]) -> list[str]:
    """Return the texts of the rows of a table that is filled with encoded texts."""
    rows = "".join(f"   * - {text}\n" for text in ("x", *encoded))
    document = parse_rst(f".. list-table::\n\n{rows}", report_level=5)
    assert not list(document.findall(docutils.nodes.system_message))
    assert not list(document.findall(is_markup))
    return [entry.astext() for entry in document.findall(docutils.nodes.entry)][1:]


def rst_paragraph(encoded: str) -> str:
    document = parse_rst(f"before\n\n{encoded}\n\nafter\n", report_level=5)
    assert [type(child) for child in document.children] == [docutils.nodes.paragraph] * 3
    return document.children[1].astext()


ADDRESSES = st.from_regex(r"https?://[a-z0-9.-]+(:[0-9]{1,4})?([/?#][A-Za-z0-9._~:/?#@!$&*+,=%-]*)?", fullmatch=True)


@settings(max_examples=200)
@given(ADDRESSES)
@example("https://x.org/a_b_?c=*d*&e_")
def test_an_address_becomes_a_link(address: str) -> None:
    (reference,) = parse_rst(encode_rst_link(address), report_level=5).findall(docutils.nodes.reference)
    assert reference["refuri"] == address
    (paragraph,) = [token for token in MarkdownIt().parse(encode_markdown_link(address)) if token.children]
    assert [dict(token.attrs) for token in paragraph.children or () if token.type == "link_open"] == [
        {"href": MarkdownIt().normalizeLink(address)}
    ]


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "https://x.org/`", "https://x.org/<b>", "https://x y", "x", ""]
)
def test_text_that_is_not_an_address_is_not_linked(text: str) -> None:
    assert encode_rst_link(text) == encode_rst_literal(text)
    assert encode_markdown_link(text) == encode_markdown_code(text)


@pytest.mark.parametrize(
    ("title", "shown"),
    [("Acme & Co", "Acme & Co"), ("a <b>", r"a \<b>"), ("<b>", r"\<b>"), ("`<`", r"\`\<\`"), (r"\<", r"\\\<")],
)
def test_the_title_of_a_reference_is_not_taken_for_its_label(title: str, shown: str) -> None:
    assert encode_rst_reference(title, "auth-scheme-", "x") == f":ref:`{shown} <auth-scheme-x>`"


@pytest.mark.parametrize("text", nasty)
def test_rst_text_survives_in_a_cell_and_in_a_paragraph(text: str) -> None:
    assert rst_cell(encode_rst_text(text)) == to_printable(text)
    assert rst_paragraph(encode_rst_text(text)) == to_printable(text)


@settings(max_examples=400)
@given(anything)
def test_rst_text_reads_back(text: str) -> None:
    assume(to_printable(text))
    assert rst_cell(encode_rst_text(text)) == to_printable(text)


@settings(max_examples=200)
@given(anything)
@example("a``b")
@example("a`` b")
@example("`a")
@example("a\\")
def test_rst_literal_reads_back(text: str) -> None:
    assume(to_printable(text))
    assert rst_cell(encode_rst_literal(text)) == to_printable(text)


@pytest.mark.parametrize("text", ["The token (obtained during onboarding).", "client_id", "a - b, c; d: e", "O'Neil"])
def test_ordinary_prose_stays_as_it_is(text: str) -> None:
    assert encode_rst_text(text) == text
    assert encode_markdown_text(text) == text


@pytest.mark.parametrize(
    "block", ["{}", "* {}", ".. list-table::\n\n   * - {}\n     - b\n", ".. list-table::\n\n   * - b\n     - {}\n"]
)
def test_docutils_reads_a_long_text_as_one_paragraph(block: str) -> None:
    words = " ".join(["word", "``w``"] * 3000)
    text = wrap_rst_lines(block.format(words))
    assert max(map(len, text.split("\n"))) <= 9000
    paragraphs = [paragraph.astext().split() for paragraph in parse_rst(text).findall(docutils.nodes.paragraph)]
    assert [words for words in paragraphs if words != ["b"]] == [["word", "w"] * 3000]


@settings(max_examples=300)
@given(
    st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), min_size=1).map(" ".join).filter(has_only_words)
)
@example("1 a")
@example("i")
@example("www")
@example("²")
def test_words_read_back(text: str) -> None:
    assert rst_paragraph(encode_rst_text(text)) == rst_cell(encode_rst_text(text)) == text
    assert github_flavored_markdown_to_html(encode_markdown_text(text)) == f"<p>{text}</p>\n"


@pytest.mark.parametrize("before", ["", "(", "-", "<", "a ", "'"])
def test_rst_text_links_only_web_and_mail_addresses(before: str) -> None:
    contents = ("//example.com/x", "x", "user@example.com")
    texts = [f"{before}{scheme.upper()}:{content}" for scheme in urischemes.schemes for content in contents]
    encoded = [encode_rst_text(text) for text in texts]
    assert rst_cells(encoded) == texts
    paragraphs = parse_rst("\n\n".join(encoded)).children
    schemes = {text: list_schemes(paragraph) for text, paragraph in zip(texts, paragraphs, strict=True)}
    assert [text for text, found in schemes.items() if not found <= {"http", "https", "mailto"}] == []


def list_schemes(paragraph: docutils.nodes.Node) -> set[str]:
    return {node["refuri"].partition(":")[0].lower() for node in paragraph.findall(docutils.nodes.reference)}


@pytest.mark.parametrize(
    "text", ["ftp://example.com", "FTP://example.com", "xmpp:a@example.com", "xmpp:xmpp:a@example.com"]
)
def test_markdown_text_links_only_web_and_mail_addresses_on_github(text: str) -> None:
    assert "href" in github_flavored_markdown_to_html(text)
    page = github_flavored_markdown_to_html(encode_markdown_text(text))
    assert {*re.findall('href="([a-z]+):', page)} <= {"mailto"}
    assert re.sub("<.*?>", "", page).strip() == text


HOSTILE = sorted({text for texts in TEXTS.values() for text in texts if "\ud800" not in text})


@settings(max_examples=1000)
@given(
    st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=4), st.sampled_from(["", " ", "\n", "\n\n", "\\", "`", "]"])
)
@example(["[x\\\\](javascript:x)"], "")
@example(["[x]:", "javascript:x"], "\n")
@example(["- `a", "- [x](javascript:x)`"], "\n")
def test_commonmark_has_no_html_and_links_only_web_and_mail_addresses(texts: list[str], separator: str) -> None:
    encoded = encode_commonmark(separator.join(texts))
    find_structure("x.md", encoded)
    tokens = [token for each in MarkdownIt("commonmark").parse(encoded) for token in (each, *(each.children or ()))]
    assert {token.content for token in tokens if token.type.startswith("html")} <= {"<!-- -->"}


@pytest.mark.parametrize(
    "text",
    [
        "Keys of *all* apps.\n\n- `a`: [here](https://example.com/a_b)\n- <https://example.com>\n\n## More\n\n[top](#more) \\* 1 < 2",
        "[x](mailto:a@example.com), [page](keys/first.md) and [y](/z)",
        "See [x] and [y]( https://example.com ).\n\n[x]: https://example.com",
    ],
)
def test_harmless_commonmark_stays_as_it_is(text: str) -> None:
    assert encode_commonmark(text) == text


def test_a_backslash_in_commonmark_that_escapes_nothing_hides_no_address() -> None:
    assert encode_commonmark(r"a\ftp://example.com") == r"a\\ftp\://example.com"


def markdown_cell(encoded: str) -> str:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(f"| a |\n| --- |\n| {encoded} |\n")
    inline = [token for token in tokens if token.type == "inline"][1]
    separator = ("html_inline", "<!-- -->")
    return "".join(child.content for child in inline.children or [] if (child.type, child.content) != separator)


@settings(max_examples=400)
@given(anything)
@example("<b>x</b> &amp; [l](u) ![i](u) ~~s~~ a|b")
def test_markdown_text_reads_back(text: str) -> None:
    assume(to_printable(text))
    assert markdown_cell(encode_markdown_text(text)) == to_printable(text)
    assert markdown_cell(encode_markdown_code(text)) == to_printable(text)


@settings(max_examples=300)
@given(anything)
@example("- x")
@example("1. x")
@example("# x")
@example(":::{include} /etc/passwd")
@example("% comment")
@example("(label)=")
@example("!!! note")
def test_markdown_text_begins_no_block(text: str) -> None:
    assume(to_printable(text))
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(encode_markdown_text(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.lists(inner).map(tuple),
    max_leaves=8,
)


@given(values)
@example("\\'")
@example("\\'\\\"'")
@example('\u00e9"')
def test_a_python_literal_evaluates_to_its_value(value: object) -> None:
    literal = encode_python_literal(value)
    assert literal.isascii()
    assert "\n" not in literal
    assert ast.literal_eval(literal) == value


@settings(max_examples=200)
@given(st.text(max_size=20) | st.text("a'\"\\\n", max_size=8))
def test_black_does_not_change_what_a_literal_means(text: str) -> None:
    source = f"x = {encode_python_literal(text)}\n"
    assert ast.literal_eval(black.format_str(source, mode=black.Mode())[4:]) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}, b"x"])
def test_a_value_without_a_literal_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        encode_python_literal(value)


@pytest.mark.parametrize("name", ["a b", "class", "é", "a\n", "", "1a", "a;b"])
def test_a_name_that_is_not_an_identifier_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not an identifier"):
        encode_python_name(name)


@pytest.mark.parametrize("text", ["a b", "A", "", "__a", "a/b", "\u00e9", "a\n", "<a>"])
def test_a_text_that_is_not_an_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an id"):
        encode_id(text)


@given(st.text())
def test_a_yaml_string_reads_back(text: str) -> None:
    assume(not re.search(r"[\ud800-\udfff]", text))
    encoded = encode_yaml_string(text)
    assert encoded.isascii()
    assert yaml.load(encoded, Loader=yaml.SafeLoader) == text
    assert yaml.load(str(encoded), Loader=yaml.CSafeLoader) == text


@given(st.text(st.characters() | st.sampled_from("a\u6f22\uff21\u0301\u3099\u302a\u0941\ufe0f")))
@example("\u304b\u3099")
def test_a_width_is_that_of_docutils(text: str) -> None:
    assert measure_width(text) == docutils.utils.column_width(text)


def test_a_terminal_may_show_a_text_narrower_than_docutils_counts_it() -> None:
    # A vowel sign of Devanagari and a wide combining mark, neither of which takes a cell of its own.
    assert (cell_len("\u0928\u0941"), measure_width("\u0928\u0941")) == (1, 2)
    assert (cell_len("\u304b\u3099"), measure_width("\u304b\u3099")) == (2, 3)


@given(st.text())
def test_nothing_moves_the_cursor_of_a_terminal(text: str) -> None:
    assert not [character for character in escape_terminal(text) if character < " " or "\x7f" <= character <= "\x9f"]
    assert "\x1b" not in escape_terminal(text)
    assert "\u202e" not in escape_terminal(text)


def test_json_is_ascii_and_ends_with_a_newline() -> None:
    assert encode_json_document({"ø": "\u2028"}) == '{\n  "\\u00f8": "\\u2028"\n}\n'
    assert json.loads(encode_json_document({"ø": 1})) == {"ø": 1}


class Parsed(HTMLParser):
    """Tags, attributes and text of a piece of HTML, as a parser reads it."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


hostile = ["</script>", "<!--", "<script>", "\"' onload=x", "&lt;", "&#0;", "]]>", "\u2028", "\x00", "<svg/onload=x>"]


@pytest.mark.parametrize("text", hostile)
def test_hostile_text_stays_text_in_html(text: str) -> None:
    reads_back_in_html(text)


@settings(max_examples=300)
@given(anything)
def test_html_reads_back(text: str) -> None:
    reads_back_in_html(text)


def reads_back_in_html(text: str) -> None:
    page = Parsed(f"<p title={encode_html_attribute(text)}>{encode_html_text(text)}</p>")
    assert page.tags == [("p", [("title", to_printable(text))])]
    assert page.text == to_printable(text)
    image = ElementTree.fromstring(f"<svg a={encode_html_attribute(text)}>{encode_html_text(text)}</svg>")
    assert image.get("a") == (image.text or "") == to_printable(text)


@given(st.recursive(anything, lambda inner: st.lists(inner) | st.dictionaries(anything, inner), max_leaves=6))
@example(hostile)
def test_json_in_a_script_element_reads_back_and_cannot_leave_it(value: object) -> None:
    page = Parsed(f'<script type="application/json">{encode_html_json(value)}</script><p>')
    assert [tag for tag, _ in page.tags] == ["script", "p"]
    assert page.text.isascii()
    assert "<" not in page.text
    assert json.loads(page.text) == value


@pytest.mark.parametrize(
    "address", ["https://example.com/a?b=c#d", "http://x", "a/b.json", "../../s.yaml", "#scheme=oauth2", "a%20b"]
)
def test_safe_addresses_are_linked(address: str) -> None:
    assert Parsed(f"<a href={encode_html_link(address)}>").tags == [("a", [("href", address)])]


@pytest.mark.parametrize(
    "address",
    ["javascript:x", "JavaScript:x", " javascript:x", "java\tscript:x", "data:text/html,x", "vbscript:x", "//x", "/x",
     "file:///etc/passwd", "https:x", "https://", "https://a b", 'https://a"b', "https://a\nb", "#<x>", "a:b", ""],
)  # fmt: skip
def test_unsafe_addresses_are_not_linked(address: str) -> None:
    with pytest.raises(ValueError, match="is not linked"):
        encode_html_link(address)


@pytest.mark.parametrize("text", ["</script>", "</STYLE >", "a <!-- b", "<script"])
def test_a_script_that_could_end_its_element_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="end its element"):
        encode_html_raw(text)


@given(st.text(max_size=20))
@example("it's")
@example("a\\b")
def test_a_shell_string_reads_back_or_is_refused(text: str) -> None:
    if not is_shell_safe(text):
        with pytest.raises(ValueError, match="cannot be quoted"):
            encode_shell_string(text)
        return
    assert shlex.split(encode_shell_string(text)) == [text]


@pytest.mark.parametrize("name", ["api_key", "1A", "A-B", "A B", "", "A\n"])
def test_a_name_that_no_variable_can_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a variable"):
        encode_variable(name)
