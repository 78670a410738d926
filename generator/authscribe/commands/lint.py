"""Command `lint`: check connectors and definitions against the schemes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from authscribe.build.content import Content
from authscribe.commands.invocation import Definitions, read_definitions, run_reporting
from authscribe.commands.output import Output
from authscribe.connectors.context import ConnectorContext, create_context
from authscribe.connectors.file_trees import ConnectorFolder, DirectoryTree
from authscribe.connectors.reader import ConnectorReader
from authscribe.connectors.references import ReferenceKind
from authscribe.connectors.selection import select_folders
from authscribe.connectors.snapshot import Snapshot
from authscribe.drift.drift import Drift, DriftState
from authscribe.drift.recorded import recall_connectors
from authscribe.drift.replacement import replace_files
from authscribe.findings.finding import DefinitionError, Finding, Lines, Place, merge_findings, sort_findings
from authscribe.findings.rules.no_connectors import report_no_connectors
from authscribe.findings.rules.wrong_value import report_wrong_value
from authscribe.findings.source_lines import select_lines
from authscribe.lint.apply_fixes import FixedFolder, apply_fixes, fix_folder
from authscribe.lint.baseline import dump_baseline, read_baseline, subtract_baseline
from authscribe.lint.codes import list_codes
from authscribe.lint.definition_values import check_definitions
from authscribe.lint.fixes import attach_fix
from authscribe.lint.refinements import attach_refinement
from authscribe.lint.registry import lint_connector
from authscribe.lint.revisions import Revision, check_revisions
from authscribe.lint.suppressions import (
    ActiveSuppression,
    FilteredFindings,
    apply_suppressions,
    get_today,
    list_suppressions,
)
from authscribe.lint.unused_secrets import drop_renamed
from authscribe.lint.withheld import locate_withheld_in, mask_withheld
from authscribe.model.places import Places
from authscribe.readers.pasted_secrets import withhold_secrets
from authscribe.readers.registry import read_source
from authscribe.readers.text import decode, mask_texts
from authscribe.report.facts import ConnectorFacts
from authscribe.report.model import Report, Verb
from authscribe.resolve.resolver import Resolution
from authscribe.runtime import plugins, pool
from authscribe.runtime.paths import show_path
from authscribe.runtime.plugins import Group
from authscribe.runtime.progress import track_progress
from authscribe.workspace.command_options import Options
from authscribe.workspace.load import LoadedSources
from authscribe.workspace.resolve import resolve_platform, resolve_sources
from authscribe.workspace.workspace import Workspace

_YAML: Final = (".yaml", ".yml")
_WORTH: Final = 40
"""Smallest number of connectors for which another process pays."""


class Fixing(NamedTuple):
    """Which fixes to apply; with `show_diff` they are shown, and nothing is written."""

    unsafe: bool = False
    show_diff: bool = False


@dataclass(frozen=True, slots=True)
class LintRequest:
    """Connectors to lint (all that are configured without any), the file with known findings, and what to fix."""

    connectors: tuple[str, ...]
    baseline: str | None = None
    update_baseline: bool = False
    fixing: Fixing | None = None


@dataclass(frozen=True, slots=True)
class _LintedConnector:
    """Results for one connector. Its texts are not kept, so that memory does not grow with them."""

    findings: tuple[Finding, ...]
    lines: Lines
    facts: ConnectorFacts
    revision: Revision


class _Run(NamedTuple):
    """Connectors of a run, and the definitions with which they are compared."""

    folders: tuple[ConnectorFolder, ...]
    loaded: LoadedSources
    resolution: Resolution
    workspace: Workspace
    suppressions: Sequence[ActiveSuppression]

    @property
    def editable(self) -> dict[str, str]:
        """Return the texts of the definition files in YAML that are the user's own, by path."""
        own = (source.path for source in self.workspace.sources if not source.is_shipped)
        return {
            path: self.loaded.texts[path] for path in own if path.lower().endswith(_YAML) and path in self.loaded.texts
        }

    def revise(self, contents: Mapping[str, bytes]) -> _Run:
        """Return the run with other contents of some definition files; raises DefinitionError if they are not valid."""
        texts = {path: decode(path, content).text for path, content in contents.items()}
        drafts = tuple(
            read_source(draft.path, texts[draft.path]) if draft.path in texts else draft for draft in self.loaded.drafts
        )
        shown = {path: withhold_secrets(text) for path, text in texts.items()}
        loaded = self.loaded._replace(drafts=drafts, texts={**self.loaded.texts, **shown})
        resolution = resolve_sources(loaded, self.workspace, tolerant=True) if texts else self.resolution
        return self._replace(loaded=loaded, resolution=resolution)


class _Fixed(NamedTuple):
    """Run after its fixes: the new contents of files, how many findings they fix, and what would change if shown."""

    run: _Run
    contents: Mapping[Path, bytes] = {}
    number: int = 0
    drifts: tuple[Drift, ...] = ()


