"""Which connectors a run is about: those that its arguments name, or those that the configuration does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from authscribe.connectors.file_trees import ConnectorFolder, find_folders
from authscribe.findings.finding import DefinitionError, Finding
from authscribe.findings.rules.no_such_connector import report_no_such_connector
from authscribe.runtime.paths import show_path
from authscribe.workspace.workspace import Workspace


def select_folders(arguments: Sequence[str], found: Workspace) -> Iterator[ConnectorFolder]:
    """The connectors that the arguments name, by path or by the name of a configured one; without any, all of those.

    Raises DefinitionError for an argument that is neither.
    """
    configured = tuple(_configured(found))
    if not arguments:
        yield from configured
        return
    wrong: list[Finding] = []
    for argument in arguments:
        named = [folder for folder in configured if folder.name == argument]
        try:
            yield from named or find_folders(argument, Path.cwd())
        except DefinitionError as error:
            wrong.extend(error.findings)
    if wrong:
        raise DefinitionError(wrong)


def _configured(found: Workspace) -> Iterator[ConnectorFolder]:
    for pattern in found.configuration.connectors:
        matching = sorted(path for path in found.root.glob(pattern) if path.is_dir())
        if not matching:
            raise DefinitionError((report_no_such_connector(pattern),))
        for folder in matching:
            yield from find_folders(show_path(folder, Path.cwd()), Path.cwd())
