"""The workspace of a run: where its root is, which sources it reads, where its outputs go."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.readers.text import read_content
from authscribe.runtime import cache, plugins
from authscribe.workspace.configuration import (
    Configuration,
    LoadedConfiguration,
    Suppress,
    dump_configuration,
    find_configuration_file,
    parse_configuration,
)
from authscribe.workspace.options import Options
from authscribe.workspace.sources import SourceFile, find_sources

_PACKAGE: Final = "package:"


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


def find_workspace(options: Options, directory: Path) -> Workspace:
    """The workspace seen from `directory`; raises DefinitionError for mistakes in the configuration or paths."""
    file = _config_file(options, directory)
    root = file.parent if file is not None else directory
    stated = _stated(file, options.cache) if file is not None else LoadedConfiguration(Configuration())
    settings = stated.configuration
    out_dir = options.out_dir if options.out_dir is not None else settings.out_dir
    return Workspace(
        root=root,
        sources=find_sources(options, stated, root, directory),
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
        return plugins.find_template_folder(folder.removeprefix(_PACKAGE))
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
    return None if options.sources and options.out_dir is not None else find_configuration_file(directory)


def _stated(file: Path, folder: Path | None) -> LoadedConfiguration:
    """What the configuration states: as an earlier run has read it, which costs little, or read anew."""
    data = read_content(str(file), file)
    if isinstance(data, Finding):
        raise DefinitionError((data,))
    if folder is None:
        return _read(file.name, data)
    key = cache.make_key(("configuration", cache.identify_build(), file.name, data))
    known = cache.lookup(folder, (key,)).get(key)
    if known is not None:
        with suppress(ValueError, TypeError):
            return parse_configuration(known)
    stated = _read(file.name, data)
    cache.store(folder, [(key, dump_configuration(stated))])
    return stated


def _read(name: str, data: bytes) -> LoadedConfiguration:
    from authscribe.workspace.configuration_file import read_configuration

    return read_configuration(name, data)
