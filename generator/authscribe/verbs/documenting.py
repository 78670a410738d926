"""The verb `docs`: the scheme tables inside pages that people wrote, kept true to the definitions."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from authscribe import disk, loading, mistakes, pipeline, render, rewriting, workspace
from authscribe.content import Content
from authscribe.drift import Drift, State
from authscribe.files import Language, PlannedFile
from authscribe.finding import DefinitionError, Finding, Place
from authscribe.loading import Loaded
from authscribe.models import Catalogue, Scheme
from authscribe.readers import prose, source
from authscribe.report.model import Report, exit_code
from authscribe.targets import docs
from authscribe.verbs.output import WRONG_INPUT, Output, emit
from authscribe.workspace import Options, Workspace

_SUFFIXES: Final = {".rst": "rst", ".md": "md"}


@dataclass(frozen=True, slots=True)
class Request:
    """The pages; with `check` nothing is written."""

    pages: tuple[str, ...]
    check: bool = False
    show_diff: bool = False
    arguments: tuple[str, ...] = ()


def run(options: Options, request: Request, output: Output) -> int:
    """Rewrites the tables of the pages, or says what would be rewritten; none unless all can be brought in line."""
    loaded = Loaded((), {}, {})
    texts: dict[str, str] = {}
    try:
        found = workspace.find(options, Path.cwd())
        loaded = loading.load(found.sources)
        resolution = pipeline.resolved(loaded, found)
        drifts = _drifts(request, resolution.catalogue, found, texts)
        if not request.check:
            disk.replace({Path(d.path): d.expected.data for d in drifts if d.expected is not None})
    except DefinitionError as error:
        emit(Report(verb="docs", findings=error.findings), {**loaded.texts, **texts}, output)
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
    emit(report, loaded.texts, output)
    if not request.check:
        return 0
    return exit_code(report, fail_on=output.fail_on, exit_zero=output.exit_zero)


def _drifts(request: Request, catalogue: Catalogue, found: Workspace, texts: dict[str, str]) -> tuple[Drift, ...]:
    """The pages whose tables are not up to date.

    Raises DefinitionError with everything that keeps a page from being brought in line.
    """
    templates = render.Templates(found.templates, found.root)

    def table(scheme: Scheme, part: str, language: Language) -> str:
        view = docs.required_table(scheme) if part == prose.REQUIRED else docs.injected_table(scheme)
        suffix = "rst" if language is Language.RST else "md"
        file = docs.TableFile(view) if view is not None else None
        planned = PlannedFile("table", docs.NAME, language, file, f"docs/table-file.{suffix}.jinja")
        return render.render(planned, templates).text.strip("\n") if file is not None else ""

    drifts: list[Drift] = []
    findings: list[Finding] = []
    for page in request.pages:
        data = _content(page)
        if isinstance(data, Finding):
            findings.append(data)
            continue
        decoded = source.decode(page, data)
        texts[page] = decoded.text
        findings.extend(decoded.findings)
        if not decoded.findings:
            text = data.decode("utf-8")
            result = rewriting.rewritten(page, text, catalogue, table)
            findings.extend(result.findings)
            if result.text != text:
                drifts.append(Drift(State.CHANGED, page, Content.of(result.text.encode()), Content.of(data)))
    if findings:
        raise DefinitionError(findings)
    return tuple(drifts)


def _content(page: str) -> bytes | Finding:
    if Path(page).suffix.lower() not in _SUFFIXES:
        return mistakes.unknown_format(page, _SUFFIXES)
    if not Path(page).exists():
        return mistakes.no_such_source(Place(page), page)
    return source.content(page, Path(page))
