from __future__ import annotations

from pathlib import Path

import pytest
from support import run, tree

from authscribe.build.content import Content
from authscribe.build.files import GeneratedFile
from authscribe.drift.compare import Extent, compare_files, plan_repair, renew_lock
from authscribe.drift.drift import Drift, DriftState
from authscribe.drift.lock_schema import LockedFile
from authscribe.drift.lockfile import EMPTY, Lock
from authscribe.runtime.hashing import digest

OLD, NEW, HAND = b"old\n", b"new\n", b"by hand\n"
# What is recorded, what lies on disk, what the definitions produce: the state, and whether a plain run may touch it.
CELLS = [
    (None, None, None, None),
    (None, None, NEW, DriftState.MISSING),
    (None, OLD, None, None),
    (None, OLD, NEW, DriftState.EDITED),
    (None, NEW, NEW, None),
    (OLD, None, None, None),
    (OLD, None, NEW, DriftState.MISSING),
    (OLD, None, OLD, DriftState.MISSING),
    (OLD, OLD, None, DriftState.ORPHANED),
    (OLD, OLD, OLD, None),
    (OLD, OLD, NEW, DriftState.CHANGED),
    (OLD, HAND, None, DriftState.EDITED),
    (OLD, HAND, OLD, DriftState.EDITED),
    (OLD, HAND, NEW, DriftState.EDITED),
    (OLD, NEW, NEW, None),
    (OLD, HAND, HAND, None),
    (None, HAND, HAND, None),
    (None, HAND, NEW, DriftState.EDITED),
]


def files(content: bytes | None) -> tuple[GeneratedFile, ...]:
    return () if content is None else (GeneratedFile("f", "docs", Content.from_bytes(content)),)


def locked(content: bytes | None) -> Lock:
    return EMPTY if content is None else Lock("black 26", {}, {"f": LockedFile(digest(content), "docs")})


def states(recorded: bytes | None, disk: bytes | None, new: bytes | None) -> list[Drift]:
    actual = {} if disk is None else {"f": digest(disk)}
    found = compare_files(files(new), actual, locked(recorded), inputs={}, formatter="black 26", extent=Extent())
    return [one for one in found if one.state.counts]


@pytest.mark.parametrize(("recorded", "disk", "new", "state"), CELLS)
def test_each_cell_of_the_matrix(
    recorded: bytes | None, disk: bytes | None, new: bytes | None, state: DriftState | None
) -> None:
    assert [one.state for one in states(recorded, disk, new)] == ([] if state is None else [state])


@pytest.mark.parametrize(("recorded", "disk", "new", "state"), CELLS)
def test_a_hand_edit_is_never_lost_without_force(
    recorded: bytes | None, disk: bytes | None, new: bytes | None, state: DriftState | None
) -> None:
    found = states(recorded, disk, new)
    plan = plan_repair(found, force=False, prune=True)
    touched = [path for path, _ in plan.writes] + list(plan.deletions)
    generated = {content for content in (recorded, new) if content is not None}
    if disk is not None and disk not in generated:
        assert not touched
    assert bool(plan.left) == (state is DriftState.EDITED)


@pytest.mark.parametrize(("recorded", "disk", "new", "state"), CELLS)
def test_remaining_drift_is_found_again(
    recorded: bytes | None, disk: bytes | None, new: bytes | None, state: DriftState | None
) -> None:
    left = plan_repair(states(recorded, disk, new), force=False, prune=False).left
    renewed = renew_lock(locked(recorded), files(new), left, inputs={}, formatter="black 26", extent=Extent())
    assert [one.state for one in states_with(renewed, left, disk, new)] == [one.state for one in left]


def states_with(lock: Lock, left: tuple[Drift, ...], disk: bytes | None, new: bytes | None) -> list[Drift]:
    """Return the drift after a run that left these: the other files are on disk now."""
    after = disk if left else new
    actual = {} if after is None else {"f": digest(after)}
    found = compare_files(files(new), actual, lock, inputs={}, formatter="black 26", extent=Extent())
    return [one for one in found if one.state.counts]


def test_line_ends_are_no_drift() -> None:
    assert states(b"a\nb\n", b"a\r\nb\r\n", b"a\nb\n") == []


def test_only_pruning_deletes() -> None:
    found = states(OLD, OLD, None)
    assert plan_repair(found, force=True, prune=False).deletions == ()
    assert plan_repair(found, force=False, prune=True).deletions == ("f",)


@pytest.mark.parametrize(("targets", "states"), [([], []), (["python"], []), (["docs"], [DriftState.ORPHANED])])
def test_a_selection_finds_orphans_within_its_extent(targets: list[str], states: list[DriftState]) -> None:
    extent = Extent(frozenset(targets))
    actual = {"f": digest(OLD)}
    found = compare_files((), actual, locked(OLD), inputs={}, formatter="black 26", extent=extent)
    assert [one.state for one in found] == states
    renewed = renew_lock(locked(OLD), (), (), inputs={}, formatter="black 26", extent=extent)
    assert bool(renewed.files) == (not states)


def test_kept_files_are_up_to_date_and_stay_recorded() -> None:
    lock, extent = locked(OLD), Extent()
    found = compare_files((), {"f": digest(OLD)}, lock, inputs={}, formatter="black 26", extent=extent, kept={"f"})
    assert found == ()
    assert renew_lock(lock, (), (), inputs={}, formatter="black 26", extent=extent, kept={"f"}) == lock


@pytest.mark.parametrize(
    ("inputs", "formatter", "state"),
    [({"a": "1"}, "black 26", DriftState.STALE_INPUT), ({}, "black 27", DriftState.VERSION_ONLY)],
    ids=["other inputs", "another formatter"],
)
def test_a_stale_record_alone_is_no_failure(inputs: dict[str, str], formatter: str, state: DriftState) -> None:
    found = compare_files(
        files(OLD), {"f": digest(OLD)}, locked(OLD), inputs=inputs, formatter=formatter, extent=Extent()
    )
    assert [one.state for one in found] == [state]
    assert not any(one.state.counts for one in found)


def test_a_run_by_force_keeps_a_copy_of_an_edited_file(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("schemes: [{id: key, kind: api_key}]\n")
    command = ("generate", "--source", "s.yaml", "--out-dir", "out", "--target", "json-schema")
    assert run(*command, cwd=tmp_path).code == 0
    before = tree(tmp_path / "out")
    (path,) = (path for path in before if path.endswith(".json"))
    (tmp_path / "out" / path).write_text("edited")
    assert run(*command, cwd=tmp_path).code == 1
    forced = run(*command, "--force", "--prune", cwd=tmp_path)
    assert (forced.code, "copied   edited files to out/.authscribe-backup\n" in forced.stdout) == (0, True)
    assert tree(tmp_path / "out") == before | {f".authscribe-backup/{path}": b"edited"}
    assert run("check", *command[1:], cwd=tmp_path).code == 0
