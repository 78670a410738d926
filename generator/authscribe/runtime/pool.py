"""Process many items, in several processes if that is faster. Only this module starts processes."""

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
"""Maximum number of items per batch, which bounds the delay until Ctrl-C or a mistake takes effect."""


def count_processes(jobs: int, count: int, *, min_items: int) -> int:
    """Return the number of processes for `count` items: `jobs`, or with 0 one for each usable CPU.

    With 0, each process has at least `min_items` items.
    """
    return max(1, min(jobs, count) if jobs else min(_count_cpus(), count // min_items))


def split_batches(items: Sequence[ItemT], count: int) -> list[Sequence[ItemT]]:
    """Split the items, in order, into several batches for each of `count` processes, since some finish earlier."""
    size = max(1, min(_BATCH, -(-len(items) // (4 * count))))
    return [items[start : start + size] for start in range(0, len(items), size)]


@contextmanager
def map_batches(work: Callable[[ItemT], ResultT], items: Sequence[ItemT], count: int) -> Iterator[Iterator[ResultT]]:
    """Provide an iterator of the results, in the order of the items, which `count` processes compute meanwhile.

    With one process, each result is computed here when it is requested. Requesting a result raises what `work` raised
    for its item. If a process dies, a DefinitionError is raised. All processes have ended when the body has.
    """
    if count == 1:
        yield map(work, items)
        return
    # Importing these takes as long as a small run.
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    pool = ProcessPoolExecutor(count, mp_context=_choose_context(), initializer=_prepare_worker)
    try:
        # Ctrl-C is deferred until the processes have started and ignore it.
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
        try:
            results = pool.map(work, items)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))
        yield results
    except BrokenProcessPool:
        raise DefinitionError((report_process_lost(),)) from None
    except KeyboardInterrupt:
        _terminate_workers()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _count_cpus() -> int:
    """Return the number of CPUs that this process may use: often fewer in a container than the machine has."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _choose_context() -> BaseContext:
    """Return a context that forks if no other thread runs, which is safe and takes no time, and else spawns."""
    import multiprocessing
    import threading

    is_safe = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if is_safe else "spawn")


def _terminate_workers() -> None:
    import multiprocessing

    for process in multiprocessing.active_children():
        process.terminate()


def _prepare_worker() -> None:
    """Ignore Ctrl-C, which the parent process receives too, and end with the parent process, however that ends."""
    import threading

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))
    threading.Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    from multiprocessing import connection, parent_process

    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
