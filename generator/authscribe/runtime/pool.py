"""Work on many items, in several processes where that pays. The only module that starts processes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from authscribe.findings.finding import DefinitionError
from authscribe.findings.rules.process_lost import report_process_lost

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext


ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
_BATCH: Final = 100
"""The most items that a process is given at once: so long does it take until Ctrl-C or a mistake is heeded."""


def count_processes(jobs: int, count: int, *, worth: int) -> int:
    """How many processes are to share the work: `jobs`, or with 0 one for each usable CPU.

    Of its own accord it is never so many that one has less than `worth` items to do.
    """
    return max(1, min(jobs, count) if jobs else min(_usable_cpus(), count // worth))


def split_batches(items: Sequence[ItemT], count: int) -> list[Sequence[ItemT]]:
    """The items in their order, in batches for `count` processes; several for each, since some are done earlier."""
    size = max(1, min(_BATCH, -(-len(items) // (4 * count))))
    return [items[start : start + size] for start in range(0, len(items), size)]


@contextmanager
def map_batches(work: Callable[[ItemT], ResultT], items: Sequence[ItemT], count: int) -> Iterator[Iterator[ResultT]]:
    """The results in the order of the items, on which `count` processes work while the body runs.

    With one process, the work is done here, when a result is asked for. What an item raises, its result raises. When
    a process dies, that is a DefinitionError. At the end of the body no process is left.
    """
    if count == 1:
        yield map(work, items)
        return
    # These cost as much as a small run.
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    pool = ProcessPoolExecutor(count, mp_context=_context(), initializer=_begin)
    try:
        # A Ctrl-C waits until the processes have begun, which know how to end in silence.
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
        try:
            results = pool.map(work, items)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))
        yield results
    except BrokenProcessPool:
        raise DefinitionError((report_process_lost(),)) from None
    except KeyboardInterrupt:
        _end_all()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _usable_cpus() -> int:
    """Those that this process may use: a container often may not use all of the machine's."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _context() -> BaseContext:
    """A fork costs nothing and is safe as long as nothing else runs in this process; elsewhere a fresh interpreter."""
    import multiprocessing
    import threading

    is_safe = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if is_safe else "spawn")


def _end_all() -> None:
    import multiprocessing

    for process in multiprocessing.active_children():
        process.terminate()


def _begin() -> None:
    """A process ends when the one that started it says so, or is gone; a Ctrl-C reaches that one too."""
    import threading

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import connection, parent_process

    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
