"""What is kept between runs in plain form reads back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import ROOT, find_cases

from authscribe.findings.finding import Finding, Label, Place, Severity, dump_findings, parse_findings
from authscribe.model.draft import (
    DefinitionDraft,
    Draft,
    Entry,
    Hint,
    ListNode,
    MapNode,
    Noun,
    ScalarNode,
    dump_draft,
    parse_draft,
)
from authscribe.readers.registry import is_page, read_source
from authscribe.readers.text import decode

texts = st.text(max_size=8)
places = st.builds(Place, texts, *[st.integers(0, 9)] * 4)
labels = st.lists(st.builds(Label, places, texts), max_size=2).map(tuple)
findings = st.builds(Finding, texts, st.sampled_from(Severity), texts, places, texts, labels)
scalars = st.builds(ScalarNode, st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts, places)
nodes = st.recursive(
    scalars,
    lambda inner: st.builds(ListNode, st.lists(inner, max_size=3).map(tuple), places)
    | st.builds(MapNode, st.lists(st.builds(Entry, texts, places, inner), max_size=3).map(tuple), places),
    max_leaves=6,
)
mappings = st.builds(MapNode, st.lists(st.builds(Entry, texts, places, nodes), max_size=3).map(tuple), places)
hints = st.lists(st.builds(Hint, texts, places), max_size=2).map(tuple)
definitions = st.builds(DefinitionDraft, st.sampled_from(Noun), mappings, hints)
drafts = st.builds(
    Draft,
    texts,
    st.lists(definitions, max_size=2).map(tuple),
    st.lists(findings, max_size=2).map(tuple),
    carried=st.just(()),
    document=st.none(),
)
PAGES = sorted(
    path
    for folder in (ROOT / "schemes", *(case / "in" for case in find_cases()))
    for path in folder.rglob("*")
    if path.suffix in (".rst", ".md")
)


@given(st.lists(findings).map(tuple))
def test_findings(found: tuple[Finding, ...]) -> None:
    assert parse_findings(dump_findings(found)) == found


@given(drafts)
def test_drafts(found: Draft) -> None:
    again = parse_draft(found.path, dump_draft(found))
    # Not `==` alone: to Python, true is one, and one is 1.0.
    assert repr(again) == repr(found)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_drafts_of_pages_have_nothing_else(page: Path) -> None:
    text = decode(str(page), page.read_bytes()).text
    found = read_source(str(page), text)
    assert is_page(str(page))
    assert parse_draft(str(page), dump_draft(found)) == found


@pytest.mark.parametrize("content", [b"", b"[1]", b'[["x"]]', b'[["schemes", {}, []]]\n[]'])
def test_another_form_is_refused(content: bytes) -> None:
    for parse in (parse_findings, lambda content: parse_draft("p", content)):
        with pytest.raises((ValueError, TypeError, KeyError)):
            parse(content)
