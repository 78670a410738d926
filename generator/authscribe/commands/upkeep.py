"""Bring files that people own up to date: the steps that `docs` and `sync` share."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from authscribe.commands.invocation import Definitions, read_definitions, run_reporting
from authscribe.commands.output import Output
from authscribe.drift.drift import Drift
from authscribe.drift.replacement import replace_files
from authscribe.findings.finding import DefinitionError, Finding, Place, Severity
from authscribe.findings.rules.nothing_defined import report_no_sources
from authscribe.findings.source_lines import quoting, select_lines
from authscribe.report.model import Report, Verb
from authscribe.workspace.command_options import Options
from authscribe.workspace.configuration import FILE_NAME
from authscribe.workspace.owned_files import Listing, OwnedFile, find_owned_files
from authscribe.workspace.workspace import Workspace

if TYPE_CHECKING:
    from authscribe.lint.suppressions import ActiveSuppression, FilteredFindings
    from authscribe.resolve.resolver import Resolution
    from authscribe.workspace.load import LoadedSources


@dataclass(frozen=True, slots=True)
class UpkeepRequest:
    """Files, folders and patterns of files to update; with `check` nothing is written."""

    files: tuple[str, ...]
    check: bool = False
    show_diff: bool = False
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """Difference of a file from its updated form, if any, and that form, `content`.

    The drift is what reports show; values of secrets may be masked in it. `findings` keep every file from being
    written, unless they are infos; `remarks` are about parts of the file that are left as they are. `texts` are the
    texts to quote from, by path, if a report must not quote the file itself.
    """

    drift: Drift | None = None
    content: bytes = b""
    findings: tuple[Finding, ...] = ()
    is_skipped: bool = False
    remarks: tuple[Finding, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


UpdateFile: TypeAlias = Callable[[OwnedFile], FileOutcome]
FilterFindings: TypeAlias = "Callable[[Sequence[Finding]], FilteredFindings]"


class Update(NamedTuple):
    """Definitions that files are compared with, and the function that updates one of the files."""

    loaded: LoadedSources
    resolution: Resolution
    update_file: UpdateFile


class Upkeep(NamedTuple):
    """Files that a command takes, and a function that prepares their update."""

    listing: Listing
    prepare: Callable[[Definitions], Update]


def run_upkeep(
    verb: Verb,
    options: Options,
    request: UpkeepRequest,
    output: Output,
    plan: Callable[[Workspace, Place], Upkeep],
) -> int:
    """Update the files, or report what would change; no file is written unless all can be.

    `plan` gets the place of the configuration.
    """
    # Whoever asks for a rewrite has got it; the findings of the definitions are the business of `lint`.
    output = output if request.check else output._replace(exit_zero=True)
    return run_reporting(verb, output, lambda: _update_files(verb, options, request, plan))


def _update_files(
    verb: Verb, options: Options, request: UpkeepRequest, plan: Callable[[Workspace, Place], Upkeep]
) -> Report:
    with read_definitions(options) as definitions:
        workspace = definitions.workspace
        if not workspace.has_sources:
            raise DefinitionError((report_no_sources(Place(workspace.config_file or "--source")),))
        upkeep = plan(workspace, Place(workspace.config_file or FILE_NAME))
        files = find_owned_files(request.files, upkeep.listing, workspace.root, Path.cwd())
        update = upkeep.prepare(definitions)
        outcomes = [*map(update.update_file, files)]
        if not request.check:
            _write(outcomes)
        remarks = [each for outcome in outcomes for each in outcome.remarks]
        filtered = create_filter(workspace, update.resolution)(remarks)
        found = [finding for outcome in outcomes for finding in outcome.findings]
        findings = update.loaded.group((*update.resolution.findings, *found, *filtered.findings))
        report = _report(verb, request, outcomes)
        texts = {**update.loaded.texts, **_list_texts(outcomes)}
        return report._replace(
            findings=findings,
            hidden=filtered.hidden,
            lines=select_lines(findings, texts),
            sources=workspace.files,
        )


def _report(verb: Verb, request: UpkeepRequest, outcomes: Sequence[FileOutcome]) -> Report:
    """Return the report about the files, without its findings."""
    drifts = tuple(outcome.drift for outcome in outcomes if outcome.drift is not None)
    repair = shlex.join(("authscribe", verb.value, *(_quote_path(drift.path) for drift in drifts), *request.arguments))
    return Report(
        verb=verb,
        drifts=drifts if request.check or request.show_diff else (),
        written=() if request.check else tuple(drift.path for drift in drifts),
        repair=repair if request.check and drifts else None,
        # A file that cannot be updated is not up to date.
        files=sum(not outcome.is_skipped and not _list_obstacles([outcome]) for outcome in outcomes),
        show_diff=request.show_diff or request.check,
        dry_run=request.check,
        is_incomplete=bool(_list_obstacles(outcomes)),
    )


def _write(outcomes: Sequence[FileOutcome]) -> None:
    """Replace the files that are not up to date; raises DefinitionError if one of them cannot be updated."""
    if _list_obstacles(outcomes):
        with quoting(_list_texts(outcomes), {}):
            raise DefinitionError(finding for outcome in outcomes for finding in outcome.findings)
    replace_files({Path(outcome.drift.path): outcome.content for outcome in outcomes if outcome.drift is not None})


def _list_obstacles(outcomes: Iterable[FileOutcome]) -> list[Finding]:
    findings = (finding for outcome in outcomes for finding in outcome.findings)
    return [finding for finding in findings if finding.severity is not Severity.INFO]


def _list_texts(outcomes: Iterable[FileOutcome]) -> dict[str, str]:
    return {path: text for outcome in outcomes for path, text in outcome.texts.items()}


def create_filter(workspace: Workspace, resolution: Resolution) -> FilterFindings:
    """Return a function that hides suppressed findings; it lists the suppressions once, if there are findings."""

    @cache
    def list_active() -> Sequence[ActiveSuppression]:
        from authscribe.lint.codes import list_codes
        from authscribe.lint.suppressions import list_suppressions

        return list_suppressions(workspace.suppressions, resolution, list_codes)

    def filter_findings(findings: Sequence[Finding]) -> FilteredFindings:
        # Imported here: few files have remarks.
        from authscribe.lint.suppressions import FilteredFindings, apply_suppressions, get_today

        if not findings:
            return FilteredFindings((), 0)
        return apply_suppressions(findings, list_active(), get_today(), complete=False)

    return filter_findings


def _quote_path(path: str) -> str:
    """Return a path that is read as neither an option nor an excluding pattern."""
    return f"./{path}" if path.startswith(("-", "!")) else path
