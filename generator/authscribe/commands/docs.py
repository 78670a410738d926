"""Command `docs`: bring the scheme tables inside hand-written pages up to date."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from authscribe.build.content import Content
from authscribe.build.templates import Templates, render_file
from authscribe.commands.invocation import Definitions
from authscribe.commands.output import Output
from authscribe.commands.upkeep import FileOutcome, Update, UpdateFile, Upkeep, UpkeepRequest, run_upkeep
from authscribe.drift.drift import Drift, DriftState
from authscribe.drift.first_change import find_row_change
from authscribe.encoders.language import Language
from authscribe.findings.finding import Finding, Place
from authscribe.findings.rules.page_skipped import report_page_skipped
from authscribe.findings.rules.unknown_format import report_unknown_format
from authscribe.model.catalogue import Catalogue
from authscribe.model.wording import Wording
from authscribe.pages.rewrite import RenderRegion, has_tables_or_markers, rewrite_page
from authscribe.readers.pasted_secrets import find_pasted_secrets
from authscribe.readers.text import LINE_LENGTH_LIMIT, decode, read_content
from authscribe.report.model import Verb
from authscribe.targets.docs import plan_page
from authscribe.targets.docs_regions import RegionPiece
from authscribe.workspace.command_options import Options
from authscribe.workspace.owned_files import PAGE_SUFFIXES, Listing, OwnedFile, is_page
from authscribe.workspace.workspace import Workspace

_LINE_LIMIT: Final = LINE_LENGTH_LIMIT // 2
"""Characters that are left at both ends of a long line when only the tables of a page are searched."""
_OBSTACLES: Final = frozenset({"empty-file", "not-utf-8", "syntax-error", "too-deep", "too-large"})
"""Codes of findings that keep a whole page from being read."""
_CONTROL_CHARACTERS: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), " ")


def run_docs(options: Options, request: UpkeepRequest, output: Output) -> int:
    """Rewrite the tables of the pages, or report what would change; no page is written unless all can be."""
    return run_upkeep(Verb.DOCS, options, request, output, _plan_pages)


def _plan_pages(workspace: Workspace, settings: Place) -> Upkeep:
    return Upkeep(Listing("pages", workspace.pages, settings, is_page), _prepare)


def _prepare(definitions: Definitions) -> Update:
    resolution = definitions.resolve()
    return Update(definitions.loaded, resolution, create_page_updater(resolution.catalogue, definitions.workspace))


def create_page_updater(catalogue: Catalogue, workspace: Workspace) -> UpdateFile:
    """Return the function that brings the tables of one page up to date."""
    render = create_region_renderer(Templates(workspace.templates))
    return lambda page: _rewrite(page, catalogue, render, workspace.configuration.wording)


def create_region_renderer(templates: Templates) -> RenderRegion:
    """Return a function that renders the pieces of a region, with an empty line between them."""

    def render_region(pieces: Iterable[RegionPiece], language: Language) -> str:
        planned = (plan_page(piece.template, language, piece.template, piece.view) for piece in pieces)
        return "\n\n".join(render_file(page, templates).text.strip("\n") for page in planned)

    return render_region


def _rewrite(page: OwnedFile, catalogue: Catalogue, render: RenderRegion, wording: Wording) -> FileOutcome:
    """Return how the page differs from its rewritten form, or what keeps it from being rewritten.

    A page that cannot be read is skipped if it has no tables and no markers.
    """
    data = _read_page(page.path)
    if isinstance(data, Finding):
        return _skip(data) if data.code in _OBSTACLES and not page.is_named else FileOutcome(findings=(data,))
    findings = decode(page.path, data).findings
    if not findings:
        text = data.decode("utf-8")
        result = rewrite_page(page.path, text, catalogue, render, wording)
        pasted = find_pasted_secrets(page.path, text) if result.text != text else ()
        if pasted:
            # The definitions have no such value, so a rewrite would replace it in some rows and keep it elsewhere.
            return FileOutcome(findings=pasted)
        if result.text != text:
            expected, actual = Content.from_bytes(result.text.encode()), Content.from_bytes(data)
            change = find_row_change(text, result.text)
            drift = Drift(DriftState.CHANGED, page.path, expected, actual, change=change)
            return FileOutcome(drift, expected.data, result.findings, remarks=result.remarks)
        if result.remarks:
            return FileOutcome(remarks=result.remarks)
        findings = result.findings
    obstacles = [finding for finding in findings if finding.code in _OBSTACLES]
    if not obstacles or _may_need_update(page, data, wording):
        return FileOutcome(findings=findings)
    return _skip(obstacles[0])


def _skip(reason: Finding) -> FileOutcome:
    """Skip a page without scheme tables; an empty one is not worth a finding."""
    return FileOutcome(findings=() if reason.code == "empty-file" else (report_page_skipped(reason),), is_skipped=True)


def _may_need_update(page: OwnedFile, data: bytes, wording: Wording) -> bool:
    """Return whether a page that cannot be read as it is may have scheme tables or markers.

    It is read once more without the obstacles that can be taken away. If it still cannot be read, only a page that the
    user named counts.
    """
    found = has_tables_or_markers(page.path, _remove_obstacles(data), wording)
    return page.is_named if found is None else found


def _remove_obstacles(data: bytes) -> str:
    """Return the text of a page without control characters and the middle of long lines."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL_CHARACTERS).split("\n")
    return "\n".join(
        line if len(line) <= LINE_LENGTH_LIMIT else line[:_LINE_LIMIT] + line[-_LINE_LIMIT:] for line in lines
    )


def _read_page(path: str) -> bytes | Finding:
    if not is_page(path):
        return report_unknown_format(path, PAGE_SUFFIXES)
    return read_content(path, Path(path))
