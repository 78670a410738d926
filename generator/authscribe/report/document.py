"""Shape of the JSON report; `authscribe schema report` publishes it.

Version 1 may gain keys. No key is removed or changes its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from authscribe.changes.verdicts import Semver, Verdict
from authscribe.drift.drift import DriftState
from authscribe.findings.finding import Severity
from authscribe.model.draft import Outcome
from authscribe.model.strict import StrictDataclass
from authscribe.report.facts import ChangeFacts, ConnectorFacts


def _count_by(members: type[StrEnum], noun: str, attribute: str) -> dict[str, object]:
    """Return field metadata for an object that has a count under every member of an enumeration."""
    return {
        "description": f"number of {noun} by {attribute}",
        # From a mapping alone, the schema would not require each key.
        "json_schema_extra": {
            "properties": {
                member.value: {
                    "type": "integer",
                    "minimum": 0,
                    "description": f"number of {noun} with {attribute} `{member.value}`",
                }
                for member in members
            },
            "required": [member.value for member in members],
            "additionalProperties": False,
        },
    }


@dataclass(frozen=True, slots=True)
class ReportedLabel(StrictDataclass):
    """Second place that explains a finding."""

    path: str = field(metadata={"description": "path of the file, as the user can open it"})
    line: int | None = field(metadata={"description": "line, counted from 1; null for the file as a whole"})
    column: int | None = field(metadata={"description": "column in characters, counted from 1"})
    end_line: int | None = field(metadata={"description": "last line of the span"})
    end_column: int | None = field(metadata={"description": "column after the span"})
    message: str = field(metadata={"description": "what this place shows"})


@dataclass(frozen=True, slots=True)
class ReportedEdit(StrictDataclass):
    """Replacement of the text at a place."""

    path: str = field(metadata={"description": "path of the file, as the user can open it"})
    line: int | None = field(metadata={"description": "line, counted from 1"})
    column: int | None = field(metadata={"description": "column in characters, counted from 1"})
    end_line: int | None = field(metadata={"description": "last line of the span"})
    end_column: int | None = field(metadata={"description": "column after the span; that of the start to insert"})
    text: str = field(metadata={"description": "text that takes the place of the span"})


@dataclass(frozen=True, slots=True)
class ReportedFix(StrictDataclass):
    """Edits that remove the cause of a finding."""

    description: str = field(metadata={"description": "what the edits do"})
    is_safe: bool = field(metadata={"description": "whether `lint --fix` applies them without `--unsafe-fixes`"})
    edits: tuple[ReportedEdit, ...] = field(metadata={"description": "edits, which do not overlap"})


# Repeats the fields of a place: inherited ones would come before all others in the document.
@dataclass(frozen=True, slots=True)
class ReportedFinding(StrictDataclass):
    """Finding of one rule."""

    code: str = field(metadata={"description": "code of the rule"})
    severity: Severity = field(metadata={"description": "severity of the finding"})
    message: str = field(metadata={"description": "description of the problem"})
    path: str = field(metadata={"description": "path of the file, as the user can open it"})
    line: int | None = field(metadata={"description": "line, counted from 1; null for the file as a whole"})
    column: int | None = field(metadata={"description": "column in characters, counted from 1"})
    end_line: int | None = field(metadata={"description": "last line of the span"})
    end_column: int | None = field(metadata={"description": "column after the span"})
    connector: str | None = field(metadata={"description": "connector that the finding is about"})
    scheme: str | None = field(metadata={"description": "scheme that the finding is about"})
    name: str | None = field(metadata={"description": "secret, parameter or file that the finding is about"})
    help: str = field(metadata={"description": "how to fix it"})
    labels: tuple[ReportedLabel, ...] = field(metadata={"description": "other places that explain the finding"})
    fix: ReportedFix | None = field(metadata={"description": "edits that fix it, if there are any"})


@dataclass(frozen=True, slots=True)
class ReportedDrift(StrictDataclass):
    """File that does not match the definitions."""

    state: DriftState = field(metadata={"description": "kind of difference"})
    path: str = field(metadata={"description": "path of the file"})
    note: str = field(metadata={"description": "reason for the state, where it is not obvious"})
    line: int | None = field(metadata={"description": "line of the first outdated row of a page, counted from 1"})
    old: str | None = field(metadata={"description": "that row on disk; null for a missing row"})
    new: str | None = field(
        metadata={"description": "that row in the definitions; null for a row that they do not have"}
    )


@dataclass(frozen=True, slots=True)
class ReportedKey(StrictDataclass):
    """Key of a converted document, with its outcome."""

    pointer: str = field(metadata={"description": "key, as a JSON pointer (RFC 6901)"})
    path: str = field(metadata={"description": "path of the document"})
    line: int | None = field(metadata={"description": "line, counted from 1"})
    column: int | None = field(metadata={"description": "column in characters, counted from 1"})
    fate: Outcome = field(metadata={"description": "outcome of the key"})
    keys: int = field(metadata={"ge": 1, "description": "number of keys at and below it"})
    reason: str | None = field(metadata={"description": "reason why it is not represented"})


@dataclass(frozen=True, slots=True)
class ReportSummary(StrictDataclass):
    """Counts of one run."""

    verb: str = field(metadata={"description": "command that ran"})
    files: int = field(
        metadata={"ge": 0, "description": "number of files that the definitions produce, or of pages without errors"}
    )
    written: int = field(metadata={"ge": 0, "description": "number of files that the run wrote"})
    deleted: int = field(metadata={"ge": 0, "description": "number of files that the run deleted"})
    hidden: int = field(metadata={"ge": 0, "description": "number of findings that are suppressed or in the baseline"})
    fixed: int = field(metadata={"ge": 0, "description": "number of findings that the run fixed, or would fix"})
    repair: str | None = field(metadata={"description": "command that brings all files up to date"})
    findings: Mapping[Severity, int] = field(metadata=_count_by(Severity, "findings", "severity"))
    drifts: Mapping[DriftState, int] = field(metadata=_count_by(DriftState, "files", "state"))
    keys: Mapping[Outcome, int] = field(metadata=_count_by(Outcome, "converted keys", "outcome"))
    changes: Mapping[Verdict, int] = field(metadata=_count_by(Verdict, "changes", "verdict"))
    semver: Semver | None = field(
        metadata={"description": "part of the version that the changes require to increase; null without changes"}
    )


@dataclass(frozen=True, slots=True)
class ReportDocument(StrictDataclass):
    """Report of one run of authscribe."""

    version: Literal[1] = field(metadata={"description": "version of this format"})
    findings: tuple[ReportedFinding, ...] = field(metadata={"description": "findings, sorted by place"})
    drifts: tuple[ReportedDrift, ...] = field(metadata={"description": "files that do not match the definitions"})
    connectors: tuple[ConnectorFacts, ...] = field(
        metadata={"description": "connectors that were read, without any judgement"}
    )
    carried: tuple[ReportedKey, ...] = field(metadata={"description": "outcome of each key of a converted document"})
    changes: tuple[ChangeFacts, ...] = field(metadata={"description": "differences between two sets of definitions"})
    summary: ReportSummary = field(metadata={"description": "counts of the run"})
