"""Command `docs`: bring the scheme tables inside hand-written pages up to date."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from authscribe.build.content import Content
from authscribe.build.templates import Templates, render_file
from authscribe.commands.invocation import read_definitions, run_reporting
from authscribe.commands.output import Output
from authscribe.drift.compare import Drift, DriftState
from authscribe.drift.page_files import replace_pages
from authscribe.encoders.language import Language
from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.no_such_source import report_no_such_source
from authscribe.findings.rules.unknown_format import report_unknown_format
from authscribe.findings.source_lines import select_lines
from authscribe.model.definitions import Catalogue, Scheme
from authscribe.pages.rewrite import RenderTable, rewrite_page
from authscribe.readers.pages.wording import REQUIRED
from authscribe.readers.text import decode, read_content
from authscribe.report.model import Report, Verb
from authscribe.targets.docs import DOCS, TableFile, build_injected_table, build_required_table
from authscribe.targets.plan import PlannedFile
from authscribe.workspace.options import Options
from authscribe.workspace.workspace import Workspace

_SUFFIXES: Final = {".rst": "rst", ".md": "md"}


@dataclass(frozen=True, slots=True)
class DocsRequest:
    """Pages to rewrite; with `check` nothing is written."""

    pages: tuple[str, ...]
    check: bool = False
    show_diff: bool = False
    arguments: tuple[str, ...] = ()


def run_docs(options: Options, request: DocsRequest, output: Output) -> int:
    """Rewrite the tables of the pages, or report what would change; no page is written unless all can be."""
    # Whoever asks for a rewrite has got it; the findings of the definitions are the business of `lint`.
    output = output if request.check else output._replace(exit_zero=True)
    return run_reporting(Verb.DOCS, output, lambda: _update_pages(options, request))


def _update_pages(options: Options, request: DocsRequest) -> Report:
    with read_definitions(options) as definitions:
        resolution = definitions.resolve()
        drifts = _find_drifts(request.pages, resolution.catalogue, definitions.workspace)
        if not request.check:
            replace_pages({Path(drift.path): drift.expected.data for drift in drifts if drift.expected is not None})
    repair = shlex.join(("authscribe", "docs", *request.pages, *request.arguments))
    return Report(
        verb=Verb.DOCS,
        findings=resolution.findings,
        drifts=drifts if request.check or request.show_diff else (),
        written=() if request.check else tuple(drift.path for drift in drifts),
        repair=repair if request.check and drifts else None,
        files=len(request.pages),
        show_diff=request.show_diff or request.check,
        dry_run=request.check,
        lines=select_lines(resolution.findings, definitions.loaded.texts),
    )


def _find_drifts(pages: Sequence[str], catalogue: Catalogue, workspace: Workspace) -> tuple[Drift, ...]:
    """Return the pages whose tables are not up to date.

    Raises DefinitionError with everything that keeps a page from being rewritten.
    """
    render_table = _table_renderer(Templates(workspace.templates, workspace.root))
    rewritten = [_rewrite(page, catalogue, render_table) for page in pages]
    findings = [finding for _, found in rewritten for finding in found]
    if findings:
        raise DefinitionError(findings)
    return tuple(drift for drift, _ in rewritten if drift is not None)


def _table_renderer(templates: Templates) -> RenderTable:
    """Return a function that renders the table of one part of a scheme, without the newline at its end."""

    def render_table(scheme: Scheme, part: str, language: Language) -> str:
        view = build_required_table(scheme) if part == REQUIRED else build_injected_table(scheme)
        if view is None:
            return ""
        suffix = "rst" if language is Language.RST else "md"
        planned = PlannedFile("table", DOCS, language, TableFile(view), f"docs/table-file.{suffix}.jinja")
        return render_file(planned, templates).text.strip("\n")

    return render_table


def _rewrite(page: str, catalogue: Catalogue, render_table: RenderTable) -> tuple[Drift | None, tuple[Finding, ...]]:
    """Return how the page differs from its rewritten form, if it does, and what keeps it from being rewritten."""
    data = _read_page(page)
    if isinstance(data, Finding):
        return None, (data,)
    decoded = decode(page, data)
    if decoded.findings:
        return None, decoded.findings
    text = data.decode("utf-8")
    result = rewrite_page(page, text, catalogue, render_table)
    if result.text == text:
        return None, result.findings
    drift = Drift(DriftState.CHANGED, page, Content.from_bytes(result.text.encode()), Content.from_bytes(data))
    return drift, result.findings


def _read_page(page: str) -> bytes | Finding:
    if Path(page).suffix.lower() not in _SUFFIXES:
        return report_unknown_format(page, _SUFFIXES)
    if not Path(page).exists():
        return report_no_such_source(Place(page), page)
    return read_content(page, Path(page))
