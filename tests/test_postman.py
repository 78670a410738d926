"""Test the reader of Postman's documents: no value of one gets anywhere."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import CASES, run

FOLDER = CASES / "read" / "postman"
DOCUMENTS = [
    FOLDER / "collection" / "in" / "acme.postman_collection.json",
    FOLDER / "auth_of_folders_and_requests" / "in" / "acme.json",
    FOLDER / "environment" / "in" / "acme.postman_environment.json",
]
MARK = "live-mark-4711"
NAMES = {
    ("info", "name"), ("info", "schema"), ("info", "_postman_id"), ("info", "description", "content"),
    ("info", "description", "type"), ("name",), ("id",), ("_postman_variable_scope",), ("_postman_exported_at",),
    ("_postman_exported_using",),
}  # fmt: skip
"""Paths of facts about a document itself."""


def leaves(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path


def find(document: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


def is_value(document: object, path: tuple[str | int, ...]) -> bool:
    """Return whether a leaf is a value: not a name, nor a word that says how to authenticate."""
    if path in NAMES or path[-1] in ("key", "description", "type"):
        return False
    holder = find(document, path[:-1])
    name = holder.get("key") if isinstance(holder, dict) else None
    return not ("auth" in path and path[-1] == "value" and name in ("scope", "key"))


VALUES = [
    (document, path)
    for document in DOCUMENTS
    for path in leaves(json.loads(document.read_text()))
    if is_value(json.loads(document.read_text()), path)
]


def marked(document: Path, path: tuple[str | int, ...], value: object) -> str:
    changed = copy.deepcopy(json.loads(document.read_text()))
    find(changed, path[:-1])[path[-1]] = value
    return json.dumps(changed, indent=1)


@pytest.mark.parametrize(
    "value", [MARK, f"https://me:{MARK}@acme.example/a", f"a?b={MARK}", [MARK], {"a": {MARK: MARK}}]
)
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.parent.parent.name)
def test_a_value_at_any_place_stays_there(tmp_path: Path, document: Path, value: object) -> None:
    """Convert and check documents with one value after another; nothing may show it, not even a finding about it."""
    paths = [path for other, path in VALUES if other == document]
    assert len(paths) > 5
    for number, path in enumerate(paths):
        (tmp_path / f"document-{number}.json").write_text(marked(document, path, value))
    names = [f"document-{number}.json" for number in range(len(paths))]
    for name in names:
        for arguments in (("convert", name, "--to", "json"), ("lint", "--source", name), ("show", "--source", name)):
            outcome = run(*arguments, cwd=tmp_path)
            assert MARK not in outcome.stdout + outcome.stderr, (name, arguments)
            assert "Traceback" not in outcome.stderr


def test_there_is_no_value_in_the_outputs_or_the_cache(tmp_path: Path) -> None:
    for document in DOCUMENTS:
        (tmp_path / document.name).write_text(document.read_text())
    outcome = run("generate", "--source", ".", "--out-dir", "out", "--cache-dir", "cache", "--exit-zero", cwd=tmp_path)
    assert outcome.code == 0, outcome.stdout
    written = [path for folder in ("out", "cache") for path in (tmp_path / folder).rglob("*") if path.is_file()]
    assert len(written) > 10
    assert not [path for path in written if b"withheld-" in path.read_bytes()]
