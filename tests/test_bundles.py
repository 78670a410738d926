"""Bundles of entries change nothing but the time that a lookup takes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from authscribe.runtime import cache
from authscribe.runtime.bundles import lookup_together, replace_entries

KEYS = [cache.make_key((str(number),)) for number in range(100)]


def value(key: str) -> bytes:
    """Return a value of any length, none among them, with line ends and digits."""
    return b"1 2\n" * KEYS.index(key)


def query(folder: Path, statement: str) -> list[tuple[str]]:
    with closing(sqlite3.connect(folder / "authscribe-cache-1.sqlite")) as database, database:
        return list(database.execute(statement))


def list_bundles(folder: Path) -> set[str]:
    return {key for (key,) in query(folder, "SELECT key FROM entries WHERE key LIKE '%/bundle'")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a cache that lacks one key."""
    cache.store(tmp_path, ((key, value(key)) for key in KEYS[1:]))
    return tmp_path


def test_a_lookup_finds_what_the_cache_has(folder: Path) -> None:
    for _ in range(3):
        assert lookup_together(folder, KEYS) == cache.lookup(folder, KEYS) == {key: value(key) for key in KEYS[1:]}
    cache.store(folder, [(KEYS[0], b"")])
    for _ in range(3):
        assert lookup_together(folder, KEYS) == {key: value(key) for key in KEYS}


def test_nothing_is_found_in_no_cache(tmp_path: Path) -> None:
    assert lookup_together(tmp_path / "none", KEYS) == lookup_together(tmp_path / "none", ()) == {}
    assert not (tmp_path / "none").exists()


def test_a_bundle_suffices(folder: Path) -> None:
    assert lookup_together(folder, KEYS[1:]) == {key: value(key) for key in KEYS[1:]}
    query(folder, "DELETE FROM entries WHERE key NOT LIKE '%/bundle'")
    assert lookup_together(folder, KEYS[1:]) == {key: value(key) for key in KEYS[1:]}


def test_another_key_leaves_most_bundles_as_they_are(folder: Path) -> None:
    lookup_together(folder, KEYS[1:])
    before = list_bundles(folder)
    key = cache.make_key(("more",))
    cache.store(folder, [(key, b"more")])
    assert lookup_together(folder, [*KEYS[1:50], key, *KEYS[50:]])[key] == b"more"
    assert 1 <= len(list_bundles(folder) - before) <= 2 < len(before)


@pytest.mark.parametrize(
    "damaged",
    [lambda _: b"", lambda _: b"1\n", lambda _: b"x\n", lambda content: content[:-1]],
    ids=["empty", "another number", "no number", "cut"],
)
def test_a_bundle_of_another_form_counts_as_missing(folder: Path, damaged: Callable[[bytes], bytes]) -> None:
    expected = lookup_together(folder, KEYS[1:])
    bundles = cache.lookup(folder, [*list_bundles(folder)])
    cache.store(folder, [(bundle, damaged(content)) for bundle, content in bundles.items()])
    assert lookup_together(folder, KEYS[1:]) == expected


def test_a_bundle_never_hides_an_entry_that_replaces_another(folder: Path) -> None:
    lookup_together(folder, KEYS[1:])
    replace_entries(folder, KEYS[1:], [(KEYS[50], b"new")])
    expected = {key: value(key) for key in KEYS[1:]} | {KEYS[50]: b"new"}
    for _ in range(2):
        assert lookup_together(folder, KEYS[1:]) == expected
