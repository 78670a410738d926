"""The verb `lint`: connectors and definitions against the schemes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from authscribe import lint, loading, mistakes, parallel, pipeline, workspace
from authscribe.connectors.reader import Reader
from authscribe.connectors.snapshot import Snapshot
from authscribe.connectors.spelling import Kind
from authscribe.connectors.trees import DirectoryTree, Folder
from authscribe.finding import DefinitionError, Finding, Place, ordered
from authscribe.lint import judgement, templates, values
from authscribe.lint.judgement import Judged
from authscribe.lint.subject import Subject, subject
from authscribe.lint.templates import Revision
from authscribe.loading import Loaded
from authscribe.readers import source
from authscribe.report.model import Contents, Lines, Report, exit_code, lines
from authscribe.report.progress import tracked
from authscribe.resolve import Resolution
from authscribe.verbs import choice
from authscribe.verbs.output import WRONG_INPUT, Output, emit, emit_lines, lines_of
from authscribe.workspace import Options, Workspace

_VALUE_RULE: Final = "literal-secret"
_MASK: Final = "*" * 8
_WORTH: Final = 40
"""The least number of connectors for which another process pays."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be linted; `baseline` is the file with what is known already."""

    connectors: tuple[str, ...]
    baseline: str | None = None
    update_baseline: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    """What is kept of a connector that was read: not its texts, so that memory does not grow with them."""

    findings: tuple[Finding, ...]
    lines: Lines
    contents: Contents
    revision: Revision


def run(options: Options, request: Request, output: Output) -> int:
    """Reports what the rules say, but for what is suppressed or known."""
    loaded = Loaded((), {}, {})
    try:
        found = workspace.find(options, Path.cwd())
        loaded = loading.load(found.sources, jobs=found.jobs)
        resolution = pipeline.resolved(loaded, found, tolerant=True)
        suppressions = tuple(judgement.stated(found.suppressions, resolution))
        baseline = _baseline_file(request, found)
        read = _all_read(tuple(choice.folders(request.connectors, found)), resolution, found.jobs)
        revisions = templates.revisions([one.revision for one in read])
        found_there = (finding for one in read for finding in one.findings)
        findings = ordered((*resolution.findings, *values.definitions(resolution), *found_there, *revisions))
        judged = judgement.suppressed(findings, suppressions, _today(), complete=not request.connectors)
        fresh = _beyond_baseline(judged.findings, baseline, update=request.update_baseline)
    except DefinitionError as error:
        emit(Report(verb="lint", findings=error.findings), loaded.texts, output)
        return WRONG_INPUT
    known = {place: line for one in read for place, line in one.lines.items()}
    report = Report(
        verb="lint",
        findings=ordered(fresh.findings),
        connectors=tuple(one.contents for one in read),
        hidden=judged.hidden + fresh.hidden,
    )
    emit_lines(report, lines_of(report, loaded.texts, known), output)
    return exit_code(report, fail_on=output.fail_on, exit_zero=output.exit_zero)


def _all_read(folders: Sequence[Folder], resolution: Resolution, jobs: int) -> tuple[_Read, ...]:
    """Every connector, in the order of the folders; archives and revisions are open here and stay in this process."""
    can_share = all(isinstance(folder.tree, DirectoryTree) for folder in folders)
    count = parallel.processes(jobs, len(folders), worth=_WORTH) if can_share else 1
    work = partial(_read, resolution=resolution)
    with parallel.mapped(work, parallel.batches(folders, count), count) as results:
        return tuple(tracked((read for batch in results for read in batch), "reading connectors", len(folders)))


def _read(folders: Sequence[Folder], resolution: Resolution) -> list[_Read]:
    reader = Reader.of(resolution.catalogue.platform)
    return [_judged(reader.read(folder), resolution) for folder in folders]


def _judged(snapshot: Snapshot, resolution: Resolution) -> _Read:
    judged = subject(snapshot, resolution)
    findings = tuple(lint.findings(judged))
    return _Read(findings, _safe(lines(findings, snapshot.texts), findings), _contents(judged), Revision.of(judged))


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
