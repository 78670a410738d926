from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from support import tree

from authscribe.drift import lockfile, output_folder
from authscribe.drift.replacement import replace_files
from authscribe.findings.finding import DefinitionError, Place
from authscribe.runtime.descriptors import read_all, read_pieces
from authscribe.runtime.paths import match_files, match_paths


def codes(caught: pytest.ExceptionInfo[DefinitionError]) -> list[str]:
    return [finding.code for finding in caught.value.findings]


def test_files_are_written_and_unchanged_ones_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    output_folder.apply_changes(out, [("a/b.txt", [b"1"]), ("c.txt", [b"2"])], [], ("authscribe.lock", [b"lock\n"]))
    before = (out / "c.txt").stat().st_mtime_ns
    output_folder.apply_changes(out, [("a/b.txt", [b"3"])], [], ("authscribe.lock", [b"lock\n"]))
    assert tree(out) == {"a/b.txt": b"3", "c.txt": b"2", lockfile.LOCK_NAME: b"lock\n"}
    assert (out / "c.txt").stat().st_mtime_ns == before


def test_deleting_removes_folders_that_are_empty_then(tmp_path: Path) -> None:
    out = tmp_path / "out"
    output_folder.apply_changes(out, [("a/b/c.txt", [b"1"]), ("a/d.txt", [b"2"])], [], ("authscribe.lock", [b"lock\n"]))
    output_folder.apply_changes(out, [], ["a/b/c.txt", "not/there.txt"], ("authscribe.lock", [b"lock\n"]))
    assert tree(out) == {"a/d.txt": b"2", lockfile.LOCK_NAME: b"lock\n"}
    assert not (out / "a/b").exists()


def test_copies_of_edited_files_are_kept_beside_earlier_ones(tmp_path: Path) -> None:
    out, record = tmp_path / "out", ("authscribe.lock", [b"lock\n"])
    output_folder.apply_changes(out, [("a/b.txt", [b"1"]), ("c.txt", [b"2"])], [], record)
    output_folder.apply_changes(
        out, [("a/b.txt", [b"3"])], ["c.txt"], record, kept=["a/b.txt", "c.txt", "nowhere/d.txt"]
    )
    output_folder.apply_changes(out, [("a/b.txt", [b"4"])], [], record, kept=["a/b.txt"])
    assert tree(out) == {
        "a/b.txt": b"4",
        ".authscribe-backup/a/b.txt": b"1",
        ".authscribe-backup/a/b.txt.1": b"3",
        ".authscribe-backup/c.txt": b"2",
        lockfile.LOCK_NAME: b"lock\n",
    }


def test_no_copy_leads_out_of_the_folder(tmp_path: Path) -> None:
    out, outside, record = tmp_path / "out", tmp_path / "outside", ("authscribe.lock", [b"lock\n"])
    output_folder.apply_changes(out, [("a.txt", [b"1"])], [], record)
    outside.mkdir()
    (out / output_folder.BACKUP).symlink_to(outside)
    with pytest.raises(DefinitionError) as caught:
        output_folder.apply_changes(out, [("a.txt", [b"2"])], [], record, kept=["a.txt"])
    assert codes(caught) == ["refused-path"]
    assert (out / "a.txt").read_bytes() == b"1"
    assert tree(outside) == {}


def test_leftovers_of_a_killed_run_do_no_harm(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / ".authscribe-staging").mkdir(parents=True)
    (out / ".authscribe-staging" / "0").write_text("half")
    output_folder.apply_changes(out, [("a.txt", [b"1"])], [], ("authscribe.lock", [b"lock\n"]))
    assert set(tree(out)) == {"a.txt", lockfile.LOCK_NAME}
    assert not (out / ".authscribe-staging").exists()


