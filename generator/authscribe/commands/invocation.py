"""Steps that all commands share: find the workspace, read its definitions, report, and choose the exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from authscribe.commands.output import Output, emit_report, write_text
from authscribe.findings.finding import DefinitionError
from authscribe.findings.source_lines import quoting
from authscribe.report.exit_codes import WRONG_INPUT, choose_exit_code
from authscribe.report.model import Report, Verb
from authscribe.workspace.command_options import Options
from authscribe.workspace.workspace import Workspace, find_workspace

if TYPE_CHECKING:
    from authscribe.model.platform import Platform
    from authscribe.resolve.resolver import Resolution
    from authscribe.workspace.load import LoadedSources


class Definitions(NamedTuple):
    """Definitions of a run, as they were read."""

    workspace: Workspace
    loaded: LoadedSources

    def resolve(self, *, tolerant: bool = False) -> Resolution:
        """Return the catalogue; raises DefinitionError with every mistake, unless `tolerant` or the run keeps going."""
        from authscribe.workspace.resolve import resolve_sources

        return resolve_sources(self.loaded, self.workspace, tolerant=tolerant)


@contextmanager
def read_definitions(options: Options) -> Iterator[Definitions]:
    """Find the workspace and read its sources; errors raised inside quote the lines they point at.

    Raises DefinitionError for mistakes in the configuration or in paths.
    """
    # Imported here: a run with nothing to do never reads a source.
    from authscribe.workspace.load import load_workspace

    workspace = find_workspace(options, Path.cwd())
    loaded = load_workspace(workspace)
    with quoting(loaded.texts, workspace.files):
        yield Definitions(workspace, loaded)


def read_platform(options: Options) -> Platform:
    """Return the platform profile of a run, whatever else the sources define; raises DefinitionError as they do."""
    from authscribe.workspace.resolve import resolve_platform

    with read_definitions(options) as definitions:
        return resolve_platform(definitions.loaded, definitions.workspace)


def run_reporting(verb: Verb, output: Output, work: Callable[[], Report]) -> int:
    """Report what the work found, or what kept it from being done; return the exit code."""
    try:
        report = work()
    except DefinitionError as error:
        return _refuse(verb, error, output)
    emit_report(report, output)
    return choose_exit_code(report, fail_on=output.fail_on, exit_zero=output.exit_zero)


def run_answering(verb: Verb, output: Output, work: Callable[[], str]) -> int:
    """Write the answer as it is, or report what kept it from being given; return the exit code."""
    try:
        answer = work()
    except DefinitionError as error:
        return _refuse(verb, error, output)
    write_text(answer, output)
    return 0


def _refuse(verb: Verb, error: DefinitionError, output: Output) -> int:
    report = Report(verb=verb, findings=error.findings, lines=error.lines, sources=error.sources)
    emit_report(report, output)
    return WRONG_INPUT
