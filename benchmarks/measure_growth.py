"""Print how many shapes of input there are, which one grows fastest, and its times for all and an eighth of it.

`run.py` runs this script as a process of its own, whose import path leads to the tests. Its argument is a folder for
the input.
"""

from __future__ import annotations

import json
import sys
import time
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import Final

from authscribe.runtime import process

# As the command line does: before the imports that it speeds up.
process.prepare_process()

from growth_shapes import SHAPES, Shape  # noqa: E402
from support import run  # noqa: E402

EIGHTH: Final = 8
"""Size of the smaller input, in multiples of that at which the tests begin to count steps."""
EVEN: Final = 8.5
"""Growth that noise on top of linear work explains."""
FURTHER_ROUNDS: Final = 5
"""Rounds for what looked slow so far."""


class Growth:
    """Least CPU times of a shape at both sizes: load only adds time."""

    def __init__(self, shape: Shape, folder: Path) -> None:
        self.shape = shape
        self.folders = {size: folder / str(size) for size in (shape.start * EIGHTH, shape.start * EIGHTH * 8)}
        self.times = dict.fromkeys(self.folders, float("inf"))
        for size, place in self.folders.items():
            shape.write(place, size)
        self.measure()

    @property
    def ratio(self) -> float:
        """Return the growth; 8 is linear, 64 quadratic."""
        small, large = self.times.values()
        return large / small

    def measure(self) -> None:
        """Run once at each size."""
        for size, place in self.folders.items():
            _forget()
            begin = time.process_time()
            run(*self.shape.arguments, cwd=place)
            self.times[size] = min(self.times[size], time.process_time() - begin)


def _forget() -> None:
    """Forget what earlier runs remember in this process, and a process of its own would not."""
    modules = [module for name, module in sys.modules.items() if name.startswith("authscribe")]
    for value in (value for module in modules for value in vars(module).values()):
        if isinstance(value, _lru_cache_wrapper):
            value.cache_clear()


def main() -> None:
    growths = {name: Growth(shape, Path(sys.argv[1], str(i))) for i, (name, shape) in enumerate(SHAPES.items())}
    for _ in range(FURTHER_ROUNDS):
        for growth in growths.values():
            if growth.ratio > EVEN:
                growth.measure()
    worst = max(growths, key=lambda name: growths[name].ratio)
    print(json.dumps([len(growths), worst, *reversed(growths[worst].times.values())]))


if __name__ == "__main__":
    main()
