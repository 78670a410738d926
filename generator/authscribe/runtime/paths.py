"""Check and display paths."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

_SAFE: Final = re.compile(r"(?!\.{1,2}(?:/|\Z))[^/\\:\x00-\x1f]+(?:/(?!\.{1,2}(?:/|\Z))[^/\\:\x00-\x1f]+)*")


def is_safe_path(path: str) -> bool:
    """Whether a path names something below a folder: relative, forward slashes, no `.`, `..` or empty part."""
    return _SAFE.fullmatch(path) is not None


def path_below(path: Path, folder: Path) -> str | None:
    """The path from a folder that it lies below as it is spelt, else None.

    To ask a `Path` for it costs more than to read the file.
    """
    start = os.path.join(folder, "")  # noqa: PTH118 - with the separator at its end
    spelt = str(path)
    return spelt.removeprefix(start).replace(os.sep, "/") if spelt.startswith(start) else None


def show_path(path: Path, directory: Path) -> str:
    """A path as the user would write it: relative to where they are."""
    found = path_below(path, directory)
    if found is not None and ".." not in found:
        return found
    return Path(os.path.relpath(path, directory)).as_posix()
