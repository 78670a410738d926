"""Match patterns of the configuration with paths that are not on the disk, such as those of a revision."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def compile_patterns(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Return a function that tells whether a pattern matches a path or a folder that contains it.

    Patterns and paths are relative to the same folder, which a dot stands for.
    """
    # Imported here: most runs read no revision.
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines("*" if pattern == "." else f"/{pattern}" for pattern in patterns).match_file
