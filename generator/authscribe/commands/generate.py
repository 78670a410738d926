"""The verbs `generate` and `check`: what the definitions produce beside what is on disk."""

from __future__ import annotations

from pathlib import Path

from authscribe.commands.output import Output, emit_report
from authscribe.drift.up_to_date import EarlierRun, find_earlier_run
from authscribe.findings.finding import DefinitionError
from authscribe.report.exit_codes import WRONG_INPUT, choose_exit_code
from authscribe.report.model import Report
from authscribe.workspace.options import GenerateRequest, Options
from authscribe.workspace.workspace import Workspace, find_workspace


def run_generate(options: Options, request: GenerateRequest, output: Output) -> int:
    """Brings the outputs in line with the definitions, except for what needs `force` or `prune`."""
    return _reported("generate", options, request, output)


def run_check(options: Options, request: GenerateRequest, output: Output) -> int:
    """Reports how the outputs differ from the definitions."""
    return _reported("check", options, request, output)


def _reported(verb: str, options: Options, request: GenerateRequest, output: Output) -> int:
    texts: dict[str, str] = {}
    try:
        result = _result(verb, request, find_workspace(options, Path.cwd()), texts)
    except DefinitionError as error:
        emit_report(Report(verb=verb, findings=error.findings), texts, output)
        return WRONG_INPUT
    emit_report(result, texts, output)
    if verb == "generate" and request.dry_run:
        return 0
    return choose_exit_code(result, fail_on=output.fail_on, exit_zero=output.exit_zero)


def _result(verb: str, request: GenerateRequest, found: Workspace, texts: dict[str, str]) -> Report:
    """What an earlier run on the same inputs and outputs found, where one did; else what this run finds."""
    known = find_earlier_run(verb, found, found.cache) if found.cache and request.is_whole else None
    if known is not None:
        texts.update(known.texts)
        return _repeated(verb, known, request, found)
    # Most of the tool, which a run that finds nothing to do can do without.
    from authscribe.pipeline import run_pipeline

    return run_pipeline(verb, request, found, texts)


def _repeated(verb: str, known: EarlierRun, request: GenerateRequest, found: Workspace) -> Report:
    return Report(
        verb=verb,
        findings=known.findings,
        out_dir=found.shown_out_dir,
        files=known.files,
        show_diff=request.show_diff,
        dry_run=request.dry_run,
    )
