from __future__ import annotations

from collections.abc import Sequence

import pytest
from faults import NAIVE, WALKS, Point, Walk, examine, run_rivals

pytestmark = pytest.mark.once
SAMPLE = 12
"""Points of each walk; `make faults` tries them all."""


def choose(points: Sequence[Point]) -> Sequence[Point]:
    # Neighbours are the faults of one call, of which there are four.
    return points[:: len(points) // SAMPLE | 1]


@pytest.fixture(autouse=True)
def _without_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHSCRIBE_NO_CACHE", "1")


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
def test_a_run_that_fails_leaves_each_file_old_or_new_and_the_next_one_repairs(walk: Walk) -> None:
    found = dict(examine(walk, choose))
    assert len(found) >= SAMPLE
    assert len({point.fault for point in found}) == 4
    assert not [f"{point}: {problem}" for point, problem in found.items() if problem]


def test_a_naive_writer_is_found_out() -> None:
    problems = {problem for _, problem in examine(NAIVE, tuple)}
    assert {"one is neither old nor new", "two is neither old nor new"} <= problems


def test_runs_at_once_finish_or_report_why() -> None:
    assert not run_rivals(20)
