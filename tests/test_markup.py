"""Test the markup within texts: what is parsed is what was formatted, in linear time."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authscribe.encoders.html import encode_html_markup
from authscribe.encoders.markdown import encode_markdown_cell, encode_markdown_markup
from authscribe.encoders.prose import to_printable_spans
from authscribe.encoders.rst import encode_rst_markup
from authscribe.model.draft import Draft, Noun, to_plain
from authscribe.model.markup import (
    Span,
    Style,
    describe_markup,
    format_markup,
    get_plain_text,
    join_text,
    parse_markup,
    slice_spans,
    tidy_spans,
)
from authscribe.readers.pages.markdown.page import read_markdown
from authscribe.readers.pages.rst.page import read_rst

_TEXT = st.text(st.sampled_from("ab1 \\`*[]()!_.:<>|-\n\"'/") | st.characters(codec="utf-8"), max_size=30)
_ADDRESSES = st.sampled_from(
    ["https://example.com", "http://x.y:80/a*b_c?q=1&r=%28#z_", "mailto:a@example.com", "javascript:x", "data:x,y", ""]
)
_MARKS = st.sampled_from([style for style in Style if style is not Style.LINK])
SPANS = st.lists(
    st.builds(Span, _TEXT, _MARKS, st.just("")) | st.builds(Span, _TEXT, st.just(Style.LINK), _ADDRESSES), max_size=6
)
"""Spans of which some have markup that no text can hold."""


@given(_TEXT)
def test_escaped_text_has_no_markup(text: str) -> None:
    escaped = format_markup((Span(text),) if text else ())
    assert get_plain_text(escaped) == text
    assert {span.style for span in parse_markup(escaped)} <= {Style.PLAIN}


@given(SPANS)
def test_formatted_spans_are_parsed_as_they_were(spans: list[Span]) -> None:
    tidy = tidy_spans(spans)
    assert parse_markup(format_markup(tidy)) == tidy


@given(SPANS)
def test_tidy_spans_keep_the_words(spans: list[Span]) -> None:
    assert join_text(tidy_spans(spans)) == " ".join(join_text(spans).split())
    assert tidy_spans(tidy_spans(spans)) == tidy_spans(spans)


@given(SPANS, st.integers(0, 40), st.integers(0, 40))
def test_a_slice_has_the_text_of_the_slice(spans: list[Span], start: int, end: int) -> None:
    assert join_text(slice_spans(spans, start, end)) == join_text(spans)[start:end]


@given(_TEXT)
def test_only_web_and_mail_addresses_are_linked(text: str) -> None:
    spans = parse_markup(f"[{text}](javascript:alert(1)) [{text}](data:text/html,x) [{text}](//x.y)")
    assert Style.LINK not in {span.style for span in spans}


def read_texts(draft: Draft) -> tuple[object, object]:
    """Return the summary of the only scheme of a page, and the description of its only secret."""
    assert draft.findings == ()
    (definition,) = draft.select(Noun.SCHEME)
    node = to_plain(definition.node)
    assert isinstance(node, dict)
    return node["summary"], node["required"][0]["description"]


def make_text(spans: Sequence[Span]) -> str:
    """Return the text of the spans without characters that no page may have."""
    return format_markup(to_printable_spans(format_markup(tidy_spans(spans))))


_PROSE = "The platform needs a key. "
"""Begins each text, so that it is prose, and not a lead-in or a sentence about the scheme."""


@settings(max_examples=300)
@given(SPANS)
def test_markup_in_rst_reads_back(spans: list[Span]) -> None:
    text, cell = (make_text(parts) for parts in ((Span(_PROSE), *spans, Span(" End.")), spans or [Span("x")]))
    encoded = encode_rst_markup(text)
    table = f".. list-table::\n   :header-rows: 1\n\n   * - Name\n     - Description\n   * - ``token``\n     - {encode_rst_markup(cell)}\n"
    draft = read_rst("p.rst", f"Foo\n===\n\n{encoded}\n\nRequired secrets:\n\n{table}")
    assert read_texts(draft) == (text, cell)


@settings(max_examples=300)
@given(SPANS)
def test_markup_in_markdown_reads_back(spans: list[Span]) -> None:
    text, cell = (make_text(parts) for parts in ((Span(_PROSE), *spans, Span(" End.")), spans))
    table = f"| Name | Description |\n| --- | --- |\n| `token` | {encode_markdown_cell(cell)} |\n"
    page = f"# Foo\n\n{encode_markdown_markup(text)}\n\nRequired secrets:\n\n{table}"
    assert read_texts(read_markdown("p.md", page)) == (text, cell)


@given(SPANS)
def test_markup_in_html_is_the_markup_of_the_text(spans: list[Span]) -> None:
    root = ElementTree.fromstring(f"<p>{encode_html_markup(format_markup(tidy_spans(spans)))}</p>")
    tidy = to_printable_spans(format_markup(tidy_spans(spans)))
    assert "".join(root.itertext()) == join_text(tidy)
    assert [child.text for child in root] == [span.text for span in tidy if span.style is not Style.PLAIN]
    assert [child.get("href") for child in root.iter("a")] == [span.address for span in tidy if span.address]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("see `client_id`.", (Span("see "), Span("client_id", Style.CODE), Span("."))),
        ("`` a`b ``", (Span("a`b", Style.CODE),)),
        ("*(optional)* **Note:** x", (
            Span("(optional)", Style.EMPHASIS), Span(" "), Span("Note:", Style.STRONG), Span(" x"),
        )),
        ("[the docs](https://x.y/z)", (Span("the docs", Style.LINK, "https://x.y/z"),)),
        (r"\*a\* \`b\` \[c](https://x.y)", (Span("*a* `b` [c](https://x.y)"),)),
    ],
)  # fmt: skip
def test_markup(text: str, spans: tuple[Span, ...]) -> None:
    assert parse_markup(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        "a * b", "snake_case", "_a_", "<b>x</b>", "[x]", "[x](y)", "2*3*4", "*.example.com/*", "https://*.x.com/*",
        "**kwargs and *args", "* item *", "`open", "***a***", "![x](https://x.y)", r"domain\user", "*a\n\nb*", "` `",
        "[https://x.y](https://x.y) "[:12],
    ],
)  # fmt: skip
def test_text_that_only_resembles_markup(text: str) -> None:
    assert parse_markup(text) == (Span(text),)
    assert format_markup((Span(text),)) == text


@pytest.mark.parametrize("piece", ["*", "`", "[", "**a ", "[a](", "\\*", "*a\\*", "` `` ", "[a](https://x.y/", "!["])
def test_work_is_linear(piece: str) -> None:
    assert measure_growth(get_plain_text, piece * (1_200 // len(piece))) < 5


def test_quadratic_work_is_noticed() -> None:
    assert measure_growth(lambda text: [text[i:].find("b") for i in range(len(text)) for _ in text], "ab" * 50) > 15


def measure_growth(work: Callable[[str], object], text: str) -> float:
    """Return how many times the calls for four texts are those for one: 4 for linear work, 16 for quadratic work."""
    return count_calls(work, text * 4) / count_calls(work, text)


def count_calls(work: Callable[[str], object], text: str) -> int:
    """Return how many functions are called, those of the interpreter included."""
    events: Counter[str] = Counter()

    def count(frame: object, event: str, argument: object) -> None:
        del frame, argument
        events[event] += 1

    earlier = sys.getprofile()
    sys.setprofile(count)
    try:
        work(text)
    finally:
        sys.setprofile(earlier)
    return events["call"] + events["c_call"]


def test_texts_without_markup_show_code_and_addresses() -> None:
    text = "Send `a` as *b*, see [c](https://x.y) or [d](mailto:e@f.g)."
    assert describe_markup(text) == "Send `a` as b, see c (https://x.y) or d (e@f.g)."
