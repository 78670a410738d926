"""The progress display: on a terminal only, and only for work that lasts. Knows rich, as the text report does."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

ItemT = TypeVar("ItemT")
_PATIENCE: Final = 1.0
"""Seconds before anything is shown."""


def track_progress(items: Iterable[ItemT], what: str, total: int) -> Iterator[ItemT]:
    """The items; on standard error, once a second has passed on a terminal, how many of them are done."""
    if not sys.stderr.isatty():
        yield from items
        return
    start = time.monotonic()
    waiting = iter(items)
    done = 0
    for item in waiting:
        yield item
        done += 1
        if time.monotonic() - start > _PATIENCE:
            break
    else:
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total, completed=done)
        for item in waiting:
            yield item
            progress.advance(task)
