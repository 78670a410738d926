"""Detect the format of a document by its content: each document is in one format, and most are in none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import CASES, ROOT, find_cases

from authscribe.model.draft import ListNode, MapNode
from authscribe.readers.registry import DATA_FORMATS, SOURCE_SUFFIXES, detect_format, index_items, parse_document

CASES_BY_FORMAT = [
    (folder.relative_to(CASES / "read").parts[0].replace("_", "-"), folder) for folder in find_cases("read")
]
# Definition files are asked last, and resemble many documents: a slip in a key is reported there.
FOREIGN = [name for name in DATA_FORMATS if name != "definitions"]
OTHERS = {
    "npm-lock.json": '{"name": "a", "version": "1.0.0", "packages": {"": {"name": "a"}}}',
    "composer.json": '{"name": "acme/a", "packages": [{"name": "b", "version": "1.0", "type": "library"}]}',
    "lerna.json": '{"name": "a", "packages": ["packages/*"], "version": "independent"}',
    "client.json": '{"servers": {"acme": {"type": "http", "url": "https://acme.example/mcp"}}}',
    "json-server.json": '{"posts": [{"id": 1, "title": "a"}], "profile": {"name": "b"}}',
    "nodes.json": '[{"name": "acme", "displayName": "A", "group": ["input"], "inputs": ["main"], "properties": []}]',
    "users.json": '[{"name": "acme", "displayName": "A", "properties": {"a": 1}}, "text", 3]',
    "empty.json": "[]",
    "positions.json": '{"0": {"name": "a"}, "1": {"name": "b"}}',
    "git-remotes.yaml": "name: a\nremotes: [{name: origin, url: 'https://acme.example'}]\n",
    "conda.yaml": "name: a\nchannels: [defaults]\ndependencies: [python]\n",
    "compose.yaml": "name: a\nservices: {web: {image: a}}\n",
    "chart.yaml": "name: a\ntype: application\nmeta: {x: y}\n",
    "workflow.yaml": "name: a\non: push\njobs: {}\n",
}


def parse(path: str, text: str) -> MapNode | ListNode | None:
    node = parse_document(path, text)[0]
    return node if isinstance(node, MapNode | ListNode) else None


def list_recognising(path: str, node: MapNode | ListNode) -> list[str]:
    """Return every format that would take a document, whether it is asked or not."""
    document = index_items(node) if isinstance(node, ListNode) else node
    return [name for name in FOREIGN if DATA_FORMATS[name]().recognises(path, document)]


def list_documents(folder: Path) -> Iterator[tuple[str, MapNode | ListNode]]:
    """Yield the documents of a case that have no mistake in their syntax."""
    for path in sorted((folder / "in").rglob("*.*")):
        node = parse(str(path), path.read_text("utf-8-sig")) if path.suffix in SOURCE_SUFFIXES else None
        if node is not None:
            yield str(path), node


@pytest.mark.parametrize(("format_name", "folder"), CASES_BY_FORMAT, ids=lambda value: getattr(value, "name", value))
def test_the_documents_of_a_case_are_in_its_format(format_name: str, folder: Path) -> None:
    documents = list(list_documents(folder))
    detected = {detect_format(path, node) for path, node in documents}
    # Beside them there may be parts of a document, which are in no format by themselves.
    others = {"openapi"} if format_name == "power-platform" else set()
    assert format_name in detected or not documents
    assert detected - {None, "definitions"} <= {format_name, *others}
    for path, node in documents:
        assert list_recognising(path, node) in ([], [detect_format(path, node)])


@pytest.mark.parametrize("name", OTHERS)
def test_other_documents_are_in_no_foreign_format(name: str) -> None:
    node = parse(name, OTHERS[name])
    assert node is not None
    assert detect_format(name, node) not in FOREIGN
    assert list_recognising(name, node) == []


def test_every_data_format_has_cases() -> None:
    assert {format_name for format_name, _ in CASES_BY_FORMAT} == set(FOREIGN)


def test_the_formats_of_the_corpus_are_told_apart(corpus: Path) -> None:
    folders = {"airbyte": "airbyte", "meltano": "meltano", "openapi": "openapi", "power-platform": "power-platform"}
    for folder, format_name in folders.items():
        for path in sorted((corpus / "catalogues" / folder).rglob("*.*")):
            if path.suffix in SOURCE_SUFFIXES and path.stem.lower() != "readme":
                node = parse(str(path), path.read_text("utf-8-sig"))
                detected = detect_format(str(path), node) if node is not None else None
                assert detected in (format_name, "openapi", None), path.relative_to(ROOT)
