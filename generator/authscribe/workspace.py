"""The workspace of a run: where its root is, which sources it reads, where its outputs go."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from authscribe import config, mistakes, plugins, readers, resources
from authscribe.config import Configuration, Configured, Suppress
from authscribe.finding import DefinitionError, Finding, Place

_PACKAGE: Final = "package:"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line states; each part stands before the configuration."""

    config: Path | None = None
    sources: tuple[str, ...] = ()
    out_dir: str | None = None
    platform: str | None = None
    source_format: str | None = None
    keep_going: bool = False
    jobs: int = 1
    cache: Path | None = None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A source: where it lies, how it is shown, and its key in the lock (the same on every machine).

    Without a `format`, it is known by its suffix and content.
    """

    file: Path
    path: str
    key: str
    format: str | None = None
    is_shipped: bool = False


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything that a command needs to know of its surroundings."""

    root: Path
    sources: tuple[SourceFile, ...]
    out_dir: Path
    shown_out_dir: str
    targets: tuple[str, ...]
    templates: tuple[Path, ...]
    platform: str
    keep_going: bool
    jobs: int
    cache: Path | None
    configuration: Configuration
    config_file: str | None
    suppressions: tuple[tuple[Suppress, Place], ...]


def find(options: Options, directory: Path) -> Workspace:
    """The workspace seen from `directory`; raises DefinitionError for mistakes in the configuration or paths."""
    configured = _configured(options, directory)
    settings = configured.configuration
    out_dir = options.out_dir if options.out_dir is not None else settings.out_dir
    return Workspace(
        root=configured.root,
        sources=_sources(options, configured, directory),
        out_dir=_out_dir((directory if options.out_dir is not None else configured.root) / out_dir, directory),
        shown_out_dir=out_dir,
        targets=settings.targets,
        templates=tuple(_templates(folder, configured.root) for folder in settings.templates),
        platform=options.platform or settings.platform,
        keep_going=options.keep_going,
        jobs=options.jobs,
        cache=options.cache,
        configuration=settings,
        config_file=configured.file,
        suppressions=tuple(zip(settings.suppress, configured.suppress_places, strict=True)),
    )


def _templates(folder: str, root: Path) -> Path:
    """A folder of the workspace, or with `package:NAME` that of an installed package."""
    if folder.startswith(_PACKAGE):
        return plugins.template_folder(folder.removeprefix(_PACKAGE))
    return root / folder


def _out_dir(path: Path, directory: Path) -> Path:
    """Relative to where the user is, if it lies below: so is it shown in findings."""
    path = Path(os.path.normpath(path))
    return path.relative_to(directory) if path.is_relative_to(directory) else path


def _configured(options: Options, directory: Path) -> Configured:
    if options.config is not None:
        return config.load(directory / options.config)
    # Paths given on the command line are all that such a run needs: a configuration that happens to lie
    # above must not add to them.
    file = None if options.sources and options.out_dir is not None else config.find(directory)
    return Configured(directory, Configuration()) if file is None else config.load(file)


def _sources(options: Options, configured: Configured, directory: Path) -> tuple[SourceFile, ...]:
    """The sources sorted by path, each once, and the platform profiles that travel with the tool."""
    if options.sources:
        base, patterns = directory, options.sources
        places: Sequence[Place] = [Place(pattern) for pattern in patterns]
    else:
        base, patterns, places = configured.root, configured.configuration.sources, configured.source_places
    found: dict[Path, str] = {}
    missing: list[Finding] = []
    for pattern, place in zip(patterns, places, strict=True):
        files = sorted(_files(base, pattern))
        if not files:
            missing.append(mistakes.no_such_source(place, pattern))
        for file in files:
            found.setdefault(Path(os.path.normpath(file.absolute())), _shown(file, base, pattern))
    if missing:
        raise DefinitionError(missing)
    return (*_keyed(found, options.source_format), *_shipped())


def _files(base: Path, pattern: str) -> Iterator[Path]:
    path = base / pattern
    if path.is_dir():
        for suffix in readers.SUFFIXES:
            yield from (file for file in path.rglob(f"*{suffix}") if file.is_file())
    elif path.exists() or not any(character in pattern for character in "*?["):
        yield from (path,) if os.path.lexists(path) else ()
    else:
        anchor = Path(pattern).anchor
        start = Path(anchor) if anchor else base
        yield from (file for file in start.glob(pattern.removeprefix(anchor)) if file.is_file())


def shown(path: Path, directory: Path) -> str:
    """A path as the user would write it: relative to where they are."""
    return Path(os.path.relpath(path, directory)).as_posix()


def _shown(file: Path, base: Path, pattern: str) -> str:
    """As the user gave it where that was absolute, else relative to the folder it was given in."""
    return file.as_posix() if Path(pattern).is_absolute() else shown(file, base)


def _keyed(found: dict[Path, str], source_format: str | None) -> Iterator[SourceFile]:
    """Keys are relative to the deepest folder that holds all sources: the same wherever the tree lies."""
    if not found:
        return
    common = Path(os.path.commonpath([file.parent for file in found]))
    for file in sorted(found):
        yield SourceFile(file, found[file], file.relative_to(common).as_posix(), source_format)


def _shipped() -> Iterator[SourceFile]:
    """The profiles that come with the tool; shown and keyed without the place of their installation."""
    folder = resources.schemes() / "platforms"
    for file in sorted(folder.glob("*.yaml")):
        name = f"authscribe:platforms/{file.name}"
        yield SourceFile(file, name, name, is_shipped=True)
