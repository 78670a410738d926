"""Find the source files of a run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.link_outside import report_link_outside
from authscribe.findings.rules.no_such_source import report_no_such_source
from authscribe.findings.rules.unreadable_file import report_unreadable_file
from authscribe.readers.text import read_content
from authscribe.runtime import package_files
from authscribe.runtime.hashing import digest
from authscribe.runtime.paths import find_links_outside, find_similar, match_files, show_path
from authscribe.workspace.command_options import Options
from authscribe.workspace.configuration import LoadedConfiguration
from authscribe.workspace.ignored import IgnoreRules


class SourceFile(NamedTuple):
    """Source file: its absolute path, its path as shown, and its key in the lock, the same on every machine.

    Without a `format`, suffix and content tell. A `Path` for each of thousands of sources takes as long as reading it.
    """

    file: str
    path: str
    key: str
    format: str | None = None
    is_shipped: bool = False


class SourceContent(NamedTuple):
    """Content of a source and its digest, or the finding that explains why it cannot be read."""

    data: bytes | Finding
    sha256: str


class SourceContents:
    """Contents of sources, each of which is read once, so that all stages of a run see the same.

    `referenced` are the files to which sources refer, by path as reports show them, once they have been read.
    """

    def __init__(self) -> None:
        self.referenced: dict[str, str] = {}
        self._contents: dict[str, SourceContent] = {}

    def read(self, file: SourceFile) -> SourceContent:
        """Return the content of a source."""
        content = self._contents.get(file.file)
        if content is None:
            data = read_content(file.path, file.file)
            content = SourceContent(data, digest(data) if isinstance(data, bytes) else "")
            self._contents[file.file] = content
        return content


def find_sources(options: Options, loaded: LoadedConfiguration, root: Path, directory: Path) -> tuple[SourceFile, ...]:
    """Return the sources sorted by path, each once, and the profile of the platform if it comes with the tool.

    Raises DefinitionError for every pattern that matches nothing or cannot be read, and for every link out of a folder.
    """
    if options.sources:
        base, patterns = directory, options.sources
        places: Sequence[Place] = [Place(pattern) for pattern in patterns]
    else:
        base, patterns, places = root, loaded.configuration.sources, loaded.source_places
    shown: dict[str, str] = {}
    missing: list[Finding] = []
    for pattern, place in zip(patterns, places, strict=True):
        try:
            files = sorted(_match_files(base, pattern), key=_split)
        except OSError as error:
            refused = show_path(Path(error.filename or base / pattern), directory)
            missing.append(report_unreadable_file(refused, (error.strerror or type(error).__name__).lower()))
            continue
        if not files:
            missing.append(report_no_such_source(place, pattern, similar=find_similar(pattern, base)))
        paths = {os.path.abspath(file): file for file in files}  # noqa: PTH100 - keeps links
        missing += (
            report_link_outside(show_path(link, directory)) for link in find_links_outside(paths, base, pattern)
        )
        is_absolute = Path(pattern).is_absolute()
        for path, file in paths.items():
            # An absolute path is shown as the user gave it, any other relative to the folder that it was given in.
            shown.setdefault(path, Path(file).as_posix() if is_absolute else show_path(file, base))
    if missing:
        raise DefinitionError(missing)
    return (
        *_key_files(shown, options.source_format),
        *_list_shipped(options.platform or loaded.configuration.platform),
    )


def _split(path: str) -> list[str]:
    """Return the parts of a path, by which paths are sorted: a folder comes before one whose name it begins."""
    return path.split("/")


def _match_files(base: Path, pattern: str) -> Iterator[str]:
    """Yield the files that a pattern matches, without those in a folder or pattern that git ignores.

    Raises OSError for a folder that cannot be listed.
    """
    path = base / pattern
    if os.path.lexists(path) and not path.is_dir():
        yield str(path)
        return
    rules = IgnoreRules(Path(os.path.abspath(base)))  # noqa: PTH100 - keeps links
    for file in _list_files(base, pattern):
        if not rules.is_ignored(file):
            yield file


def _list_files(base: Path, pattern: str) -> Iterator[str]:
    path = base / pattern
    if path.is_dir():
        # Imported here: a run with nothing to do needs no reader, unless a source is a folder.
        from authscribe.readers.registry import SOURCE_SUFFIXES

        for place, _, names in os.walk(path, onerror=_raise):
            found = (name for name in names if name.endswith(SOURCE_SUFFIXES))
            files = (os.path.join(place, name) for name in found)  # noqa: PTH118 - no Path for each
            yield from filter(os.path.isfile, files)
    else:
        # Before Python 3.13, a pattern that ends with `**` matches folders only.
        whole = f"{pattern}/*" if pattern.endswith("**") else pattern
        yield from match_files(base, whole)


def _raise(error: OSError) -> NoReturn:
    raise error


def _key_files(shown: Mapping[str, str], source_format: str | None) -> Iterator[SourceFile]:
    """Yield the sources with keys relative to the deepest folder that holds all: the same wherever the tree lies."""
    if not shown:
        return
    common = os.path.commonpath({os.path.dirname(file) for file in shown})  # noqa: PTH120 - as above
    for file in sorted(shown, key=_split):
        yield SourceFile(file, shown[file], file.removeprefix(common).lstrip("/"), source_format)


def _list_shipped(platform: str) -> Iterator[SourceFile]:
    """Yield the profile of a platform that comes with the tool; path and key do not show where it is installed."""
    for file in package_files.list_platform_files():
        if file.stem != platform:
            continue
        name = f"authscribe:platforms/{file.name}"
        yield SourceFile(str(file), name, name, is_shipped=True)
