"""The verb `scaffold`: writes what a new connector begins with, and nothing that is there already."""

from __future__ import annotations

from pathlib import Path

from authscribe import disk, loading, scaffolds, workspace
from authscribe.connectors.trees import RECORD
from authscribe.encoders import json_document
from authscribe.finding import DefinitionError
from authscribe.loading import Loaded
from authscribe.report.model import Report, exit_code
from authscribe.scaffolds import Request
from authscribe.verbs.output import WRONG_INPUT, Output, emit
from authscribe.workspace import Options


def run(options: Options, request: Request, output: Output) -> int:
    """Writes the files of a new connector that are not there yet, below the output folder or the current one."""
    loaded = Loaded((), {}, {})
    try:
        found = workspace.find(options, Path.cwd())
        loaded = loading.load(found.sources)
        begun = scaffolds.made(request, loaded, found)
        folder = Path(options.out_dir or "") / request.name
        disk.check_out_dir(folder, found.root)
        kept = disk.read_tree(folder, [file.path for file in begun.files])
        new = [(file.path, file.content.pieces) for file in begun.files if file.path not in kept]
        if new and not request.dry_run:
            record = json_document(begun.record.model_dump(mode="json")).encode()
            disk.apply(folder, new, (), (RECORD, (record,)))
    except DefinitionError as error:
        emit(Report(verb="scaffold", findings=error.findings), loaded.texts, output)
        return WRONG_INPUT
    report = Report(
        verb="scaffold",
        written=tuple(path for path, _ in new),
        kept=tuple(sorted(kept)),
        out_dir=folder.as_posix(),
        dry_run=request.dry_run,
    )
    emit(report, loaded.texts, output)
    return exit_code(report, fail_on=output.fail_on, exit_zero=output.exit_zero)
