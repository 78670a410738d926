"""Hold what a run found, independent of the format of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from authscribe.drift.drift import Drift, DriftState
from authscribe.findings.finding import Files, Finding, Lines, Place, Severity, count_severities, pluralize
from authscribe.model.draft import KeyOutcome, Outcome
from authscribe.runtime.hashing import digest

if TYPE_CHECKING:
    from authscribe.changes.verdicts import Semver, Verdict
    from authscribe.report.facts import ChangeFacts, ConnectorFacts


class Verb(StrEnum):
    """Commands that end with a report."""

    GENERATE = "generate"
    CHECK = "check"
    LINT = "lint"
    DOCS = "docs"
    SYNC = "sync"
    DIFF = "diff"
    CONVERT = "convert"
    SCAFFOLD = "scaffold"
    LIST = "list"
    SHOW = "show"


REPAIRING: Final = (Verb.DOCS, Verb.SYNC)
"""Commands that bring files which people own up to date."""
_EMPTY_SUMMARIES: Final = {Verb.LINT: "no findings", Verb.DIFF: "no changes"}


class Report(NamedTuple):
    """Outcome of one command.

    `drifts` are the differences that remain, and `repair` is the command that resolves them; the run is asked to
    resolve those in the states `resolved`, and does unless it is dry. `written` are the paths
    that the run wrote, `deleted` those that it deleted, and `kept` the scaffolded files that it left as they were;
    `backup` is the folder of the output folder with copies of edited files, if it replaced some. `files` counts the
    files that the definitions produce, or the pages that were read, and is None if the run ended before that; `hidden`
    counts findings that are suppressed or in the baseline.
    `key_outcomes` are the keys of converted documents, `changes` the differences between two sets of definitions, and
    `semver` the part of the version that these require to increase. `lines` are the source lines that findings point
    at, and `sources` the files of places that may not be relative to the current folder. A report is incomplete if
    some of the input could not be used. `fixed` counts the findings that the run has fixed, or would fix in a dry run,
    and is None if it was not asked to; with `unsafe_fixes`, it has tried the unsafe ones, too.
    """

    verb: Verb
    findings: tuple[Finding, ...] = ()
    drifts: tuple[Drift, ...] = ()
    written: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    backup: str = ""
    out_dir: str = ""
    repair: str | None = None
    resolved: frozenset[DriftState] = frozenset()
    files: int | None = None
    show_diff: bool = False
    dry_run: bool = False
    connectors: tuple[ConnectorFacts, ...] = ()
    hidden: int = 0
    key_outcomes: tuple[KeyOutcome, ...] = ()
    changes: tuple[ChangeFacts, ...] = ()
    semver: Semver | None = None
    lines: Lines = MappingProxyType({})
    sources: Files = MappingProxyType({})
    is_incomplete: bool = False
    fixed: int | None = None
    unsafe_fixes: bool = False

    def count_findings(self, severity: Severity) -> int:
        """Return the number of findings with this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def count_drifts(self, state: DriftState) -> int:
        """Return the number of drifts in this state."""
        return sum(drift.state is state for drift in self.drifts)

    def count_keys(self, outcome: Outcome) -> int:
        """Return the number of keys in the sources with this outcome."""
        return sum(key.keys for key in self.key_outcomes if key.outcome is outcome)

    def count_changes(self, verdict: Verdict) -> int:
        """Return the number of changes with this verdict."""
        return sum(change.verdict is verdict for change in self.changes)

    @property
    def has_drift(self) -> bool:
        """Return whether any output does not match the definitions."""
        return any(drift.state.counts for drift in self.drifts)

    def show_path(self, drift: Drift) -> str:
        """Return the path of a drift as the user can open it."""
        return f"{self.out_dir}/{drift.path}" if self.out_dir else drift.path

    def locate_drift(self, drift: Drift) -> Place:
        """Return the place of a drift: that of the first row that is not up to date, otherwise the whole file."""
        path = self.show_path(drift)
        return Place(path, max(drift.change.line, 1), 1) if drift.change is not None else Place(path)


