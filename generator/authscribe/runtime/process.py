"""The interpreter as a run of the tool wants it, which has it to itself."""

from __future__ import annotations

import gc
import os
import sys


def prepare_process() -> None:
    """Before anything else is imported."""
    # Trees of definitions are made by the million and hold no cycles: looking for some took a tenth of large runs.
    gc.set_threshold(200_000, 20, 20)
    # Plugins of pydantic that happen to be installed take no part, and the search for them takes as long as pydantic.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    _open_closed_streams()


def _open_closed_streams() -> None:
    """Streams that the run was started without lead nowhere; else the first files opened would have their numbers."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))


def leave_process() -> None:
    """When all is said: the process ends with all that it holds, which the collector need not look through again."""
    gc.freeze()
