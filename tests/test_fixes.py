"""Test that edits of JSON change the one entry, and keep every other byte of the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support import run

from authscribe.edits.apply import apply_edits
from authscribe.edits.json_text import JsonText
from authscribe.findings.finding import Edit
from authscribe.model.draft import MapNode
from authscribe.readers.syntax.json import parse_json
from authscribe.readers.text import decode

KEYS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | KEYS, lambda inner: st.dictionaries(KEYS, inner), max_leaves=4
)
FORMATS = st.sampled_from([
    {"indent": 2}, {"indent": "\t"}, {"separators": (",", ":")}, {}, {"indent": 1, "separators": ("\n,", " : ")},
])  # fmt: skip
NEWLINES = st.sampled_from(["\n", "\r\n", "\r"])


def read(data: bytes) -> tuple[MapNode, JsonText]:
    text = decode("m.json", data).text
    node, findings = parse_json("m.json", text)
    assert isinstance(node, MapNode)
    assert findings == ()
    return node, JsonText("m.json", text)


def write(document: object, layout: dict[str, Any], newline: str, mark: bytes, ending: str) -> bytes:
    return mark + (json.dumps(document, ensure_ascii=False, **layout) + ending).replace("\n", newline).encode()


@given(
    st.dictionaries(KEYS, VALUES, max_size=4), KEYS, FORMATS, NEWLINES, st.sampled_from([b"", b"\xef\xbb\xbf"]),
    st.sampled_from(["", "\n"]),
)  # fmt: skip
def test_an_entry_is_added_and_removed_again(
    document: dict[str, object], key: str, layout: dict[str, Any], newline: str, mark: bytes, ending: str
) -> None:
    document.pop(key, None)
    data = write(document, layout, newline, mark, ending)
    node, text = read(data)
    added = apply_edits(data, (text.insert_entries(node, {key: "{}"}),))
    after, after_text = read(added)
    assert list(json.loads(after_text.text).items()) == [*document.items(), (key, {})]
    removed = apply_edits(added, (after_text.remove_entry(after, key),))
    assert removed == data


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5), st.data(), FORMATS, NEWLINES)
def test_only_the_entry_is_removed(
    document: dict[str, object], data: st.DataObject, layout: dict[str, Any], newline: str
) -> None:
    key = data.draw(st.sampled_from(sorted(document)))
    before = write(document, layout, newline, b"", "\n")
    node, text = read(before)
    edit = text.remove_entry(node, key)
    after = apply_edits(before, (edit,))
    assert json.loads(after) == {name: value for name, value in document.items() if name != key}
    start = text.find_start(edit.place)
    kept = decode("m.json", after).text
    assert text.text.startswith(kept[:start])
    assert text.text.endswith(kept[start:])


def test_edits_do_not_move_each_other() -> None:
    data = b'{"a": 1,\r\n "b": 2}'
    node, text = read(data)
    edits = [
        text.replace(text.find_start(entry.node.place), text.find_end(entry.node.place), "[\n]")
        for entry in node.entries
    ]
    assert apply_edits(data, edits) == b'{"a": [\r\n],\r\n "b": [\r\n]}'
    assert apply_edits(data, list(reversed(edits))) == apply_edits(data, edits)
    assert apply_edits(data, (Edit(edits[0].place, "1"),)) == data


def make_connector(folder: Path) -> Path:
    (folder / "c/templates").mkdir(parents=True)
    (folder / "s.yaml").write_text(
        "schemes: [{id: api_key, kind: api_key, required: [{name: api_key}], injected: [{name: api_key}]}]"
    )
    manifest = folder / "c/manifest.json"
    manifest.write_text(
        '{"auth": "api_key", "additional_parameters": {"unused": {}}, "datatypes": {},'
        ' "system-template": "templates/system.json"}'
    )
    (folder / "c/templates/system.json").write_text('{"headers": {"X-Key": "$SECRET(api_key)"}}')
    return manifest


def test_a_diff_writes_nothing_and_a_second_fix_changes_nothing(tmp_path: Path) -> None:
    manifest = make_connector(tmp_path)
    before = manifest.read_bytes()
    assert run("lint", "--source", "s.yaml", "c", "--diff", cwd=tmp_path).code == 1
    assert manifest.read_bytes() == before
    assert run("lint", "--source", "s.yaml", "c", "--fix", cwd=tmp_path).code == 0
    fixed = manifest.read_bytes()
    assert fixed == before.replace(b'{"unused": {}}', b"{}")
    outcome = run("lint", "--source", "s.yaml", "c", "--fix", cwd=tmp_path)
    assert outcome.stdout == "no findings, 1 connector read, 0 fixed\n"
    assert manifest.read_bytes() == fixed


def test_unsafe_fixes_need_an_option_that_fixes(tmp_path: Path) -> None:
    make_connector(tmp_path)
    outcome = run("lint", "--source", "s.yaml", "c", "--unsafe-fixes", cwd=tmp_path)
    assert outcome.code == 2
    assert "--unsafe-fixes requires --fix or --diff" in outcome.stderr
