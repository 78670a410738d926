"""The interpreter as a run of the tool wants it, which has it to itself."""

from __future__ import annotations

import gc
import os


def prepare() -> None:
    """Before anything else is imported."""
    # Trees of definitions are made by the million and hold no cycles: looking for some took a tenth of large runs.
    gc.set_threshold(200_000, 20, 20)
    # Plugins of pydantic that happen to be installed take no part, and the search for them takes as long as pydantic.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"


def leave() -> None:
    """When all is said: the process ends with all that it holds, which the collector need not look through again."""
    gc.freeze()
