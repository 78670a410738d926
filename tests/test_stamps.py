"""A file whose digest is remembered is not read again, unless its stamp differs or could hide a change."""

from __future__ import annotations

import mmap
import os
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from support import run

from authscribe.drift import output_folder
from authscribe.drift.disk import Stamp, StampedDigest
from authscribe.drift.output_folder import hash_files
from authscribe.drift.stamps import Remembered, recall_digests, remember_digests
from authscribe.findings.finding import DefinitionError
from authscribe.runtime import cache
from authscribe.runtime.hashing import digest

LOCK = "authscribe.lock"
FILES = ("a/b.txt", "a/c.txt", "d.txt")
NOTHING = Remembered()


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


def remember(out: Path, lock: str = "", recalled: Remembered = NOTHING) -> Mapping[str, StampedDigest]:
    """Read the files, and return what a later run recalls of them."""
    content = output_folder.read_lock(out)
    assert content is not None
    remember_found(out, Remembered(hash_files(out, FILES, recalled.digests), lock), content.stamp, recalled)
    return recall_digests(out.parent / "cache", out).digests


def remember_found(out: Path, found: Remembered, lock: Stamp, recalled: Remembered = NOTHING) -> None:
    remember_digests(out.parent / "cache", out, found, recalled, lock)


def list_relied_on(out: Path) -> set[str]:
    """Return the files that a later run does not read."""
    recalled = recall_digests(out.parent / "cache", out).digests
    found = hash_files(out, recalled, recalled)
    return {path for path in recalled if found[path] is recalled[path]}


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
    assert hash_files(out, FILES, recalled)["a/b.txt"][0] == digest(b"xxxxxxx")
    assert list_relied_on(out) == {"a/c.txt", "d.txt"}


def test_a_copy_in_the_place_of_a_file_is_read(out: Path) -> None:
    recalled = remember(out)
    shutil.copy2(out / "d.txt", out / "copy")
    (out / "copy").replace(out / "d.txt")
    found = hash_files(out, FILES, recalled)["d.txt"]
    assert found[0] == recalled["d.txt"][0]
    assert found[1] != recalled["d.txt"][1]


def test_nothing_is_relied_on_that_may_change_within_the_tick_of_the_clock(out: Path) -> None:
    write_until(out / "d.txt", lambda: changed(out / "d.txt") >= changed(out / LOCK))
    assert remember(out).keys() == {*FILES}
    assert list_relied_on(out) == {"a/b.txt", "a/c.txt"}
    digests = hash_files(out, FILES, {})
    for path in FILES:
        remember_found(out, Remembered(digests), digests[path][1])
        assert path not in list_relied_on(out)


def test_nothing_is_relied_on_if_the_lock_is_on_another_file_system(out: Path) -> None:
    lock = output_folder.read_lock(out)
    assert lock is not None
    digests = Remembered(hash_files(out, FILES, {}))
    remember_found(out, digests, lock.stamp)
    assert list_relied_on(out) == {*FILES}
    remember_found(out, digests, (lock.stamp[0] + 1, *lock.stamp[1:]))
    assert list_relied_on(out) == set()


def test_the_lock_of_the_digests_is_remembered_with_them(out: Path) -> None:
    remember(out)
    recalled = recall_digests(out.parent / "cache", out)
    assert recalled.lock == ""
    remember(out, "x" * 64, recalled)
    assert recall_digests(out.parent / "cache", out) == (recalled.digests, "x" * 64)


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
    "entry",
    [b"", b"{", b"[1]", b"3", b'{"d.txt": 1}', b"[1, 2, 3]", b'["", ["d.txt"], ["x"]]', b'["", ["d.txt"], [], [1]]'],
)
def test_an_entry_of_another_form_counts_as_missing(out: Path, entry: bytes) -> None:
    (key,) = keys(out.parent / "cache", lambda: remember(out))
    cache.store(out.parent / "cache", [(key, entry)])
    assert recall_digests(out.parent / "cache", out) == NOTHING


def keys(folder: Path, work: Callable[[], object]) -> list[str]:
    """Return the keys of the cache after the work."""
    work()
    with closing(sqlite3.connect(folder / "authscribe-cache-1.sqlite")) as database:
        return [key for (key,) in database.execute("SELECT key FROM entries")]


SOURCE = "schemes: [{{id: key, kind: api_key, title: {title}}}]\n"
CONFIGURATION = 'sources = ["s.yaml"]\nout-dir = "out"\ntargets = ["json-schema"]\n'


def test_a_secret_edit_is_reported_by_every_run(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SOURCE.format(title="One"))
    (tmp_path / "authscribe.toml").write_text(CONFIGURATION)
    options = ("--cache-dir", "cache")
    assert run("generate", *options, cwd=tmp_path).code == 0
    (path,) = (tmp_path / "out").rglob("*.json")
    # A run that finds nothing to do remembers what it reads.
    write_until(tmp_path / "out" / LOCK, lambda: changed(path) < changed(tmp_path / "out" / LOCK))
    assert run("check", *options, cwd=tmp_path).code == 0
    assert path.relative_to(tmp_path / "out").as_posix() in list_relied_on(tmp_path / "out")
    assert recall_digests(tmp_path / "cache", tmp_path / "out").lock == digest((tmp_path / "out" / LOCK).read_bytes())
    edit_secretly(path)
    found = run("check", *options, cwd=tmp_path)
    assert (found.code, "edited" in found.stdout) == (1, True)
    (tmp_path / "s.yaml").write_text(SOURCE.format(title="Two"))
    found = run("generate", *options, cwd=tmp_path)
    assert (found.code, "edited" in found.stdout) == (1, True)
    assert set(path.read_bytes()) == set(b"x")


def test_files_that_a_later_lock_records_are_missed(tmp_path: Path) -> None:
    def write_schemes(count: int) -> None:
        schemes = (f"  - {{id: key{number}, kind: api_key}}\n" for number in range(count))
        (tmp_path / "s.yaml").write_text(f"schemes:\n{''.join(schemes)}")

    options, outputs = ("--cache-dir", "cache"), tmp_path / "out"
    (tmp_path / "authscribe.toml").write_text(CONFIGURATION)
    write_schemes(20)
    assert run("generate", *options, cwd=tmp_path).code == 0
    first = {*outputs.rglob("*.json")}
    write_until(outputs / LOCK, lambda: max(map(changed, first)) < changed(outputs / LOCK))
    # The first one compares all files; the second one finds that there is nothing to do.
    assert [run("check", *options, cwd=tmp_path).code for _ in range(2)] == [0, 0]
    assert recall_digests(tmp_path / "cache", outputs).lock == digest((outputs / LOCK).read_bytes())
    write_schemes(21)
    assert run("generate", *options, cwd=tmp_path).code == 0
    assert recall_digests(tmp_path / "cache", outputs).lock not in ("", digest((outputs / LOCK).read_bytes()))
    (added,) = {*outputs.rglob("*.json")} - first
    added.unlink()
    found = run("check", *options, cwd=tmp_path)
    assert (found.code, "missing" in found.stdout) == (1, True)


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
