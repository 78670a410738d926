"""Configure the interpreter for a run of the command, which has the process to itself."""

from __future__ import annotations

import gc
import os
import sys


def prepare_process() -> None:
    """Configure garbage collection, pydantic and closed streams; call this before anything else is imported."""
    # Trees of definitions have no cycles and up to millions of nodes: searching them took a tenth of large runs.
    gc.set_threshold(1_000_000, 20, 20)
    # Searching for plugins of pydantic takes as long as importing it, and none may take part in a run.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    _open_closed_streams()


def _open_closed_streams() -> None:
    """Connect missing standard streams to the null device: the first opened files would get their descriptors."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))


def leave_process() -> None:
    """Exempt all objects from garbage collection at the end of a run, since they end with the process anyway."""
    gc.freeze()
