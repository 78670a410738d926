"""Find the pages that `docs` updates: those given as arguments, otherwise those of the configuration."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Final, NamedTuple

from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.no_pages import report_all_pages_excluded, report_no_pages
from authscribe.findings.rules.no_such_source import report_no_such_source
from authscribe.runtime.paths import is_glob, show_path

PAGE_SUFFIXES: Final = (".rst", ".md", ".mdx")

_EXCLUDE: Final = "!"


class Page(NamedTuple):
    """Page of a documentation, by its path as the user can open it.

    `is_named` tells whether an argument names this page alone, instead of a folder or pattern that holds it.
    """

    path: str
    is_named: bool = False


def find_pages(
    arguments: Sequence[str], configured: Sequence[tuple[str, Place]], settings: Place, root: Path, directory: Path
) -> tuple[Page, ...]:
    """Return the pages in the order of the patterns, each once.

    A pattern is a file, a folder or a glob; with a leading `!` it excludes pages found so far, as in a `.gitignore`.
    Arguments are relative to `directory`, configured patterns to `root`. Raises DefinitionError if there are no
    patterns, with the place `settings` of the configuration, for each pattern that matches no page, and if no page is
    left.
    """
    patterns = [(argument, Place(argument)) for argument in arguments] or configured
    base = directory if arguments else root
    if all(pattern.startswith(_EXCLUDE) for pattern, _ in patterns):
        raise DefinitionError((report_no_pages(patterns[0][1] if patterns else settings),))
    found: dict[str, Page] = {}
    missing: list[Finding] = []
    for pattern, place in patterns:
        if pattern.startswith(_EXCLUDE):
            excluded = _select_matches(list(found), base, pattern.removeprefix(_EXCLUDE))
            found = {file: page for file, page in found.items() if file not in excluded}
            continue
        files = [os.path.abspath(file) for file in _match_pages(base, pattern)]  # noqa: PTH100 - keeps links
        if not files:
            missing.append(report_no_such_source(place, pattern, "pages"))
        is_named = bool(arguments) and not (base / pattern).is_dir() and not _is_glob(base, pattern)
        for file in files:
            shown = pattern if is_named else _show_file(file, pattern, directory)
            found.setdefault(file, Page(shown, is_named))
    if not missing and not found:
        missing.append(report_all_pages_excluded(patterns[-1][1]))
    if missing:
        raise DefinitionError(missing)
    return tuple(found.values())


def _show_file(file: str, pattern: str, directory: Path) -> str:
    """Return an absolute path if the user gave one, otherwise a path relative to where the user is."""
    return PurePath(file).as_posix() if PurePath(pattern).is_absolute() else show_path(Path(file), directory)


def _match_pages(base: Path, pattern: str) -> Iterator[str]:
    """Yield the pages that a pattern matches; a folder stands for all pages below it."""
    path = base / pattern
    # An empty pattern, such as that of an unset variable, must not stand for the whole folder.
    if pattern and path.is_dir():
        yield from _walk_pages(path)
    elif not _is_glob(base, pattern):
        yield from (str(path),) if pattern and os.path.lexists(path) else ()
    else:
        start, rest = _split_pattern(base, pattern)
        files = list(_walk_pages(start, shows_hidden="/." in f"/{rest}"))
        matches = _select_matches(files, start, f"/{rest}")
        yield from (file for file in files if file in matches)


def _is_glob(base: Path, pattern: str) -> bool:
    return is_glob(pattern) and not os.path.lexists(base / pattern)


def _split_pattern(base: Path, pattern: str) -> tuple[Path, str]:
    """Return the folder before the first part with a wildcard, and the rest of the pattern."""
    parts = PurePath(pattern).parts
    count = next(index for index, part in enumerate(parts) if is_glob(part))
    return base.joinpath(*parts[:count]), "/".join(parts[count:])


def _walk_pages(folder: Path, *, shows_hidden: bool = False) -> Iterator[str]:
    """Yield the pages below a folder, sorted; folders such as `.git` and `.venv` are skipped unless asked for."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if shows_hidden or not name.startswith("."))
        for name in sorted(names):
            file = f"{place}/{name}"
            if name.lower().endswith(PAGE_SUFFIXES) and os.path.isfile(file):  # noqa: PTH113 - a Path costs more
                yield file


def _select_matches(files: Sequence[str], base: Path, pattern: str) -> set[str]:
    """Return the files that a line of a `.gitignore` in the folder `base` would match."""
    # Imported here: a run on named pages needs no patterns.
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines((pattern.removeprefix("./"),))
    return {file for file in files if spec.match_file(os.path.relpath(file, base))}