def run_lint(options: Options, request: LintRequest, output: Output) -> int:
    """Report the findings of all rules, except those that are suppressed or in the baseline."""
    return run_reporting(Verb.LINT, output, lambda: _lint(options, request))


def _lint(options: Options, request: LintRequest) -> Report:
    with read_definitions(options) as definitions:
        baseline = _find_baseline(request, definitions.workspace)
        workspace = recall_connectors(request.connectors, definitions.workspace)
        selected = select_folders(request.connectors, workspace, resolve_platform(definitions.loaded, workspace))
        if selected.findings and not selected.folders:
            raise DefinitionError(selected.findings)
        fixed = _fix(_start_run(definitions, selected.folders), request.fixing)
        run, linted = fixed.run, _lint_connectors(fixed.run)
        findings = sort_findings((
            *selected.findings,
            *_check_emptiness(linted, definitions),
            *_list_findings(run, linted),
            *check_revisions([each.revision for each in linted]),
        ))  # fmt: skip
        left = apply_suppressions(findings, run.suppressions, get_today(), complete=not request.connectors)
        new = _subtract_baseline(left.findings, baseline, update=request.update_baseline)
        if request.fixing is not None and not request.fixing.show_diff:
            replace_files(fixed.contents)
    report = _make_report(run, linted, merge_findings(new.findings), left.hidden + new.hidden)
    if request.fixing is None:
        return report
    fixing = request.fixing
    return report._replace(
        drifts=fixed.drifts, fixed=fixed.number, unsafe_fixes=fixing.unsafe, dry_run=fixing.show_diff, show_diff=True
    )


def _start_run(definitions: Definitions, folders: Sequence[ConnectorFolder]) -> _Run:
    workspace, resolution = definitions.workspace, definitions.resolve(tolerant=True)
    suppressions = list_suppressions(workspace.suppressions, resolution, list_codes)
    return _Run(tuple(folders), definitions.loaded, resolution, workspace, suppressions)


def _make_report(run: _Run, linted: Sequence[_LintedConnector], findings: Sequence[Finding], hidden: int) -> Report:
    lines = {place: line for connector in linted for place, line in connector.lines.items()}
    return Report(
        verb=Verb.LINT,
        findings=run.loaded.group(findings),
        connectors=tuple(connector.facts for connector in linted),
        hidden=hidden,
        lines={**select_lines(findings, run.loaded.texts), **lines},
        sources=run.workspace.files,
    )


def _check_emptiness(linted: Sequence[_LintedConnector], definitions: Definitions) -> Iterator[Finding]:
    """Report a run that has read no connector, unless the configuration states that there are none."""
    workspace = definitions.workspace
    if not linted and workspace.connectors != ():
        place = Place(workspace.config_file or "lint")
        yield report_no_connectors(place, has_definitions=workspace.has_sources)


def _list_findings(run: _Run, linted: Sequence[_LintedConnector]) -> Iterator[Finding]:
    """Yield the findings about definitions and connectors; a connector's come first where both report one fact."""
    known = {(found.code, found.connector, found.name) for connector in linted for found in connector.findings}
    for finding in run.resolution.findings:
        yield attach_refinement(finding, None, run.editable)
    yield from _check_targets(run)
    for finding in check_definitions(run.resolution, run.loaded.drafts):
        if finding.connector is None or (finding.code, finding.connector, finding.name) not in known:
            yield finding
    yield from drop_renamed(finding for connector in linted for finding in connector.findings)


def _check_targets(run: _Run) -> Iterator[Finding]:
    """Yield what the targets of the configuration cannot express; built-in ones can express everything."""
    catalogue = run.resolution.catalogue
    targets = set(run.workspace.targets or catalogue.platform.targets) & {*plugins.list_plugins(Group.TARGETS)}
    if targets:
        from authscribe.targets.registry import check_targets

        yield from check_targets(catalogue, targets, Places(run.resolution.schemes, run.resolution.connectors))


def _lint_connectors(run: _Run) -> tuple[_LintedConnector, ...]:
    """Lint every connector, in the order of the folders; archives and revisions are open here and stay here."""
    can_share = all(isinstance(folder.tree, DirectoryTree) for folder in run.folders)
    count = pool.count_processes(run.workspace.jobs, len(run.folders), min_items=_WORTH) if can_share else 1
    work = partial(_lint_batch, resolution=run.resolution, editable=run.editable)
    with pool.map_batches(work, pool.split_batches(run.folders, count), count) as results:
        linted = (connector for batch in results for connector in batch)
        return tuple(track_progress(linted, "reading connectors", len(run.folders)))


def _lint_batch(
    folders: Sequence[ConnectorFolder], resolution: Resolution, editable: Mapping[str, str]
) -> list[_LintedConnector]:
    reader = ConnectorReader.from_platform(resolution.catalogue.platform)
    return [_lint_snapshot(reader.read(folder), resolution, editable) for folder in folders]


