"""Command `sync`: bring the entries of people's own files up to date, in place."""

from __future__ import annotations

from functools import cache
from pathlib import Path, PurePath

from authscribe.build.content import Content
from authscribe.build.templates import Templates
from authscribe.commands.docs import create_page_updater
from authscribe.commands.invocation import Definitions
from authscribe.commands.output import Output
from authscribe.commands.upkeep import FileOutcome, Update, UpdateFile, Upkeep, UpkeepRequest, create_filter, run_upkeep
from authscribe.drift.drift import Drift, DriftState
from authscribe.drift.recorded import recall_connectors
from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.file_of_values import report_file_of_values
from authscribe.findings.rules.unknown_format import report_unknown_format
from authscribe.findings.source_lines import quoting
from authscribe.readers.text import SourceText, decode, read_content
from authscribe.report.model import Verb
from authscribe.sync.connectors import Connectors
from authscribe.sync.context import Context
from authscribe.sync.registry import KINDS, choose_format, is_environment_file, is_known_name, is_template
from authscribe.sync.update import UpdatedFile, blank_lines, update_file
from authscribe.workspace.command_options import Options
from authscribe.workspace.load import LoadedSources
from authscribe.workspace.owned_files import PAGE_SUFFIXES, Listing, OwnedFile, is_page
from authscribe.workspace.resolve import resolve_platform, resolve_sources
from authscribe.workspace.workspace import Workspace


def run_sync(options: Options, request: UpkeepRequest, output: Output) -> int:
    """Update the files, or report what would change; no file is written unless all can be."""
    return run_upkeep(Verb.SYNC, options, request, output, _plan_files)


def _plan_files(workspace: Workspace, settings: Place) -> Upkeep:
    listing = Listing("files", workspace.owned_files, settings, lambda name: is_page(name) or is_known_name(name))
    return Upkeep(listing, _prepare)


def _prepare(definitions: Definitions) -> Update:
    """Prepare the update of files about connectors that are defined or on disk, and of pages, as `docs` does it."""
    workspace, loaded = definitions.workspace, _adopt(definitions)
    with quoting(loaded.texts, workspace.files):
        resolution = definitions.resolve() if loaded is definitions.loaded else resolve_sources(loaded, workspace)
    filter_findings = create_filter(workspace, resolution)
    connectors = Connectors(resolution.catalogue, lambda finding: filter_findings((finding,)).hidden > 0)
    context = Context(connectors, Templates(workspace.templates))

    @cache
    def get_page_updater() -> UpdateFile:
        defined = resolution if loaded is definitions.loaded else definitions.resolve()
        return create_page_updater(defined.catalogue, workspace)

    return Update(
        loaded, resolution, lambda file: get_page_updater()(file) if is_page(file.path) else _update(file, context)
    )


def _adopt(definitions: Definitions) -> LoadedSources:
    """Return the sources, and beside them the connectors on disk that other commands read, too."""
    workspace = recall_connectors((), definitions.workspace)
    if not (workspace.connectors or workspace.recorded):
        return definitions.loaded
    # Imported here: most workspaces have no connectors on disk.
    from authscribe.adopt import adopt_connectors
    from authscribe.connectors.selection import select_folders

    folders = select_folders((), workspace, resolve_platform(definitions.loaded, workspace)).require()
    return adopt_connectors(definitions.loaded, folders, workspace)


def _update(file: OwnedFile, context: Context) -> FileOutcome:
    """Return how a file differs from its updated form, or what keeps it from being updated."""
    name = PurePath(file.path).name
    if is_environment_file(name) and not is_template(name):
        return FileOutcome(findings=(report_file_of_values(file.path),))
    data = read_content(file.path, Path(file.path))
    if isinstance(data, Finding):
        return FileOutcome(findings=(data,))
    source = decode(file.path, data)
    if source.findings:
        return _refuse(file, source, data)
    form = choose_format(name, source.text)
    if form is None:
        unknown = report_unknown_format(file.path, (*PAGE_SUFFIXES, *(kind.noun for kind in KINDS)))
        return FileOutcome(findings=(unknown,)) if file.is_named else FileOutcome(is_skipped=True)
    return _compare(file, update_file(file.path, data, form, context))


def _refuse(file: OwnedFile, source: SourceText, data: bytes) -> FileOutcome:
    """Report a file that cannot be read; no report quotes any line of it, and an empty one is not worth a finding."""
    if not data.strip() and not file.is_named:
        return FileOutcome(is_skipped=True)
    hidden = blank_lines(data.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n"))
    return FileOutcome(findings=source.findings, texts={file.path: hidden})


def _compare(file: OwnedFile, updated: UpdatedFile) -> FileOutcome:
    texts = {file.path: updated.shown_before}
    if updated.change is None:
        return FileOutcome(findings=updated.findings, remarks=updated.remarks, texts=texts)
    before, after = (Content.from_bytes(text.encode()) for text in (updated.shown_before, updated.shown_after))
    drift = Drift(DriftState.CHANGED, file.path, after, before, change=updated.change)
    return FileOutcome(drift, updated.content, remarks=updated.remarks, texts=texts)
