"""Command `docs`: bring the scheme tables inside hand-written pages up to date."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from authscribe.build.content import Content
from authscribe.build.templates import Templates, render_file
from authscribe.commands.invocation import read_definitions, run_reporting
from authscribe.commands.output import Output
from authscribe.drift.compare import Drift, DriftState
from authscribe.drift.page_files import replace_pages
from authscribe.drift.row_change import find_row_change
from authscribe.encoders.language import Language
from authscribe.findings.finding import DefinitionError, Finding, Place, Severity
from authscribe.findings.rules.nothing_defined import report_no_sources
from authscribe.findings.rules.page_skipped import report_page_skipped
from authscribe.findings.rules.unknown_format import report_unknown_format
from authscribe.findings.source_lines import select_lines
from authscribe.model.definitions import Catalogue
from authscribe.model.wording import Wording
from authscribe.pages.rewrite import RenderRegion, has_tables_or_markers, rewrite_page
from authscribe.readers.pasted_secrets import find_pasted_secrets
from authscribe.readers.text import LINE_LENGTH_LIMIT, decode, read_content
from authscribe.report.model import Report, Verb
from authscribe.targets.docs import plan_page
from authscribe.targets.docs_regions import RegionPiece
from authscribe.workspace.command_options import Options
from authscribe.workspace.configuration import FILE_NAME
from authscribe.workspace.pages import PAGE_SUFFIXES, Page, find_pages
from authscribe.workspace.workspace import Workspace

_LINE_LIMIT: Final = LINE_LENGTH_LIMIT // 2
"""Characters that are left at both ends of a long line when only the tables of a page are searched."""
_OBSTACLES: Final = frozenset({"empty-file", "not-utf-8", "syntax-error", "too-deep", "too-large"})
"""Codes of findings that keep a whole page from being read."""
_CONTROL_CHARACTERS: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), " ")


@dataclass(frozen=True, slots=True)
class DocsRequest:
    """Pages, folders and patterns of pages to rewrite; with `check` nothing is written."""

    pages: tuple[str, ...]
    check: bool = False
    show_diff: bool = False
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Difference of a page from its rewritten form, if any, and the findings about the page."""

    drift: Drift | None = None
    findings: tuple[Finding, ...] = ()
    is_skipped: bool = False


def run_docs(options: Options, request: DocsRequest, output: Output) -> int:
    """Rewrite the tables of the pages, or report what would change; no page is written unless all can be."""
    # Whoever asks for a rewrite has got it; the findings of the definitions are the business of `lint`.
    output = output if request.check else output._replace(exit_zero=True)
    return run_reporting(Verb.DOCS, output, lambda: _update_pages(options, request))


def _update_pages(options: Options, request: DocsRequest) -> Report:
    with read_definitions(options) as definitions:
        workspace = definitions.workspace
        if all(source.is_shipped for source in workspace.sources):
            raise DefinitionError((report_no_sources(Place(workspace.config_file or "--source")),))
        settings = Place(workspace.config_file or FILE_NAME)
        pages = find_pages(request.pages, workspace.pages, settings, workspace.root, Path.cwd())
        resolution = definitions.resolve()
        outcomes = _rewrite_pages(pages, resolution.catalogue, workspace)
        drifts = tuple(outcome.drift for outcome in outcomes if outcome.drift is not None)
        found = [finding for outcome in outcomes for finding in outcome.findings]
        is_incomplete = any(finding.severity is not Severity.INFO for finding in found)
        if not request.check:
            if is_incomplete:
                raise DefinitionError(found)
            replace_pages({Path(drift.path): drift.expected.data for drift in drifts if drift.expected is not None})
    repair = shlex.join(("authscribe", "docs", *(_quote_page(drift.path) for drift in drifts), *request.arguments))
    findings = definitions.loaded.group((*resolution.findings, *found))
    return Report(
        verb=Verb.DOCS,
        findings=findings,
        drifts=drifts if request.check or request.show_diff else (),
        written=() if request.check else tuple(drift.path for drift in drifts),
        repair=repair if request.check and drifts else None,
        files=sum(not outcome.is_skipped for outcome in outcomes),
        show_diff=request.show_diff or request.check,
        dry_run=request.check,
        lines=select_lines(findings, definitions.loaded.texts),
        sources=workspace.files,
        is_incomplete=is_incomplete,
    )


def _rewrite_pages(pages: Iterable[Page], catalogue: Catalogue, workspace: Workspace) -> list[_Outcome]:
    render = create_region_renderer(Templates(workspace.templates, workspace.root))
    return [_rewrite(page, catalogue, render, workspace.configuration.wording) for page in pages]


def create_region_renderer(templates: Templates) -> RenderRegion:
    """Return a function that renders the pieces of a region, with an empty line between them."""

    def render_region(pieces: Iterable[RegionPiece], language: Language) -> str:
        planned = (plan_page(piece.template, language, piece.template, piece.view) for piece in pieces)
        return "\n\n".join(render_file(page, templates).text.strip("\n") for page in planned)

    return render_region


def _rewrite(page: Page, catalogue: Catalogue, render: RenderRegion, wording: Wording) -> _Outcome:
    """Return how the page differs from its rewritten form, or what keeps it from being rewritten.

    A page that cannot be read is skipped if it has no tables and no markers.
    """
    data = _read_page(page.path)
    if isinstance(data, Finding):
        return _skip(data) if data.code in _OBSTACLES and not page.is_named else _Outcome(findings=(data,))
    findings = decode(page.path, data).findings
    if not findings:
        text = data.decode("utf-8")
        result = rewrite_page(page.path, text, catalogue, render, wording)
        pasted = find_pasted_secrets(page.path, text) if result.text != text else ()
        if pasted:
            # The definitions have no such value, so a rewrite would replace it in some rows and keep it elsewhere.
            return _Outcome(findings=pasted)
        if result.text != text:
            expected, actual = Content.from_bytes(result.text.encode()), Content.from_bytes(data)
            change = find_row_change(text, result.text)
            return _Outcome(Drift(DriftState.CHANGED, page.path, expected, actual, change=change), result.findings)
        findings = result.findings
    obstacles = [finding for finding in findings if finding.code in _OBSTACLES]
    if not obstacles or _may_need_update(page, data, wording):
        return _Outcome(findings=findings)
    return _skip(obstacles[0])


def _skip(reason: Finding) -> _Outcome:
    """Skip a page without scheme tables; an empty one is not worth a finding."""
    return _Outcome(findings=() if reason.code == "empty-file" else (report_page_skipped(reason),), is_skipped=True)


def _may_need_update(page: Page, data: bytes, wording: Wording) -> bool:
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


def _quote_page(path: str) -> str:
    """Return a path that is read as neither an option nor an excluding pattern."""
    return f"./{path}" if path.startswith(("-", "!")) else path


def _read_page(path: str) -> bytes | Finding:
    if Path(path).suffix.lower() not in PAGE_SUFFIXES:
        return report_unknown_format(path, PAGE_SUFFIXES)
    return read_content(path, Path(path))