def _lint_snapshot(snapshot: Snapshot, resolution: Resolution, editable: Mapping[str, str]) -> _LintedConnector:
    context = create_context(snapshot, resolution)
    findings = tuple(
        attach_refinement(attach_fix(finding, context), context, editable) for finding in lint_connector(context)
    )
    lines = select_lines(findings, snapshot.texts)
    withheld = locate_withheld_in(lines, context) if lines else ()
    shown = select_lines(findings, mask_texts(snapshot.texts, withheld)) if withheld else lines
    return _LintedConnector(findings, shown, _list_facts(context), Revision.from_context(context))


def _fix(run: _Run, fixing: Fixing | None) -> _Fixed:
    """Return the run with the fixes of its connectors, then of its definitions, as far as they are wanted."""
    if fixing is None:
        return _Fixed(run)

    def lint_folder(folder: ConnectorFolder) -> Sequence[Finding]:
        (linted,) = _lint_connectors(run._replace(folders=(folder,)))
        return _hide_suppressed(linted.findings, run)

    unique = {(getattr(folder.tree, "root", folder.tree), folder.prefix): folder for folder in run.folders}
    fixed = [fix_folder(folder, lint_folder, unsafe=fixing.unsafe) for folder in unique.values()]
    run = run._replace(folders=tuple(each.folder for each in fixed))

    files = {source.path: Path(source.file) for source in run.workspace.sources if source.path in run.editable}
    revised, count = _fix_definitions(run, files, unsafe=fixing.unsafe)
    contents = {path: content for each in fixed for path, content in each.contents.items()}
    contents |= {files[path]: content for path, content in revised.items()}
    final, number = run.revise(revised), count + sum(each.count for each in fixed)
    if not fixing.show_diff:
        return _Fixed(final, contents, number)
    changed = zip(unique.values(), fixed, strict=True)
    drifts = [drift for pair in changed for drift in _list_drifts(*pair, run.resolution)]
    drifts += [_make_drift(files[path], run.loaded.texts[path], final.loaded.texts[path]) for path in revised]
    return _Fixed(final, contents, number, tuple(drifts))


def _fix_definitions(run: _Run, files: Mapping[str, Path], *, unsafe: bool) -> tuple[dict[str, bytes], int]:
    """Return the new contents of definition files, by their paths in findings, and the number of fixes."""

    def lint_all(contents: Mapping[str, bytes]) -> Sequence[Finding]:
        try:
            changed = run.revise(contents)
        except DefinitionError as error:
            return error.findings
        return _hide_suppressed(tuple(_list_findings(changed, _lint_connectors(changed))), run)

    return apply_fixes(lint_all, lambda path: files[path].read_bytes() if path in files else None, unsafe=unsafe)


def _hide_suppressed(findings: Sequence[Finding], run: _Run) -> Sequence[Finding]:
    return apply_suppressions(findings, run.suppressions, get_today(), complete=False).findings


def _list_drifts(before: ConnectorFolder, fixed: FixedFolder, resolution: Resolution) -> Iterator[Drift]:
    """Yield what the fixes of a connector change, without values that may be credentials."""
    reader = ConnectorReader.from_platform(resolution.catalogue.platform)
    old, new = (mask_withheld(create_context(reader.read(each), resolution)) for each in (before, fixed.folder))
    for file, shown in fixed.shown.items():
        yield _make_drift(file, old[shown], new[shown])


def _make_drift(file: Path, old: str, new: str) -> Drift:
    expected, actual = Content.from_bytes(new.encode()), Content.from_bytes(old.encode())
    return Drift(DriftState.CHANGED, show_path(file, Path.cwd()), expected, actual)


def _list_facts(context: ConnectorContext) -> ConnectorFacts:
    snapshot = context.snapshot
    return ConnectorFacts(
        connector=snapshot.name,
        revision=snapshot.revision,
        path=snapshot.shown,
        auth=context.auth,
        scheme=context.scheme_id,
        listed=context.listed,
        injected=(*context.injected, *context.by_flag),
        flags=tuple(flag.name for flag in context.flags),
        secrets=tuple(context.secrets),
        declared=tuple(context.declared),
        variables=tuple(snapshot.group_references(ReferenceKind.VARIABLE)),
    )


def _find_baseline(request: LintRequest, workspace: Workspace) -> Path | None:
    """Return the baseline that the user named, else the configured one."""
    configured = workspace.baseline
    if request.baseline is None and configured is None and request.update_baseline:
        problem, remedy = "no baseline file is set", "add --baseline FILE, or set `baseline` in the configuration"
        raise DefinitionError((report_wrong_value("--update-baseline", Place("--update-baseline"), problem, remedy),))
    return Path(request.baseline) if request.baseline is not None else configured


def _subtract_baseline(findings: Sequence[Finding], file: Path | None, *, update: bool) -> FilteredFindings:
    """Return the findings that are not in the baseline; none when it is updated, since it then holds them all."""
    if file is None:
        return FilteredFindings(tuple(findings), 0)
    if update:
        file.write_text(dump_baseline(findings), encoding="utf-8", newline="\n")
        return FilteredFindings((), len(findings))
    return subtract_baseline(findings, read_baseline(file))
