"""Find the files that `docs` and `sync` update: those given as arguments, otherwise those of the configuration."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import Final, NamedTuple

from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.link_outside import report_link_outside
from authscribe.findings.rules.no_pages import report_all_pages_excluded, report_no_pages
from authscribe.findings.rules.no_such_source import report_no_such_source
from authscribe.runtime.paths import find_links_outside, find_similar, is_glob, show_path

PAGE_SUFFIXES: Final = (".rst", ".md", ".markdown", ".mdx")

_EXCLUDE: Final = "!"


class OwnedFile(NamedTuple):
    """File that a person owns, by its path as the user can open it.

    `is_named` tells whether an argument names this file alone, instead of a folder or pattern that holds it.
    """

    path: str
    is_named: bool = False


def is_page(name: str) -> bool:
    """Return whether a file is a page, by its name."""
    return name.lower().endswith(PAGE_SUFFIXES)


class Listing(NamedTuple):
    """Key of the configuration that lists files, with its patterns and their places.

    `settings` is the place of the configuration. `is_taken` tells whether a file of a folder is one of them, by its
    name.
    """

    key: str
    patterns: Sequence[tuple[str, Place]]
    settings: Place
    is_taken: Callable[[str], bool]


def find_owned_files(arguments: Sequence[str], listing: Listing, root: Path, directory: Path) -> tuple[OwnedFile, ...]:
    """Return the files in the order of the patterns, each once.

    A pattern is a file, a folder or a glob; with a leading `!` it excludes files found so far, as in a `.gitignore`.
    Arguments are relative to `directory`, configured patterns to `root`. Raises DefinitionError if there are no
    patterns, for each pattern that matches no file, for each link out of a folder, and if no file is left.
    """
    patterns = [(argument, Place(argument)) for argument in arguments] or listing.patterns
    base = directory if arguments else root
    if all(pattern.startswith(_EXCLUDE) for pattern, _ in patterns):
        raise DefinitionError((report_no_pages(patterns[0][1] if patterns else listing.settings, listing.key),))
    found: dict[str, OwnedFile] = {}
    missing: list[Finding] = []
    for pattern, place in patterns:
        if pattern.startswith(_EXCLUDE):
            excluded = _select_matches(list(found), base, pattern.removeprefix(_EXCLUDE))
            found = {path: file for path, file in found.items() if path not in excluded}
            continue
        paths = [os.path.abspath(path) for path in _match_files(base, pattern, listing)]  # noqa: PTH100 - keeps links
        if not paths:
            missing.append(report_no_such_source(place, pattern, listing.key, find_similar(pattern, base)))
        missing += (
            report_link_outside(show_path(link, directory)) for link in find_links_outside(paths, base, pattern)
        )
        is_named = bool(arguments) and not (base / pattern).is_dir() and not _is_glob(base, pattern)
        for path in paths:
            shown = pattern if is_named else _show_file(path, pattern, directory)
            found.setdefault(path, OwnedFile(shown, is_named))
    if not missing and not found:
        missing.append(report_all_pages_excluded(patterns[-1][1], listing.key))
    if missing:
        raise DefinitionError(missing)
    return tuple(found.values())


def _show_file(file: str, pattern: str, directory: Path) -> str:
    """Return an absolute path if the user gave one, otherwise a path relative to where the user is."""
    return PurePath(file).as_posix() if PurePath(pattern).is_absolute() else show_path(file, directory)


def _match_files(base: Path, pattern: str, listing: Listing) -> Iterator[str]:
    """Yield the files that a pattern matches; a folder stands for all of the listing's files below it."""
    path = base / pattern
    # An empty pattern, such as that of an unset variable, must not stand for the whole folder.
    if pattern and path.is_dir():
        yield from _walk_files(path, listing)
    elif not _is_glob(base, pattern):
        yield from (str(path),) if pattern and os.path.lexists(path) else ()
    else:
        start, rest = _split_pattern(base, pattern)
        files = list(_walk_files(start, listing, shows_hidden="/." in f"/{rest}"))
        matches = _select_matches(files, start, f"/{rest}")
        yield from (file for file in files if file in matches)


def _is_glob(base: Path, pattern: str) -> bool:
    return is_glob(pattern) and not os.path.lexists(base / pattern)


def _split_pattern(base: Path, pattern: str) -> tuple[Path, str]:
    """Return the folder before the first part with a wildcard, and the rest of the pattern."""
    parts = PurePath(pattern).parts
    count = next(index for index, part in enumerate(parts) if is_glob(part))
    return base.joinpath(*parts[:count]), "/".join(parts[count:])


def _walk_files(folder: Path, listing: Listing, *, shows_hidden: bool = False) -> Iterator[str]:
    """Yield the files of a listing below a folder, sorted.

    Folders such as `.git` and `.venv` are skipped unless asked for.
    """
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if shows_hidden or not name.startswith("."))
        for name in sorted(names):
            file = f"{place}/{name}"
            if listing.is_taken(name) and os.path.isfile(file):  # noqa: PTH113 - a Path costs more
                yield file


def _select_matches(files: Sequence[str], base: Path, pattern: str) -> set[str]:
    """Return the files that a line of a `.gitignore` in the folder `base` would match."""
    # Imported here: a run on named files needs no patterns.
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines((pattern.removeprefix("./"),))
    return {file for file in files if spec.match_file(os.path.relpath(file, base))}
