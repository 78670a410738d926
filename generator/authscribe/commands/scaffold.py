"""Command `scaffold`: write the files that a new connector starts with, and none that exists."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from authscribe.commands.invocation import read_definitions, run_reporting
from authscribe.commands.output import Output
from authscribe.connectors.file_trees import RECORD
from authscribe.drift import output_folder
from authscribe.encoders.json import encode_json_document
from authscribe.model.naming import make_id
from authscribe.report.model import Report, Verb
from authscribe.scaffold import ScaffoldRequest, build_scaffold
from authscribe.workspace.command_options import Options

_HERE: Final = "."
"""Name that stands for the output folder itself, and for an id made from its name."""


def run_scaffold(options: Options, request: ScaffoldRequest, output: Output) -> int:
    """Write the missing files of a new connector, below the output folder or the current one."""
    return run_reporting(Verb.SCAFFOLD, output, lambda: _scaffold(options, request))


def _scaffold(options: Options, request: ScaffoldRequest) -> Report:
    folder = Path(options.out_dir or "") / request.name
    if request.name == _HERE:
        request = replace(request, name=make_id(folder.absolute().name))
    with read_definitions(options) as definitions:
        scaffold = build_scaffold(request, definitions.loaded, definitions.workspace)
        output_folder.check_folder(folder, definitions.workspace.root)
        held = output_folder.read_files(folder, [RECORD, *(file.path for file in scaffold.files)])
        new = [(file.path, file.content.pieces) for file in scaffold.files if file.path not in held]
        # A run that was killed may have left all files without their record.
        if (new or RECORD not in held) and not request.dry_run:
            record = encode_json_document(scaffold.record.model_dump(mode="json")).encode()
            output_folder.apply_changes(folder, new, (), (RECORD, (record,)))
    return Report(
        verb=Verb.SCAFFOLD,
        findings=scaffold.findings,
        written=tuple(path for path, _ in new),
        kept=tuple(sorted({*held} - {RECORD})),
        out_dir=folder.as_posix() if folder.parts else "",
        dry_run=request.dry_run,
    )
