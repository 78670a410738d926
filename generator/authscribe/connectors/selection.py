"""Select the connectors of a run, by its arguments and by the configuration."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from authscribe.connectors.file_trees import (
    ConnectorFolder,
    DirectoryTree,
    find_folders,
    find_in_tree,
    open_revision,
    require_manifest,
)
from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.no_such_connector import report_lost_connector, report_no_such_connector
from authscribe.model.platform import Platform
from authscribe.runtime.paths import find_similar, is_glob, show_path
from authscribe.workspace.patterns import compile_patterns, list_patterns_inside
from authscribe.workspace.workspace import Workspace, match_folders


class SelectedFolders(NamedTuple):
    """Connectors of a run, each once, and a finding for each argument or pattern that names none."""

    folders: tuple[ConnectorFolder, ...]
    findings: tuple[Finding, ...]

    def require(self) -> tuple[ConnectorFolder, ...]:
        """Return the connectors; raises DefinitionError if an argument or pattern names none."""
        if self.findings:
            raise DefinitionError(self.findings)
        return self.folders


def select_folders(arguments: Sequence[str], workspace: Workspace, platform: Platform) -> SelectedFolders:
    """Return the connectors that the arguments name; without arguments, those that the configuration lists.

    An argument is a path, or the name of a configured connector.
    """
    configured = select_configured(workspace, platform)
    if not arguments:
        return configured
    return _join(_find_named(argument, configured.folders, platform) for argument in arguments)


def select_added(arguments: Sequence[str], workspace: Workspace, platform: Platform) -> SelectedFolders:
    """Return the connectors that the configuration lists, and those that the arguments add."""
    added = (_find_named(argument, (), platform) for argument in arguments)
    return _join((select_configured(workspace, platform), *added))


def select_configured(workspace: Workspace, platform: Platform) -> SelectedFolders:
    """Return the connectors that the configuration lists, and those that the workspace recalls from an earlier run."""
    root = workspace.root
    configured = (_find_pattern(pattern, place, root, platform) for pattern, place in workspace.connectors or ())
    recorded = (_find_recorded(path, place, root, platform) for path, place in workspace.recorded)
    return _join((*configured, *recorded))


def select_in_revision(
    workspace: Workspace, platform: Platform, repository: Path, revision: str
) -> tuple[ConnectorFolder, ...]:
    """Return the connectors as `select_configured` does, as far as the repository has them in a revision.

    Their paths begin with the revision, as in `main:connectors/acme`.
    """
    patterns = (pattern for pattern, _ in (*(workspace.connectors or ()), *workspace.recorded))
    is_listed = compile_patterns(list_patterns_inside(repository, workspace.root, patterns))
    manifest = require_manifest(platform, revision).path
    tree = open_revision(repository, revision, revision)
    with suppress(DefinitionError):
        found = find_in_tree(tree, manifest, ".", repository, revision)
        return tuple(
            replace(folder, shown=f"{revision}:{folder.prefix.rstrip('/')}")
            for folder in found
            if is_listed(f"{folder.prefix}{manifest}")
        )
    return ()


def select_in_working_copy(workspace: Workspace, platform: Platform, repository: Path) -> tuple[ConnectorFolder, ...]:
    """Return the connectors of `select_configured` that lie in a repository, and in no other one inside of it.

    Raises DefinitionError if a pattern of the configuration names none.
    """
    configured = select_configured(workspace, platform).require()
    return tuple(each for each in configured if each.is_inside(repository) and not _is_nested(each, repository))


def leave_out_removed(workspace: Workspace, platform: Platform, repository: Path, revision: str) -> Workspace:
    """Return the workspace without the patterns that name connectors of a revision, and none that are left."""

    def is_removed(pattern: tuple[str, Place]) -> bool:
        only = workspace._replace(connectors=(pattern,), recorded=())
        return not select_configured(only, platform).folders and bool(
            select_in_revision(only, platform, repository, revision)
        )

    configured, recorded = (
        tuple(pattern for pattern in patterns if not is_removed(pattern))
        for patterns in (workspace.connectors or (), workspace.recorded)
    )
    return workspace._replace(connectors=configured, recorded=recorded)


def _is_nested(folder: ConnectorFolder, repository: Path) -> bool:
    """Return whether a folder on the disk belongs to another repository, such as that of a submodule."""
    # Imported here: most runs read no revision.
    from authscribe.connectors.git_repository import find_repository

    if not isinstance(folder.tree, DirectoryTree):
        return False
    return find_repository(folder.tree.root / folder.prefix) != repository


def _find_named(argument: str, configured: Sequence[ConnectorFolder], platform: Platform) -> SelectedFolders:
    """Return the configured connectors of a name, or those at a path."""
    named = tuple(folder for folder in configured if folder.name == argument)
    if named:
        return SelectedFolders(named, ())
    if "@" in argument or os.path.lexists(argument):
        return _find_folders(argument, platform)
    known = (*(folder.name for folder in configured), *find_similar(argument, Path.cwd()))
    return SelectedFolders((), (report_no_such_connector(argument, known=known),))


def _find_pattern(pattern: str, place: Place, root: Path, platform: Platform) -> SelectedFolders:
    paths = match_folders(root, pattern)
    if not paths:
        return SelectedFolders((), (report_no_such_connector(pattern, place),))
    selected = _join(_find_folders(show_path(path, Path.cwd()), platform) for path in paths)
    if platform.manifest is None or not is_glob(pattern):
        return selected
    # Folders of something else lie beside connectors, and folders inside of connectors match two asterisks.
    return SelectedFolders(selected.folders, () if selected.folders else (report_no_such_connector(pattern, place),))


def _find_recorded(path: str, place: Place, root: Path, platform: Platform) -> SelectedFolders:
    shown = show_path(Path(os.path.normpath(root / path)), Path.cwd())
    selected = _find_folders(shown, platform)
    return SelectedFolders((), (report_lost_connector(shown, place),)) if selected.findings else selected


def _find_folders(argument: str, platform: Platform) -> SelectedFolders:
    try:
        return SelectedFolders(tuple(find_folders(argument, Path.cwd(), platform)), ())
    except DefinitionError as error:
        return SelectedFolders((), error.findings)


def _join(parts: Iterable[SelectedFolders]) -> SelectedFolders:
    folders: dict[str, ConnectorFolder] = {}
    findings: dict[Finding, None] = {}
    for part in parts:
        for folder in part.folders:
            folders.setdefault(os.path.abspath(folder.shown), folder)  # noqa: PTH100 - keeps links
        findings |= dict.fromkeys(part.findings)
    return SelectedFolders(tuple(folders.values()), tuple(findings))
