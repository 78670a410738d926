"""The verb `docs`: the scheme tables inside pages that people wrote, kept true to the definitions."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from authscribe.build.content import Content
from authscribe.build.templates import Templates, render_file
from authscribe.commands.output import Output, emit_report
from authscribe.drift.compare import Drift, DriftState
from authscribe.drift.page_files import replace_pages
from authscribe.encoders.language import Language
from authscribe.findings.finding import DefinitionError, Finding, Place
from authscribe.findings.rules.no_such_source import report_no_such_source
from authscribe.findings.rules.unknown_format import report_unknown_format
from authscribe.model.definitions import Catalogue, Scheme
from authscribe.pages.rewrite import rewrite_page
from authscribe.readers.pages.wording import REQUIRED
from authscribe.readers.text import decode, read_content
from authscribe.report.exit_codes import WRONG_INPUT, choose_exit_code
from authscribe.report.model import Report
from authscribe.targets.docs import DOCS, TableFile, build_injected_table, build_required_table
from authscribe.targets.plan import PlannedFile
from authscribe.workspace.load import LoadedSources, load_sources
from authscribe.workspace.options import Options
from authscribe.workspace.resolve import resolve_sources
from authscribe.workspace.workspace import Workspace, find_workspace

_SUFFIXES: Final = {".rst": "rst", ".md": "md"}


@dataclass(frozen=True, slots=True)
class DocsRequest:
    """The pages; with `check` nothing is written."""

    pages: tuple[str, ...]
    check: bool = False
    show_diff: bool = False
    arguments: tuple[str, ...] = ()


def run_docs(options: Options, request: DocsRequest, output: Output) -> int:
    """Rewrites the tables of the pages, or says what would be rewritten; none unless all can be brought in line."""
    loaded = LoadedSources((), {}, {})
    texts: dict[str, str] = {}
    try:
        found = find_workspace(options, Path.cwd())
        loaded = load_sources(found.sources)
        resolution = resolve_sources(loaded, found)
        drifts = _drifts(request, resolution.catalogue, found, texts)
        if not request.check:
            replace_pages({Path(d.path): d.expected.data for d in drifts if d.expected is not None})
    except DefinitionError as error:
        emit_report(Report(verb="docs", findings=error.findings), {**loaded.texts, **texts}, output)
        return WRONG_INPUT
    repair = shlex.join(("authscribe", "docs", *request.pages, *request.arguments))
    report = Report(
        verb="docs",
        findings=resolution.findings,
        drifts=drifts if request.check or request.show_diff else (),
        written=() if request.check else tuple(drift.path for drift in drifts),
        repair=repair if request.check and drifts else None,
        files=len(request.pages),
        show_diff=request.show_diff or request.check,
        dry_run=request.check,
    )
    emit_report(report, loaded.texts, output)
    if not request.check:
        return 0
    return choose_exit_code(report, fail_on=output.fail_on, exit_zero=output.exit_zero)


def _drifts(request: DocsRequest, catalogue: Catalogue, found: Workspace, texts: dict[str, str]) -> tuple[Drift, ...]:
    """The pages whose tables are not up to date.

    Raises DefinitionError with everything that keeps a page from being brought in line.
    """
    templates = Templates(found.templates, found.root)

    def table(scheme: Scheme, part: str, language: Language) -> str:
        view = build_required_table(scheme) if part == REQUIRED else build_injected_table(scheme)
        suffix = "rst" if language is Language.RST else "md"
        file = TableFile(view) if view is not None else None
        planned = PlannedFile("table", DOCS, language, file, f"docs/table-file.{suffix}.jinja")
        return render_file(planned, templates).text.strip("\n") if file is not None else ""

    drifts: list[Drift] = []
    findings: list[Finding] = []
    for page in request.pages:
        data = _content(page)
        if isinstance(data, Finding):
            findings.append(data)
            continue
        decoded = decode(page, data)
        texts[page] = decoded.text
        findings.extend(decoded.findings)
        if not decoded.findings:
            text = data.decode("utf-8")
            result = rewrite_page(page, text, catalogue, table)
            findings.extend(result.findings)
            if result.text != text:
                drifts.append(Drift(DriftState.CHANGED, page, Content.of(result.text.encode()), Content.of(data)))
    if findings:
        raise DefinitionError(findings)
    return tuple(drifts)


def _content(page: str) -> bytes | Finding:
    if Path(page).suffix.lower() not in _SUFFIXES:
        return report_unknown_format(page, _SUFFIXES)
    if not Path(page).exists():
        return report_no_such_source(Place(page), page)
    return read_content(page, Path(page))
