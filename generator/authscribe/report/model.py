"""What a run found, before it is put into any format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from authscribe.drift.compare import Drift, DriftState
from authscribe.findings.finding import Finding, Lines, Place, Severity
from authscribe.model.draft import KeyOutcome, Outcome


class Verb(StrEnum):
    """Commands that end with a report."""

    GENERATE = "generate"
    CHECK = "check"
    LINT = "lint"
    DOCS = "docs"
    DIFF = "diff"
    CONVERT = "convert"
    SCAFFOLD = "scaffold"
    LIST = "list"
    SHOW = "show"


_NOTHING: Final = {Verb.LINT: "no findings", Verb.DIFF: "no changes"}


class Contents(NamedTuple):
    """What a connector says of itself, without any judgement; all names as on the wire, in the order of use."""

    connector: str
    revision: str | None
    path: str
    auth: str | None
    scheme: str | None
    listed: tuple[str, ...]
    injected: tuple[str, ...]
    flags: tuple[str, ...]
    secrets: tuple[str, ...]
    declared: tuple[str, ...]
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one command.

    `drifts` are those that are left; `written` is what the run repaired; `lines` are those that findings point at.
    """

    verb: Verb
    findings: tuple[Finding, ...] = ()
    drifts: tuple[Drift, ...] = ()
    written: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    out_dir: str = ""
    repair: str | None = None
    files: int = 0
    show_diff: bool = False
    dry_run: bool = False
    connectors: tuple[Contents, ...] = ()
    hidden: int = 0
    key_outcomes: tuple[KeyOutcome, ...] = ()
    lines: Lines = field(default_factory=dict)

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def drifted(self, state: DriftState) -> int:
        """How many drifts are in this state."""
        return sum(drift.state is state for drift in self.drifts)

    def keys(self, outcome: Outcome) -> int:
        """How many keys of the sources have this outcome."""
        return sum(key.keys for key in self.key_outcomes if key.outcome is outcome)

    @property
    def has_drift(self) -> bool:
        """Whether any output is not as the definitions have it."""
        return any(drift.state.counts for drift in self.drifts)

    def path(self, drift: Drift) -> str:
        """The path of a drift as the user can open it."""
        return f"{self.out_dir}/{drift.path}" if self.out_dir else drift.path


class Remark(NamedTuple):
    """A finding or a drift as other tools want both: a code, how much it weighs, where it is, and what would help."""

    code: str
    severity: Severity
    message: str
    place: Place
    help: str


def list_remarks(report: Report) -> Iterator[Remark]:
    """The findings, then the drifts; of a drift the code is its state."""
    for finding in report.findings:
        yield Remark(finding.code, finding.severity, finding.message, finding.place, finding.help)
    for drift in report.drifts:
        severity = Severity.ERROR if drift.state.counts else Severity.INFO
        help_text = f"run: {report.repair}" if report.repair else drift.note
        yield Remark(drift.state.value, severity, "not up to date", Place(report.path(drift)), help_text)


class Style(NamedTuple):
    """How a report for people is laid out."""

    color: bool = False
    width: int = 100


def wants_color(is_terminal: bool, environment: Mapping[str, str]) -> bool:  # noqa: FBT001 - the one fact asked
    """Whether to use colour: as FORCE_COLOR and NO_COLOR say, else on a terminal."""
    if environment.get("NO_COLOR"):
        return False
    return bool(environment.get("FORCE_COLOR")) or (is_terminal and environment.get("TERM") != "dumb")


def pluralize(count: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def summarize(report: Report) -> str:
    """One line in the mood of the verb: what was done, or what would have to be done."""
    parts = [pluralize(report.count(severity), severity.value) for severity in Severity if report.count(severity)]
    if report.files:
        parts.append(_files(report))
    if report.verb in _NOTHING and not parts:
        parts.append(_NOTHING[report.verb])
    if report.key_outcomes:
        outcomes = (outcome for outcome in Outcome if outcome is not Outcome.WITHHELD or report.keys(outcome))
        parts.append(", ".join(f"{pluralize(report.keys(outcome), 'key')} {outcome.value}" for outcome in outcomes))
    if report.connectors:
        parts.append(f"{pluralize(len(report.connectors), 'connector')} read")
    if report.hidden:
        parts.append(f"{pluralize(report.hidden, 'finding')} suppressed or in the baseline")
    return ", ".join(parts)


def _files(report: Report) -> str:
    left = sum(drift.state.counts for drift in report.drifts)
    if report.verb is Verb.GENERATE and report.dry_run:
        return f"{pluralize(left, 'file')} would change, {report.files} produced"
    if report.verb is Verb.DOCS and not report.dry_run:
        return f"{len(report.written)} of {pluralize(report.files, 'page')} changed"
    if report.verb is Verb.GENERATE:
        left_out = f", {pluralize(left, 'file')} left alone" if left else ""
        return f"{pluralize(len(report.written), 'file')} changed, {report.files} produced{left_out}"
    return f"{pluralize(left, 'file')} not up to date" if left else f"{pluralize(report.files, 'file')} up to date"
