"""The workspace of a run: where its root is, which sources it reads, where its outputs go."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, NoReturn

from authscribe import cache, config, mistakes, plugins, readers, resources
from authscribe.config import Configuration, Stated, Suppress
from authscribe.finding import DefinitionError, Finding, Place
from authscribe.readers import source

_PACKAGE: Final = "package:"


class Options(NamedTuple):
    """What the command line states; each part stands before the configuration."""

    config: Path | None = None
    sources: tuple[str, ...] = ()
    out_dir: str | None = None
    platform: str | None = None
    source_format: str | None = None
    keep_going: bool = False
    jobs: int = 1
    cache: Path | None = None


class SourceFile(NamedTuple):
    """A source: where it lies, how it is shown, and its key in the lock (the same on every machine).

    Without a `format`, it is known by its suffix and content.
    """

    file: Path
    path: str
    key: str
    format: str | None = None
    is_shipped: bool = False


class Workspace(NamedTuple):
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
    file = _config_file(options, directory)
    root = file.parent if file is not None else directory
    stated = _stated(file, options.cache) if file is not None else Stated(Configuration())
    settings = stated.configuration
    out_dir = options.out_dir if options.out_dir is not None else settings.out_dir
    return Workspace(
        root=root,
        sources=_sources(options, stated, root, directory),
        out_dir=_out_dir((directory if options.out_dir is not None else root) / out_dir, directory),
        shown_out_dir=out_dir,
        targets=settings.targets,
        templates=tuple(_templates(folder, root) for folder in settings.templates),
        platform=options.platform or settings.platform,
        keep_going=options.keep_going,
        jobs=options.jobs,
        cache=options.cache,
        configuration=settings,
        config_file=file.name if file is not None else None,
        suppressions=tuple(zip(settings.suppress, stated.suppress_places, strict=True)),
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


def _config_file(options: Options, directory: Path) -> Path | None:
    if options.config is not None:
        return directory / options.config
    # Paths given on the command line are all that such a run needs: a configuration that happens to lie
    # above must not add to them.
    return None if options.sources and options.out_dir is not None else config.find(directory)


def _stated(file: Path, folder: Path | None) -> Stated:
    """What the configuration states: as an earlier run has read it, which costs little, or read anew."""
    data = source.content(str(file), file)
    if isinstance(data, Finding):
        raise DefinitionError((data,))
    if folder is None:
        return _read(file.name, data)
    key = cache.digest(("configuration", cache.build(), file.name, data))
    known = cache.found(folder, (key,)).get(key)
    if known is not None:
        with suppress(ValueError, TypeError):
            return config.parse(known)
    stated = _read(file.name, data)
    cache.keep(folder, [(key, config.dump(stated))])
    return stated


def _read(name: str, data: bytes) -> Stated:
    from authscribe import config_file

    return config_file.read(name, data)


def _sources(options: Options, stated: Stated, root: Path, directory: Path) -> tuple[SourceFile, ...]:
    """The sources sorted by path, each once, and the platform profiles that travel with the tool."""
    if options.sources:
        base, patterns = directory, options.sources
        places: Sequence[Place] = [Place(pattern) for pattern in patterns]
    else:
        base, patterns, places = root, stated.configuration.sources, stated.source_places
    found: dict[str, str] = {}
    missing: list[Finding] = []
    for pattern, place in zip(patterns, places, strict=True):
        try:
            files = sorted(_files(base, pattern))
        except OSError as error:
            refused = shown(Path(error.filename or base / pattern), directory)
            missing.append(mistakes.unreadable_file(refused, (error.strerror or type(error).__name__).lower()))
            continue
        if not files:
            missing.append(mistakes.no_such_source(place, pattern))
        for file in files:
            found.setdefault(os.path.abspath(file), _shown(file, base, pattern))  # noqa: PTH100 - a Path costs more
    if missing:
        raise DefinitionError(missing)
    return (*_keyed(found, options.source_format), *_shipped())


def _files(base: Path, pattern: str) -> Iterator[Path]:
    """The files that a pattern stands for; raises OSError for a folder that cannot be looked into."""
    path = base / pattern
    if path.is_dir():
        for place, _, names in os.walk(path, onerror=_raise):
            files = (Path(place, name) for name in names if name.endswith(readers.SUFFIXES))
            yield from filter(os.path.isfile, files)
    elif path.exists() or not any(character in pattern for character in "*?["):
        yield from (path,) if os.path.lexists(path) else ()
    else:
        anchor = Path(pattern).anchor
        start = Path(anchor) if anchor else base
        yield from filter(os.path.isfile, start.glob(pattern.removeprefix(anchor)))


def _raise(error: OSError) -> NoReturn:
    raise error


def below(path: Path, folder: Path) -> str | None:
    """The path from a folder that it lies below as it is spelt, else None.

    To ask a `Path` for it costs more than to read the file.
    """
    start = os.path.join(folder, "")  # noqa: PTH118 - with the separator at its end
    spelt = str(path)
    return spelt.removeprefix(start).replace(os.sep, "/") if spelt.startswith(start) else None


def shown(path: Path, directory: Path) -> str:
    """A path as the user would write it: relative to where they are."""
    found = below(path, directory)
    if found is not None and ".." not in found:
        return found
    return Path(os.path.relpath(path, directory)).as_posix()


def _shown(file: Path, base: Path, pattern: str) -> str:
    """As the user gave it where that was absolute, else relative to the folder it was given in."""
    return file.as_posix() if Path(pattern).is_absolute() else shown(file, base)


def _keyed(found: Mapping[str, str], source_format: str | None) -> Iterator[SourceFile]:
    """Keys are relative to the deepest folder that holds all sources: the same wherever the tree lies."""
    if not found:
        return
    common = os.path.commonpath({os.path.dirname(file) for file in found})  # noqa: PTH120 - as above
    for file in sorted(found, key=lambda file: file.split("/")):
        yield SourceFile(Path(file), found[file], file.removeprefix(common).lstrip("/"), source_format)


def _shipped() -> Iterator[SourceFile]:
    """The profiles that come with the tool; shown and keyed without the place of their installation."""
    folder = resources.schemes() / "platforms"
    for file in sorted(folder.glob("*.yaml")):
        name = f"authscribe:platforms/{file.name}"
        yield SourceFile(file, name, name, is_shipped=True)
