"""Work grows no faster than its input, or the input is refused.

Steps are those of Python; a row of the benchmarks shows how the time for the same shapes grows, in functions written in C
as well.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from growth_shapes import SHAPES
from support import run

SIZES = (1, 2, 4, 8)
LIMIT = 5.1
"""Growth of work whose quadratic part is about a quarter of the linear one at the largest size."""

# The search for similar words compares a bounded number of letters, which would hide how all the rest grows. Each call of
# these is one step, whatever it does.
SIMILARITY = (
    get_close_matches,
    SequenceMatcher.set_seq1,
    SequenceMatcher.real_quick_ratio,
    SequenceMatcher.quick_ratio,
)
WHOLE_STEPS = {function.__code__ for function in SIMILARITY}

Work = Callable[[int], object]


def count_steps(work: Work, size: int) -> int:
    """Return how many lines of Python and calls are executed, which no load of the machine changes."""
    count = 0

    def count_step(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return count_step

    def count_call(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return None if frame.f_code in WHOLE_STEPS else count_step

    before = sys.gettrace()
    sys.settrace(count_call)
    try:
        work(size)
    finally:
        sys.settrace(before)
    return count


def measure_memory(work: Work, size: int) -> int:
    """Return the peak of the memory that Python allocates, in bytes."""
    gc.collect()
    tracemalloc.start()
    try:
        work(size)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def measure_growth(measure: Callable[[Work, int], int], work: Work, start: int) -> float:
    """Return the growth by the last doubling of the input relative to that by the first one, and by half the second.

    4 is linear, at least 8 quadratic. Input that is refused at some size takes less time again.
    """
    # What happens once in a process, such as imports, is not growth.
    work(start)
    first, second, third, fourth = (measure(work, start * size) for size in SIZES)
    return (fourth - third) / max(second - first, (third - second) / 2, 1)


def repeat_in_python(size: int) -> None:
    for _ in range(size):
        for _ in range(size):
            pass


def keep_copies(size: int) -> None:
    [[None] * size for _ in range(size)]


@pytest.fixture
def make_work(tmp_path: Path) -> Callable[[str], Work]:
    def make(name: str) -> Work:
        def work(size: int) -> None:
            folder = tmp_path / str(size)
            if not folder.exists():
                SHAPES[name].write(folder, size)
            outcome = run(*SHAPES[name].arguments, cwd=folder)
            assert outcome.code in (0, 1, 2)

        return work

    return make


@pytest.mark.parametrize("name", SHAPES)
def test_work_grows_with_its_input(name: str, make_work: Callable[[str], Work]) -> None:
    assert measure_growth(count_steps, make_work(name), SHAPES[name].start) <= LIMIT


@pytest.mark.parametrize("name", ["YAML: chain of extends", "YAML: children of one scheme", "RST: wide grid table"])
def test_memory_grows_with_the_input(name: str, make_work: Callable[[str], Work]) -> None:
    assert measure_growth(measure_memory, make_work(name), SHAPES[name].start) <= LIMIT


def test_each_measure_finds_quadratic_growth() -> None:
    assert measure_growth(count_steps, repeat_in_python, 20) > LIMIT
    assert measure_growth(measure_memory, keep_copies, 50) > LIMIT


def test_no_measure_finds_quadratic_growth_where_none_is() -> None:
    assert measure_growth(count_steps, lambda size: [-number for number in range(size)], 20) <= LIMIT
    assert measure_growth(measure_memory, lambda size: list(range(size)), 10_000) <= LIMIT