def test_a_second_run_reports_that_the_folder_is_in_use(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    holder = os.open(out, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    with pytest.raises(DefinitionError) as caught:
        output_folder.apply_changes(out, [("a.txt", [b"1"])], [], ("authscribe.lock", [b"lock\n"]))
    os.close(holder)
    assert codes(caught) == ["busy"]
    assert tree(out) == {}


def test_a_folder_where_a_file_should_be_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "a.txt").mkdir(parents=True)
    with pytest.raises(DefinitionError) as caught:
        output_folder.apply_changes(out, [("a.txt", [b"1"]), ("b.txt", [b"2"])], [], ("authscribe.lock", [b"lock\n"]))
    assert codes(caught) == ["refused-path"]
    assert (out / "a.txt").is_dir()
    assert not (out / lockfile.LOCK_NAME).exists()
    (out / "a.txt").rmdir()
    output_folder.apply_changes(out, [("a.txt", [b"1"]), ("b.txt", [b"2"])], [], ("authscribe.lock", [b"lock\n"]))
    assert tree(out) == {"a.txt": b"1", "b.txt": b"2", lockfile.LOCK_NAME: b"lock\n"}


def test_an_output_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DefinitionError) as caught:
        output_folder.apply_changes(
            tmp_path / "file" / "out", [("a.txt", [b"1"])], [], ("authscribe.lock", [b"lock\n"])
        )
    assert codes(caught) == ["disk-error"]


@pytest.mark.parametrize("path", ["../a.txt", "/a.txt", "a/../../b", "a//b", "./a", "a\\b", ""])
def test_a_path_that_leads_elsewhere_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        output_folder.apply_changes(tmp_path / "out", [(path, [b"1"])], [], ("authscribe.lock", [b"lock\n"]))
    assert codes(caught) == ["refused-path"]
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("what", ["link to a file", "link to a folder", "pipe", "folder"])
def test_nothing_but_plain_files_is_read_or_written(tmp_path: Path, what: str) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    out.mkdir()
    outside.mkdir()
    (outside / "a.txt").write_text("kept")
    match what:
        case "link to a file":
            (out / "d").mkdir()
            (out / "d/a.txt").symlink_to(outside / "a.txt")
        case "link to a folder":
            (out / "d").symlink_to(outside)
        case "pipe":
            (out / "d").mkdir()
            os.mkfifo(out / "d/a.txt")
        case "folder":
            (out / "d/a.txt").mkdir(parents=True)
    with pytest.raises(DefinitionError) as read:
        output_folder.read_files(out, ["d/a.txt"])
    with pytest.raises(DefinitionError) as written:
        output_folder.apply_changes(out, [("d/a.txt", [b"1"])], [], ("authscribe.lock", [b"lock\n"]))
    assert codes(read) == codes(written) == ["refused-path"]
    assert read.value.findings[0].place == written.value.findings[0].place == Place(f"{out}/d/a.txt")
    assert (outside / "a.txt").read_text() == "kept"


def test_a_link_is_not_followed_when_deleting(tmp_path: Path) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    out.mkdir()
    outside.mkdir()
    (outside / "a.txt").write_text("kept")
    (out / "a.txt").symlink_to(outside / "a.txt")
    output_folder.apply_changes(out, [], ["a.txt"], ("authscribe.lock", [b"lock\n"]))
    assert (outside / "a.txt").read_text() == "kept"
    assert (out / "a.txt").is_symlink()


def test_the_folder_of_the_configuration_and_links_out_of_it_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, elsewhere = tmp_path / "workspace", tmp_path / "elsewhere"
    (workspace / "inner").mkdir(parents=True)
    elsewhere.mkdir()
    (workspace / "link").symlink_to(elsewhere)
    monkeypatch.chdir(workspace / "inner")
    for out in (workspace, workspace / "link"):
        with pytest.raises(DefinitionError) as caught:
            output_folder.check_out_dir(out, workspace)
        assert codes(caught) == ["refused-path"]


@pytest.mark.parametrize("out", [".", "..", "/", "file", "link"])
def test_a_folder_that_holds_other_things_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str) -> None:
    workspace = tmp_path / "outer" / "workspace"
    workspace.mkdir(parents=True)
    (workspace / "file").write_text("")
    (workspace / "link").symlink_to(tmp_path)
    monkeypatch.chdir(workspace)
    with pytest.raises(DefinitionError) as caught:
        output_folder.check_out_dir(Path(out), workspace)
    assert codes(caught) == ["refused-path"]


def test_an_absent_folder_reads_as_empty(tmp_path: Path) -> None:
    assert output_folder.read_files(tmp_path / "nowhere", ["a/b"]) == {}
    assert output_folder.read_lock(tmp_path / "nowhere") is None


