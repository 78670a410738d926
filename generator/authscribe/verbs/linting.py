"""The verb `lint`: connectors and definitions against the schemes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from authscribe import lint, mistakes, pipeline, workspace
from authscribe.connectors.reader import Reader
from authscribe.connectors.spelling import Kind
from authscribe.connectors.trees import Folder
from authscribe.finding import DefinitionError, Finding, Place, ordered
from authscribe.lint import judgement, templates, values
from authscribe.lint.judgement import Judged
from authscribe.lint.subject import Subject, subject
from authscribe.lint.templates import Revision
from authscribe.pipeline import Loaded
from authscribe.readers import source
from authscribe.report.model import Contents, Lines, Report, exit_code, lines
from authscribe.report.progress import tracked
from authscribe.resolve import Resolution
from authscribe.verbs import choice
from authscribe.verbs.output import WRONG_INPUT, Output, emit, emit_lines, lines_of
from authscribe.workspace import Options, Workspace

_VALUE_RULE: Final = "literal-secret"
_MASK: Final = "*" * 8


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be linted; `baseline` is the file with what is known already."""

    connectors: tuple[str, ...]
    baseline: str | None = None
    update_baseline: bool = False


@dataclass(slots=True)
class _Result:
    """What is kept of the connectors that were read: not their texts, so that memory does not grow with them."""

    findings: list[Finding] = field(default_factory=list)
    lines: dict[tuple[str, int], str] = field(default_factory=dict)
    contents: list[Contents] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)


def run(options: Options, request: Request, output: Output) -> int:
    """Reports what the rules say, but for what is suppressed or known."""
    loaded = Loaded((), {}, {})
    try:
        found = workspace.find(options, Path.cwd())
        loaded = pipeline.load(found.sources)
        resolution = pipeline.resolved(loaded, found, tolerant=True)
        suppressions = tuple(judgement.stated(found.suppressions, resolution))
        baseline = _baseline_file(request, found)
        result = _read(tuple(choice.folders(request.connectors, found)), resolution)
        findings = ordered((*resolution.findings, *values.definitions(resolution), *result.findings))
        judged = judgement.suppressed(findings, suppressions, _today(), complete=not request.connectors)
        fresh = _beyond_baseline(judged.findings, baseline, update=request.update_baseline)
    except DefinitionError as error:
        emit(Report(verb="lint", findings=error.findings), loaded.texts, output)
        return WRONG_INPUT
    report = Report(
        verb="lint",
        findings=ordered(fresh.findings),
        connectors=tuple(result.contents),
        hidden=judged.hidden + fresh.hidden,
    )
    emit_lines(report, lines_of(report, loaded.texts, result.lines), output)
    return exit_code(report, fail_on=output.fail_on, exit_zero=output.exit_zero)


def _read(folders: Sequence[Folder], resolution: Resolution) -> _Result:
    reader = Reader.of(resolution.catalogue.platform)
    result = _Result()
    for folder in tracked(folders, "reading connectors"):
        snapshot = reader.read(folder)
        judged = subject(snapshot, resolution)
        findings = tuple(lint.findings(judged))
        result.findings.extend(findings)
        result.lines.update(_safe(lines(findings, snapshot.texts), findings))
        result.contents.append(_contents(judged))
        result.revisions.append(Revision.of(judged))
    result.findings.extend(templates.revisions(result.revisions))
    return result


def _safe(found: Lines, findings: Sequence[Finding]) -> Lines:
    """The lines without the values that stand in them: a report must not spread what it complains about."""
    safe = dict(found)
    places = {finding.place for finding in findings if finding.code == _VALUE_RULE}
    # From the right, since a mask moves what stands after it.
    for place in sorted(places, reverse=True):
        line = safe.get((place.path, place.line))
        if line is not None:
            safe[place.path, place.line] = line[: place.column] + _MASK + line[place.end_column - 2 :]
    return safe


def _contents(judged: Subject) -> Contents:
    snapshot = judged.snapshot
    return Contents(
        connector=snapshot.name,
        revision=snapshot.revision,
        path=snapshot.shown,
        auth=judged.auth,
        scheme=judged.scheme.id if judged.scheme else None,
        listed=judged.listed,
        injected=(*judged.injected, *judged.by_flag),
        flags=tuple(flag.name for flag in judged.flags),
        secrets=tuple(judged.secrets),
        declared=tuple(judged.declared),
        variables=tuple(snapshot.used(Kind.VARIABLE)),
    )


def _baseline_file(request: Request, found: Workspace) -> Path | None:
    """As the user gave it, or beside the configuration."""
    configured = found.configuration.baseline
    if request.baseline is None and configured is None and request.update_baseline:
        problem = "no file is named, by --baseline or in the configuration"
        raise DefinitionError((mistakes.wrong_value("--update-baseline", Place("--update-baseline"), problem),))
    if request.baseline is not None:
        return Path(request.baseline)
    return found.root / configured if configured is not None else None


def _beyond_baseline(findings: Sequence[Finding], file: Path | None, *, update: bool) -> Judged:
    """The findings that the baseline does not know; when it is updated, it knows all of them."""
    if file is None:
        return Judged(tuple(findings), 0)
    if update:
        file.write_text(judgement.dump(findings), encoding="utf-8", newline="\n")
        return Judged((), len(findings))
    path = workspace.shown(file, Path.cwd())
    data = source.content(path, file)
    if isinstance(data, Finding):
        raise DefinitionError((data,))
    decoded = source.decode(path, data)
    if decoded.findings:
        raise DefinitionError(decoded.findings)
    return judgement.new(findings, judgement.parse(path, decoded.text))


def _today() -> date:
    return date.today()  # noqa: DTZ011 - a day as people write it, in their own time
