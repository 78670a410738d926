"""A file whose digest is remembered is not read again, unless its stamp differs or could hide a change."""

from __future__ import annotations

import mmap
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from support import run

from authscribe.drift import output_folder
from authscribe.drift.output_folder import hash_files
from authscribe.drift.stamps import recall_digests, remember_digests
from authscribe.findings.finding import DefinitionError
from authscribe.runtime import cache
from authscribe.runtime.hashing import digest

LOCK = "authscribe.lock"
FILES = ("a/b.txt", "a/c.txt", "d.txt")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return an output folder with a lock that was changed after all files."""
    folder = tmp_path / "out"
    output_folder.apply_changes(folder, [(path, [path.encode()]) for path in FILES], [], (LOCK, [b"lock\n"]))
    write_until(folder / LOCK, lambda: all(changed(folder / path) < changed(folder / LOCK) for path in FILES))
    return folder


def changed(path: Path) -> int:
    return path.stat().st_ctime_ns


def write_until(path: Path, is_done: Callable[[], bool]) -> None:
    """Write a file again and again, until the clock of its file system has gone on."""
    while not is_done():
        path.write_bytes(path.read_bytes())


def remember(out: Path) -> dict[str, output_folder.StampedDigest]:
    """Read the files, and return what a later run recalls of them."""
    lock = output_folder.read_lock(out)
    assert lock is not None
    folder = out.parent / "cache"
    remember_digests(folder, out, hash_files(out, FILES, {}), {}, lock.stamp)
    return recall_digests(folder, out)


def edit_secretly(path: Path) -> None:
    """Change a file, but neither its size nor its modification time."""
    status = path.stat()
    write_until(path, lambda: changed(path) != status.st_ctime_ns)
    path.write_bytes(b"x" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_mtime_ns == status.st_mtime_ns


def test_digests_are_recalled_and_spare_the_reading(out: Path) -> None:
    recalled = remember(out)
    assert {path: sha256 for path, (sha256, _) in recalled.items()} == {path: digest(path.encode()) for path in FILES}
    assert hash_files(out, FILES, recalled) == recalled
    others = {path: (digest(b"another content"), stamp) for path, (_, stamp) in recalled.items()}
    assert hash_files(out, FILES, others) == others


def test_a_change_is_found_that_keeps_size_and_time(out: Path) -> None:
    recalled = remember(out)
    edit_secretly(out / "a/b.txt")
    found = hash_files(out, FILES, recalled)
    assert found["a/b.txt"][0] == digest(b"xxxxxxx")
    assert {path for path in FILES if found[path] is recalled[path]} == {"a/c.txt", "d.txt"}


def test_a_copy_in_the_place_of_a_file_is_read(out: Path) -> None:
    recalled = remember(out)
    shutil.copy2(out / "d.txt", out / "copy")
    (out / "copy").replace(out / "d.txt")
    found = hash_files(out, FILES, recalled)["d.txt"]
    assert found[0] == recalled["d.txt"][0]
    assert found[1] != recalled["d.txt"][1]


def test_nothing_is_remembered_that_may_change_within_the_tick_of_the_clock(out: Path) -> None:
    write_until(out / "d.txt", lambda: changed(out / "d.txt") >= changed(out / LOCK))
    assert remember(out).keys() == {"a/b.txt", "a/c.txt"}
    digests = hash_files(out, FILES, {})
    for path in FILES:
        remember_digests(out.parent / "other", out, digests, {}, digests[path][1])
        assert path not in recall_digests(out.parent / "other", out)


def test_nothing_is_remembered_of_another_file_system(out: Path) -> None:
    digests = hash_files(out, FILES, {})
    device, *others = digests["d.txt"][1]
    moved = {**digests, "d.txt": (digests["d.txt"][0], (device + 1, *others))}
    lock = output_folder.read_lock(out)
    assert lock is not None
    remember_digests(out.parent / "cache", out, moved, {}, lock.stamp)
    assert recall_digests(out.parent / "cache", out).keys() == {"a/b.txt", "a/c.txt"}


@pytest.mark.parametrize("what", ["link to a file", "link to a folder", "pipe", "folder"])
def test_what_is_no_plain_file_is_refused(out: Path, what: str) -> None:
    recalled = remember(out)
    (out / "a").rename(out.parent / "moved")
    if what == "link to a folder":
        (out / "a").symlink_to(out.parent / "moved")
    else:
        (out / "a").mkdir()
    match what:
        case "link to a file":
            (out / "a/b.txt").symlink_to(out.parent / "moved/b.txt")
        case "pipe":
            os.mkfifo(out / "a/b.txt")
        case "folder":
            (out / "a/b.txt").mkdir()
    with pytest.raises(DefinitionError) as caught:
        hash_files(out, FILES, recalled)
    assert [finding.code for finding in caught.value.findings] == ["refused-path"]


def test_a_file_that_is_gone_is_missing(out: Path) -> None:
    recalled = remember(out)
    (out / "d.txt").unlink()
    assert hash_files(out, FILES, recalled).keys() == {"a/b.txt", "a/c.txt"}


@pytest.mark.parametrize(
    "entry", [b"", b"{", b"[1]", b"3", b'{"d.txt": 1}', b"[1, 2, 3]", b'[["d.txt"], ["x"]]', b'[["d.txt"], [], [1]]']
)
def test_an_entry_of_another_form_counts_as_missing(out: Path, entry: bytes) -> None:
    (key,) = keys(out.parent / "cache", lambda: remember(out))
    cache.store(out.parent / "cache", [(key, entry)])
    assert recall_digests(out.parent / "cache", out) == {}


def keys(folder: Path, work: Callable[[], object]) -> list[str]:
    """Return the keys of the cache after the work."""
    work()
    with closing(sqlite3.connect(folder / "authscribe-cache-1.sqlite")) as database:
        return [key for (key,) in database.execute("SELECT key FROM entries")]


SOURCE = "schemes: [{{id: key, kind: api_key, title: {title}}}]\n"


def test_a_secret_edit_is_reported_by_every_run(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SOURCE.format(title="One"))
    (tmp_path / "authscribe.toml").write_text('sources = ["s.yaml"]\nout-dir = "out"\ntargets = ["json-schema"]\n')
    options = ("--cache-dir", "cache")
    assert run("generate", *options, cwd=tmp_path).code == 0
    (path,) = (tmp_path / "out").rglob("*.json")
    # A run that finds nothing to do remembers what it reads.
    write_until(tmp_path / "out" / LOCK, lambda: changed(path) < changed(tmp_path / "out" / LOCK))
    assert run("check", *options, cwd=tmp_path).code == 0
    assert path.relative_to(tmp_path / "out").as_posix() in recall_digests(tmp_path / "cache", tmp_path / "out")
    edit_secretly(path)
    found = run("check", *options, cwd=tmp_path)
    assert (found.code, "edited" in found.stdout) == (1, True)
    (tmp_path / "s.yaml").write_text(SOURCE.format(title="Two"))
    found = run("generate", *options, cwd=tmp_path)
    assert (found.code, "edited" in found.stdout) == (1, True)
    assert set(path.read_bytes()) == set(b"x")


def test_an_edit_that_keeps_the_stamp_is_never_overwritten(tmp_path: Path) -> None:
    """Write to a page of a mapped file that is dirty already: no clock tells of it."""
    (tmp_path / "s.yaml").write_text("schemes:\n  - {id: key, kind: api_key, injected: [{name: api_key}]}\n")
    arguments = ("--source", "s.yaml", "--target", "docs", "--cache-dir", "cache")
    assert run("generate", *arguments, cwd=tmp_path).code == 0
    output = tmp_path / "output"
    page = output / "docs" / "markdown" / "authentication-schemes.md"
    with page.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        mapped[0] = mapped[0]
        write_until(output / LOCK, lambda: changed(page) < changed(output / LOCK))
        assert run("check", *arguments, cwd=tmp_path).code == 0
        mapped[0:1] = b"X"
        (tmp_path / "s.yaml").write_text("schemes:\n  - {id: key, kind: api_key, injected: [{name: other_key}]}\n")
        outcome = run("generate", *arguments, cwd=tmp_path)
    assert page.read_bytes().startswith(b"X")
    assert (outcome.code, "edited" in outcome.stdout) == (1, True)
