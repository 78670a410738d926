"""Select the connectors of a run, by its arguments or by the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from authscribe.connectors.file_trees import ConnectorFolder, find_folders
from authscribe.findings.finding import DefinitionError, Finding
from authscribe.findings.rules.no_such_connector import report_no_such_connector
from authscribe.runtime.paths import show_path
from authscribe.workspace.workspace import Workspace


def select_folders(arguments: Sequence[str], workspace: Workspace) -> Iterator[ConnectorFolder]:
    """Yield the connectors that the arguments name; without arguments, those that the configuration lists.

    An argument is a path, or the name of a configured connector. Raises DefinitionError if it is neither.
    """
    configured = tuple(_find_configured(workspace))
    if not arguments:
        yield from configured
        return
    findings: list[Finding] = []
    for argument in arguments:
        folders = [folder for folder in configured if folder.name == argument]
        try:
            yield from folders or find_folders(argument, Path.cwd())
        except DefinitionError as error:
            findings.extend(error.findings)
    if findings:
        raise DefinitionError(findings)


def _find_configured(workspace: Workspace) -> Iterator[ConnectorFolder]:
    for pattern in workspace.configuration.connectors:
        paths = sorted(path for path in workspace.root.glob(pattern) if path.is_dir())
        if not paths:
            raise DefinitionError((report_no_such_connector(pattern),))
        for path in paths:
            yield from find_folders(show_path(path, Path.cwd()), Path.cwd())
