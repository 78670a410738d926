"""Check and display paths."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from authscribe.findings.suggestions import Vocabulary

_SAFE: Final = re.compile(r"(?!\.{1,2}(?:/|\Z))[^/\\:\x00-\x1f]+(?:/(?!\.{1,2}(?:/|\Z))[^/\\:\x00-\x1f]+)*")

LOCK_NAME: Final = "authscribe.lock"
"""Lock file of an output folder, which marks it as one."""
_CHECKOUTS: Final = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
_WILDCARDS: Final = frozenset("*?[")


def match_paths(base: Path, pattern: str) -> Iterator[Path]:
    """Yield what a path or glob pattern names below `base`, or anywhere if it is absolute; an existing path is itself.

    Two asterisks stand for any number of folders only where they are all of a part, as in a `.gitignore`.
    """
    path = base / pattern
    if os.path.lexists(path):
        yield path
    elif is_glob(pattern):
        anchor = Path(pattern).anchor
        parts = (part if part == "**" else re.sub(r"\*\*+", "*", part) for part in Path(pattern).parts)
        yield from (Path(anchor) if anchor else base).glob("/".join(part for part in parts if part != anchor))


def match_files(base: Path, pattern: str) -> Iterator[str]:
    """Yield the files among what `match_paths` yields."""
    folder, _, name = pattern.rpartition("/")
    is_simple = bool(folder) and is_glob(name) and not is_glob(folder) and "**" not in name
    if not is_simple or os.path.lexists(base / pattern):
        yield from filter(os.path.isfile, map(str, match_paths(base, pattern)))
        return
    # The folder tells of most entries whether they are files: asking for each takes ten times as long.
    matches = re.compile(fnmatch.translate(name)).fullmatch
    with suppress(OSError), os.scandir(base / folder) as entries:
        for entry in filter(lambda entry: matches(entry.name), entries):
            if entry.is_file(follow_symlinks=False) or os.path.isfile(entry):  # noqa: PTH113 - never raises an error
                yield entry.path


def find_similar(path: str, base: Path) -> tuple[str, ...]:
    """Return the path of what has the most similar name beside a path that leads nowhere; empty if nothing has."""
    folder, name = os.path.split(path.rstrip("/"))
    if is_glob(path) or not name or os.path.lexists(base / path):
        return ()
    with suppress(OSError):
        near = Vocabulary(each.name for each in (base / folder).iterdir()).find_nearest(name)
        return (os.path.join(folder, near),) if near is not None else ()  # noqa: PTH118 - as the user wrote it
    return ()


def is_glob(pattern: str) -> bool:
    """Return whether a pattern has wildcards."""
    return not _WILDCARDS.isdisjoint(pattern)


def is_safe_path(path: str) -> bool:
    """Return whether a path is relative, with forward slashes and without `.`, `..` or empty parts."""
    return _SAFE.fullmatch(path) is not None


def find_relative_path(path: Path | str, folder: Path) -> str | None:
    """Return the path relative to a folder that begins it literally, with forward slashes, or None."""
    # `Path.relative_to` takes longer than reading the file.
    start = os.path.join(folder, "")  # noqa: PTH118 - with the separator at its end
    full = str(path)
    return full.removeprefix(start).replace(os.sep, "/") if full.startswith(start) else None


def find_links_outside(paths: Iterable[str], base: Path, pattern: str) -> Iterator[str]:
    """Yield those of the absolute paths that leave the folder `base` by a symbolic link.

    `pattern` matches the paths. If it is a folder that is not below `base`, that is the folder not to be left.
    """
    named = Path(os.path.abspath(base / pattern))  # noqa: PTH100 - keeps links
    folder = named if named.is_dir() and not named.is_relative_to(base) else base
    real = os.path.join(os.path.realpath(folder), "")  # noqa: PTH118 - with the separator at its end
    find_real_folder = cache(os.path.realpath)
    for path in paths:
        # Thousands of files lie in a few folders: each is resolved once.
        parent, _, name = path.rpartition("/")
        is_link = os.path.islink(path)  # noqa: PTH114 - many files; a Path for each costs more
        target = os.path.realpath(path) if is_link else f"{find_real_folder(parent)}/{name}"
        if not target.startswith(real) and Path(path).is_relative_to(folder):
            yield path


def find_repository(directory: Path, environment: Mapping[str, str]) -> Path:
    """Return the root of the repository that contains a folder, or the folder itself if there is none.

    A CI system names the root of its checkout in the environment.
    """
    named = (Path(os.path.realpath(environment[name])) for name in _CHECKOUTS if environment.get(name))
    found = (folder for folder in (directory, *directory.parents) if (folder / ".git").exists())
    return next((folder for folder in (*named, *found) if directory.is_relative_to(folder)), directory)


def show_path(path: Path | str, directory: Path) -> str:
    """Return a path as a user in `directory` would write it: relative, with forward slashes."""
    relative = find_relative_path(path, directory)
    if relative is not None and ".." not in relative:
        return relative
    return Path(os.path.relpath(path, directory)).as_posix()
