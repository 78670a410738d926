"""The verbs `generate` and `check`: what the definitions produce beside what is on disk."""

from __future__ import annotations

from pathlib import Path

from authscribe import recall, workspace
from authscribe.finding import DefinitionError
from authscribe.recall import Recalled
from authscribe.report.model import Report, exit_code
from authscribe.verbs.output import WRONG_INPUT, Output, emit
from authscribe.verbs.request import Request
from authscribe.workspace import Options, Workspace


def generate(options: Options, request: Request, output: Output) -> int:
    """Brings the outputs in line with the definitions, except for what needs `force` or `prune`."""
    return _reported("generate", options, request, output)


def check(options: Options, request: Request, output: Output) -> int:
    """Reports how the outputs differ from the definitions."""
    return _reported("check", options, request, output)


def _reported(verb: str, options: Options, request: Request, output: Output) -> int:
    texts: dict[str, str] = {}
    try:
        result = _result(verb, request, workspace.find(options, Path.cwd()), texts)
    except DefinitionError as error:
        emit(Report(verb=verb, findings=error.findings), texts, output)
        return WRONG_INPUT
    emit(result, texts, output)
    if verb == "generate" and request.dry_run:
        return 0
    return exit_code(result, fail_on=output.fail_on, exit_zero=output.exit_zero)


def _result(verb: str, request: Request, found: Workspace, texts: dict[str, str]) -> Report:
    """What an earlier run on the same inputs and outputs found, where one did; else what this run finds."""
    known = recall.recalled(verb, found, found.cache) if found.cache and request.is_whole else None
    if known is not None:
        texts.update(known.texts)
        return _repeated(verb, known, request, found)
    # Most of the tool, which a run that finds nothing to do can do without.
    from authscribe.verbs import producing

    return producing.result(verb, request, found, texts)


def _repeated(verb: str, known: Recalled, request: Request, found: Workspace) -> Report:
    return Report(
        verb=verb,
        findings=known.findings,
        out_dir=found.shown_out_dir,
        files=known.files,
        show_diff=request.show_diff,
        dry_run=request.dry_run,
    )
