"""Command `check`: report how the outputs differ from the definitions."""

from __future__ import annotations

from authscribe.commands.generate import bring_in_line
from authscribe.commands.invocation import run_reporting
from authscribe.commands.output import Output
from authscribe.report.model import Verb
from authscribe.workspace.command_options import GenerateRequest, Options


def run_check(options: Options, request: GenerateRequest, output: Output) -> int:
    """Report changed, missing, orphaned and edited outputs; the request is a dry run, so nothing is written."""
    return run_reporting(Verb.CHECK, output, lambda: bring_in_line(Verb.CHECK, options, request))
