"""Match patterns of the configuration with paths that are not on the disk, such as those of a revision."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path


def list_patterns_inside(repository: Path, base: Path, patterns: Iterable[str]) -> list[str]:
    """Return patterns, given relative to `base`, relative to a repository; those that lead out of it are left out.

    Links are followed, since git has no files below them.
    """
    paths = (Path(os.path.realpath(base / pattern)) for pattern in patterns)
    return [path.relative_to(repository).as_posix() for path in paths if path.is_relative_to(repository)]


def compile_patterns(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Return a function that tells whether a pattern matches a path or a folder that contains it.

    Patterns and paths are relative to the same folder, which a dot stands for.
    """
    # Imported here: most runs read no revision.
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines("*" if pattern == "." else f"/{pattern}" for pattern in patterns).match_file