def test_pages_are_replaced_in_a_folder_that_a_killed_run_left_behind(tmp_path: Path) -> None:
    first, second = tmp_path / "a.rst", tmp_path / "b.rst"
    first.write_text("1")
    second.write_text("2")
    (tmp_path / ".a.rst.authscribe-staging").write_text("half")
    replace_files({first: b"3", second: b"4"})
    assert tree(tmp_path) == {"a.rst": b"3", "b.rst": b"4"}


def test_no_page_is_replaced_unless_all_can_be(tmp_path: Path) -> None:
    page, folder = tmp_path / "a.rst", tmp_path / "b.rst"
    page.write_text("1")
    folder.mkdir()
    with pytest.raises(DefinitionError) as caught:
        replace_files({page: b"3", folder: b"4"})
    assert codes(caught) == ["disk-error"]
    assert tree(tmp_path) == {"a.rst": b"1"}


def test_a_second_run_reports_that_the_folder_of_a_page_is_in_use(tmp_path: Path) -> None:
    page = tmp_path / "a.rst"
    page.write_text("1")
    holder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    with pytest.raises(DefinitionError) as caught:
        replace_files({page: b"3"})
    os.close(holder)
    assert codes(caught) == ["busy"]
    assert tree(tmp_path) == {"a.rst": b"1"}


def test_a_page_that_is_not_to_be_written_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "a.rst"
    page.write_text("1")
    page.chmod(0o444)
    tmp_path.chmod(0o777)
    process = os.fork()
    if process == 0:
        # Permissions mean nothing to root.
        if os.getuid() == 0:
            for folder in tmp_path.parents:
                folder.chmod(folder.stat().st_mode | 0o011)
            os.setuid(65534)
        try:
            replace_files({page: b"3"})
        except DefinitionError as error:
            os._exit(0 if [finding.code for finding in error.findings] == ["disk-error"] else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0
    assert tree(tmp_path) == {"a.rst": b"1"}


@pytest.mark.parametrize("stated", [0, 1, 99_999, 100_000, 100_001, 200_000])
@pytest.mark.parametrize("size", [0, 1, 100_000])
def test_a_file_is_read_as_a_whole_though_its_size_changes(tmp_path: Path, size: int, stated: int) -> None:
    content = os.urandom(size)
    (tmp_path / "f").write_bytes(content)
    descriptor = os.open(tmp_path / "f", os.O_RDONLY)
    try:
        assert read_all(descriptor, stated) == content
        os.lseek(descriptor, 0, os.SEEK_SET)
        assert b"".join(read_pieces(descriptor, stated)) == content
    finally:
        os.close(descriptor)


@pytest.mark.parametrize(
    "pattern",
    [
        "*.yaml", "a/*.yaml", "{root}/a/*.yaml", "a/*", "a/.*", "a/[cd].yaml", "a/[!c].yaml", "a/?.yaml", "a/c**", "a/**",
        "*/*.yaml", "**/*.yaml", "a/*.yaml/", "./a/*.yaml", "a/../a/*.yaml", "none/*.yaml", "shut/*.yaml", "to_a/*.yaml",
        "a/c.yaml/*.yaml", "a/c.yaml", "a/none.yaml",
    ],
)  # fmt: skip
def test_a_pattern_matches_the_same_files_however_they_are_found(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "a/folder.yaml").mkdir(parents=True)
    for path in ("a/c.yaml", "a/d.yaml", "a/.e.yaml", "a/f.txt", "a/[cd].yml", "a/folder.yaml/g.yaml", "h.yaml"):
        (tmp_path / path).write_text("")
    for path, target in (("a/l.yaml", "c.yaml"), ("a/loop.yaml", "loop.yaml"), ("a/m.yaml", "gone"), ("to_a", "a")):
        (tmp_path / path).symlink_to(target)
    os.mkfifo(tmp_path / "a/pipe.yaml")
    (tmp_path / "shut").mkdir(mode=0)
    pattern = pattern.format(root=tmp_path)
    found = sorted(str(path) for path in match_paths(tmp_path, pattern) if path.is_file())
    assert sorted(match_files(tmp_path, pattern)) == found
