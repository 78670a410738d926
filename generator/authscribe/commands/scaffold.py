"""The verb `scaffold`: writes what a new connector begins with, and nothing that is there already."""

from __future__ import annotations

from pathlib import Path

from authscribe.commands.output import Output, emit_report
from authscribe.connectors.file_trees import RECORD
from authscribe.drift import directory
from authscribe.encoders.json import json_document
from authscribe.findings.finding import DefinitionError
from authscribe.report.exit_codes import WRONG_INPUT, choose_exit_code
from authscribe.report.model import Report
from authscribe.scaffold import ScaffoldRequest, build_scaffold
from authscribe.workspace.load import LoadedSources, load_sources
from authscribe.workspace.options import Options
from authscribe.workspace.workspace import find_workspace


def run_scaffold(options: Options, request: ScaffoldRequest, output: Output) -> int:
    """Writes the files of a new connector that are not there yet, below the output folder or the current one."""
    loaded = LoadedSources((), {}, {})
    try:
        found = find_workspace(options, Path.cwd())
        loaded = load_sources(found.sources)
        begun = build_scaffold(request, loaded, found)
        folder = Path(options.out_dir or "") / request.name
        directory.check_out_dir(folder, found.root)
        kept = directory.read_tree(folder, [file.path for file in begun.files])
        new = [(file.path, file.content.pieces) for file in begun.files if file.path not in kept]
        if new and not request.dry_run:
            record = json_document(begun.record.model_dump(mode="json")).encode()
            directory.apply(folder, new, (), (RECORD, (record,)))
    except DefinitionError as error:
        emit_report(Report(verb="scaffold", findings=error.findings), loaded.texts, output)
        return WRONG_INPUT
    report = Report(
        verb="scaffold",
        written=tuple(path for path, _ in new),
        kept=tuple(sorted(kept)),
        out_dir=folder.as_posix(),
        dry_run=request.dry_run,
    )
    emit_report(report, loaded.texts, output)
    return choose_exit_code(report, fail_on=output.fail_on, exit_zero=output.exit_zero)
