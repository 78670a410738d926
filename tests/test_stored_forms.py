"""Findings and drafts that are stored in the cache read back unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import ROOT, find_cases

from authscribe.findings.finding import FINDING_TYPES, Finding, Label, Place, Severity
from authscribe.model.draft import (
    DRAFT_TYPES,
    DefinitionDraft,
    Draft,
    Entry,
    Hint,
    KeyOutcome,
    ListNode,
    MapNode,
    Noun,
    Outcome,
    ScalarNode,
)
from authscribe.readers.registry import is_page, read_source
from authscribe.readers.text import decode
from authscribe.runtime.codec import dump_record, parse_record

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
carried = st.builds(KeyOutcome, texts, places, st.sampled_from(Outcome), st.integers(0, 9), texts)
drafts = st.builds(
    Draft,
    texts,
    st.lists(definitions, max_size=2).map(tuple),
    st.lists(findings, max_size=2).map(tuple),
    st.lists(carried, max_size=2).map(tuple),
    st.none() | mappings,
)
PAGES = sorted(
    path
    for folder in (ROOT / "schemes", *(case / "in" for case in find_cases()))
    for path in folder.rglob("*")
    if path.suffix in (".rst", ".md")
)


@given(findings)
def test_findings_read_back(finding: Finding) -> None:
    assert parse_record(dump_record(finding), Finding, FINDING_TYPES) == finding


@given(drafts)
def test_drafts_read_back(draft: Draft) -> None:
    again = parse_record(dump_record(draft), Draft, DRAFT_TYPES)
    # Not `==` alone: to Python, true is one, and one is 1.0.
    assert repr(again) == repr(draft)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_drafts_of_pages_read_back(page: Path) -> None:
    text = decode(str(page), page.read_bytes()).text
    draft = read_source(str(page), text)
    assert is_page(str(page))
    assert parse_record(dump_record(draft), Draft, DRAFT_TYPES) == draft


@pytest.mark.parametrize(
    "content",
    [b"", b"1", b"{}", b"[{}]", b'{"Draft": []}', b'{"Place": ["p"]}', b'{"object": []}', b'{"Place": 1}', b"\xff"],
)
def test_a_wrong_form_is_refused(content: bytes) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        parse_record(content, Draft, DRAFT_TYPES)
