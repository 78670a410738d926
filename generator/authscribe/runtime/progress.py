"""Show the progress of long work on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

ItemT = TypeVar("ItemT")
_PATIENCE: Final = 1.0
"""Seconds before the display appears."""


def track_progress(items: Iterable[ItemT], label: str, total: int) -> Iterator[ItemT]:
    """Yield the items; after one second, show on standard error how many are done, if it is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    start = time.monotonic()
    remaining = iter(items)
    done = 0
    for item in remaining:
        yield item
        done += 1
        if time.monotonic() - start > _PATIENCE:
            break
    else:
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total, completed=done)
        for item in remaining:
            yield item
            progress.advance(task)