class ReportItem(NamedTuple):
    """Finding or drift in the common form that other tools expect; the code of a drift is its state.

    `number` counts the items that differ only in their lines, which move with every edit.
    """

    code: str
    severity: Severity
    message: str
    place: Place
    help: str
    number: int = 1

    @property
    def fingerprint(self) -> str:
        """Return a digest that is unique in a report and does not depend on line numbers."""
        return digest(f"{self.code}\n{self.place.path}\n{self.message}\n{self.number}".encode())


def list_items(report: Report) -> Iterator[ReportItem]:
    """Yield the findings, then the drifts."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for item in (*map(_convert_finding, report.findings), *(_convert_drift(drift, report) for drift in report.drifts)):
        identity = (item.code, item.place.path, item.message)
        counts[identity] += 1
        yield item._replace(number=counts[identity])


def _convert_finding(finding: Finding) -> ReportItem:
    return ReportItem(finding.code, finding.severity, finding.message, finding.place, finding.help)


def _convert_drift(drift: Drift, report: Report) -> ReportItem:
    severity = Severity.ERROR if drift.state.counts else Severity.INFO
    help_text = f"run: {report.repair}" if report.repair else drift.note
    message = f"not up to date: {drift.change.describe()}" if drift.change is not None else "not up to date"
    return ReportItem(drift.state.value, severity, message, report.locate_drift(drift), help_text)


class Style(NamedTuple):
    """Layout of a report for people; the width is in columns. Long differences are cut unless it `is_whole`."""

    color: bool = False
    width: int = 100
    is_whole: bool = False


def wants_color(is_terminal: bool, environment: Mapping[str, str]) -> bool:  # noqa: FBT001 - the one fact asked
    """Return whether to use colour: NO_COLOR and FORCE_COLOR decide, then whether the output is a terminal."""
    if environment.get("NO_COLOR"):
        return False
    return bool(environment.get("FORCE_COLOR")) or (is_terminal and environment.get("TERM") != "dumb")


def summarize(report: Report) -> str:
    """Return one line that sums up what the command did, found, or would do; empty if there is nothing to sum up."""
    parts = list(count_severities(finding.severity for finding in report.findings).values())
    if report.files or (report.files == 0 and report.verb not in REPAIRING):
        parts.append(_summarize_files(report, report.files))
    if report.verb in _EMPTY_SUMMARIES and not parts:
        parts.append(_EMPTY_SUMMARIES[report.verb])
    if report.key_outcomes:
        outcomes = (outcome for outcome in Outcome if outcome is not Outcome.WITHHELD or report.count_keys(outcome))
        parts.append(
            ", ".join(f"{pluralize(report.count_keys(outcome), 'key')} {outcome.value}" for outcome in outcomes)
        )
    if report.connectors:
        parts.append(f"{pluralize(len(report.connectors), 'connector')} read")
    if report.semver is not None:
        parts.append(f"next version: {report.semver}")
    if report.hidden:
        parts.append(f"{pluralize(report.hidden, 'finding')} hidden (suppressed or in baseline)")
    return ", ".join((*parts, *_summarize_fixes(report)))


def _summarize_fixes(report: Report) -> Iterator[str]:
    if report.fixed is not None:
        yield f"{report.fixed} would be fixed" if report.dry_run else f"{report.fixed} fixed"
    fixes = [finding.fix for finding in report.findings if finding.fix is not None]
    safe = sum(fix.is_safe for fix in fixes)
    if safe and report.fixed is None:
        yield f"{safe} fixable with --fix"
    if len(fixes) > safe and not report.unsafe_fixes:
        yield f"{len(fixes) - safe} fixable with --fix --unsafe-fixes"


def _summarize_files(report: Report, files: int) -> str:
    left = sum(drift.state.counts for drift in report.drifts)
    if report.verb is Verb.GENERATE and report.dry_run:
        return f"{pluralize(left, 'file')} would change, {files} produced"
    if report.verb in REPAIRING and not report.dry_run:
        noun = "page" if report.verb is Verb.DOCS else "file"
        return f"{len(report.written)} of {pluralize(files, noun)} changed"
    if report.verb is Verb.GENERATE:
        left_out = f", {pluralize(left, 'file')} left alone" if left else ""
        changed = len(report.written) + len(report.deleted)
        return f"{pluralize(changed, 'file')} changed, {files} produced{left_out}"
    return f"{pluralize(left, 'file')} not up to date" if left else f"{pluralize(files, 'file')} up to date"
