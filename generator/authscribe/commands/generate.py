"""Command `generate`: bring the outputs in line with the definitions."""

from __future__ import annotations

from pathlib import Path

from authscribe.commands.invocation import run_reporting
from authscribe.commands.output import Output
from authscribe.drift.earlier_run import find_earlier_run, identify_run
from authscribe.report.model import Report, Verb
from authscribe.workspace.command_options import GenerateRequest, Options
from authscribe.workspace.workspace import find_workspace


def run_generate(options: Options, request: GenerateRequest, output: Output) -> int:
    """Bring the outputs in line with the definitions, except for what needs `force` or `prune`."""
    # A dry run answers the question it was asked, whatever the answer.
    output = output._replace(exit_zero=True) if request.dry_run else output
    return run_reporting(Verb.GENERATE, output, lambda: bring_in_line(Verb.GENERATE, options, request))


def bring_in_line(verb: Verb, options: Options, request: GenerateRequest) -> Report:
    """Run the pipeline, or repeat the report of an earlier run on the same inputs and outputs.

    Raises DefinitionError with every mistake that keeps the outputs from being built.
    """
    workspace = find_workspace(options, Path.cwd())
    key = identify_run(verb, workspace) if workspace.cache and request.is_whole else ""
    earlier = find_earlier_run(key, workspace, workspace.cache) if workspace.cache and key else None
    if earlier is None:
        # Most of the tool, which a run that finds nothing to do can do without.
        from authscribe.pipeline import run_pipeline

        return run_pipeline(verb, request, workspace, key)
    return Report(
        verb=verb,
        findings=earlier.findings,
        hidden=earlier.hidden,
        out_dir=workspace.shown_out_dir,
        files=earlier.files,
        show_diff=request.show_diff,
        dry_run=request.dry_run,
        lines=earlier.lines,
        sources=workspace.files,
    )
