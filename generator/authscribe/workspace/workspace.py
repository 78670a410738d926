"""Find the workspace of a run: its root, its sources, its output folder and its settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, NamedTuple

from authscribe.findings.finding import DefinitionError, Files, Finding, Place
from authscribe.readers.text import read_content
from authscribe.runtime import plugins
from authscribe.runtime.paths import LOCK_NAME, is_glob, match_paths, show_path
from authscribe.workspace.command_options import Options
from authscribe.workspace.configuration import Configuration, LoadedConfiguration, Suppress
from authscribe.workspace.configuration_file import find_configuration_file, read_configuration
from authscribe.workspace.sources import SourceContents, SourceFile, find_sources

_PACKAGE: Final = "package:"


class Workspace(NamedTuple):
    """Surroundings of a command.

    `root` is the folder of the configuration. `shown_out_dir` and `config_file` are paths as the user can open them.
    `connectors` are the configured patterns with their places; None without the key. `recorded` are the paths of
    connectors that an earlier run was given, which only some commands recall. `contents` reads the sources.
    """

    root: Path
    sources: tuple[SourceFile, ...]
    out_dir: Path
    shown_out_dir: str
    targets: tuple[str, ...]
    target_places: tuple[Place, ...]
    templates: tuple[Path, ...]
    platform: str
    keep_going: bool
    jobs: int
    cache: Path | None
    configuration: Configuration
    config_file: str | None
    pages: tuple[tuple[str, Place], ...]
    owned_files: tuple[tuple[str, Place], ...]
    suppressions: tuple[tuple[Suppress, Place], ...]
    connectors: tuple[tuple[str, Place], ...] | None
    contents: SourceContents
    recorded: tuple[tuple[str, Place], ...] = ()

    @property
    def files(self) -> Files:
        """Return the sources on disk, and the files to which they refer, by the paths of their places."""
        own = {source.path: source.file for source in self.sources if not source.is_shipped}
        return own | self.contents.referenced

    @property
    def has_sources(self) -> bool:
        """Return whether there are sources other than those that authscribe ships."""
        return not all(source.is_shipped for source in self.sources)

    @property
    def baseline(self) -> Path | None:
        """Return the configured file with known findings; None without one."""
        configured = self.configuration.baseline
        return self.root / configured if configured is not None else None


def find_workspace(options: Options, directory: Path) -> Workspace:
    """Return the workspace seen from `directory`; raises DefinitionError for mistakes in configuration or paths."""
    file = _find_file(options, directory)
    root = file.parent if file is not None else directory
    config_file = _show_configuration(file, options, directory) if file is not None else None
    loaded = _load_configuration(file, config_file)
    settings = loaded.configuration
    out_dir = options.out_dir if options.out_dir is not None else settings.out_dir
    return Workspace(
        root=root,
        sources=find_sources(options, loaded, root, directory),
        out_dir=_relative_out_dir((directory if options.out_dir is not None else root) / out_dir, directory),
        shown_out_dir=out_dir if options.out_dir is not None else _show_out_dir(root, out_dir, directory),
        targets=settings.targets,
        target_places=loaded.target_places,
        templates=tuple(_find_templates(folder, root) for folder in settings.templates),
        platform=options.platform or settings.platform,
        keep_going=options.keep_going,
        jobs=options.jobs,
        cache=options.cache,
        configuration=settings,
        config_file=config_file,
        pages=tuple(zip(settings.pages, loaded.page_places, strict=True)),
        owned_files=tuple(zip(settings.files, loaded.file_places, strict=True)),
        suppressions=tuple(zip(settings.suppress, loaded.suppress_places, strict=True)),
        connectors=(
            tuple(zip(settings.connectors, loaded.connector_places, strict=True)) if loaded.has_connectors else None
        ),
        contents=SourceContents(),
    )


def match_folders(root: Path, pattern: str) -> list[Path]:
    """Return the folders that a pattern of connectors names, sorted.

    Wildcards match no output folders, and hidden folders only if the pattern has a name that begins with a dot.
    """
    folders = sorted(path for path in match_paths(root, pattern) if path.is_dir())
    return [folder for folder in folders if not (is_glob(pattern) and _is_passed_over(folder, root, pattern))]


def _is_passed_over(folder: Path, root: Path, pattern: str) -> bool:
    """Return whether wildcards pass over a folder: it is, or is inside, a hidden folder or an output folder."""
    inner = folder.parts[len(root.parts) :]
    is_hidden = "/." not in f"/{pattern}" and any(part.startswith(".") for part in inner)
    return is_hidden or any((each / LOCK_NAME).exists() for each in (folder, *folder.parents[: len(inner)]))


def _find_templates(folder: str, root: Path) -> Path:
    """Return a folder of the workspace, or with `package:NAME` that of an installed package."""
    if folder.startswith(_PACKAGE):
        return plugins.find_template_folder(folder.removeprefix(_PACKAGE))
    return root / folder


def _relative_out_dir(path: Path, directory: Path) -> Path:
    """Return the folder relative to where the user is, if it lies below; findings show it so."""
    path = Path(os.path.normpath(path))
    return path.relative_to(directory) if path.is_relative_to(directory) else path


def _show_out_dir(root: Path, out_dir: str, directory: Path) -> str:
    """Return a configured output folder as the user wrote it if they are in the folder of the configuration."""
    is_literal = root == directory or Path(out_dir).is_absolute()
    return out_dir if is_literal else show_path(root / out_dir, directory)


def _show_configuration(file: Path, options: Options, directory: Path) -> str:
    return options.config.as_posix() if options.config is not None else show_path(file, directory)


def _find_file(options: Options, directory: Path) -> Path | None:
    if options.config is not None:
        return directory / options.config
    # Paths given on the command line are all that such a run needs: a configuration that happens to lie
    # above must not add to them.
    return None if options.sources and options.out_dir is not None else find_configuration_file(directory)


def _load_configuration(file: Path | None, shown: str | None) -> LoadedConfiguration:
    if file is None or shown is None:
        return LoadedConfiguration(Configuration())
    data = read_content(shown, file)
    if isinstance(data, Finding):
        raise DefinitionError((data,))
    return read_configuration(shown, data)
