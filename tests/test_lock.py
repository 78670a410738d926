from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authscribe.drift import lockfile
from authscribe.drift.lock_schema import LockedFile
from authscribe.drift.lockfile import Lock
from authscribe.findings.finding import DefinitionError
from authscribe.runtime.hashing import digest

names = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='/\\:"'), min_size=1, max_size=8)
paths = st.lists(names.filter(lambda n: n not in (".", "..")), min_size=1, max_size=3).map("/".join)
digests = st.binary().map(digest)
locks = st.builds(
    Lock,
    formatter=st.text(max_size=5),
    inputs=st.dictionaries(names, digests, max_size=3),
    files=st.dictionaries(paths.map(str.lower), st.builds(LockedFile, digests, names, st.none() | names), max_size=4),
)


@given(locks)
def test_a_lock_reads_back_as_it_was_written(written: Lock) -> None:
    content = lockfile.dump_lock(written)
    assert lockfile.parse_lock(content.decode()) == written
    assert lockfile.dump_lock(lockfile.parse_lock(content.decode())) == content
    json.loads(content)


def test_each_file_has_a_line_of_its_own() -> None:
    file = LockedFile(digest(b""), "docs")
    lines = lockfile.dump_lock(Lock("black 26", {"a": "1"}, {"b": file, "a": file})).decode().split("\n")
    assert [line[:4] for line in lines if line.startswith(('"a": {', '"b": {'))] == ['"a":', '"b":']


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"version": 2, "formatter": "", "inputs": {}, "files": {}}',
        '{"version": 1, "formatter": "", "inputs": {}}',
        '{"version": 1, "formatter": "", "inputs": {}, "files": {"../a": {"sha256": "%s", "target": "x"}}}'
        % ("0" * 64),
        '{"version": 1, "formatter": "", "inputs": {}, "files": {"a": {"sha256": "0", "target": "x"}}}',
        "<<<<<<< HEAD",
    ],
)
def test_another_lock_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        lockfile.parse_lock(text)
    assert [finding.code for finding in caught.value.findings] == ["bad-lock"]
