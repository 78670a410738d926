"""JSON for programs: the whole report as a versioned document."""

from __future__ import annotations

from authscribe.changes.verdicts import Verdict
from authscribe.drift.drift import Drift, DriftState
from authscribe.encoders.json import encode_json_document
from authscribe.findings.finding import Finding, Fix, Place, Severity
from authscribe.model.draft import KeyOutcome, Outcome
from authscribe.report.document import (
    ReportDocument,
    ReportedDrift,
    ReportedEdit,
    ReportedFinding,
    ReportedFix,
    ReportedKey,
    ReportedLabel,
    ReportSummary,
)
from authscribe.report.model import Report, Style


def render_json(report: Report, style: Style) -> str:
    """Return the report as a `ReportDocument` in JSON."""
    del style
    return encode_json_document(
        ReportDocument(
            version=1,
            findings=tuple(map(_describe_finding, report.findings)),
            drifts=tuple(_describe_drift(drift, report) for drift in report.drifts),
            connectors=report.connectors,
            carried=tuple(map(_describe_key, report.key_outcomes)),
            changes=report.changes,
            summary=_summarize(report),
        )
    )


def _describe_finding(finding: Finding) -> ReportedFinding:
    return ReportedFinding(
        finding.code,
        finding.severity,
        finding.message,
        *_convert_span(finding.place),
        connector=finding.connector,
        scheme=finding.scheme,
        name=finding.name,
        help=finding.help,
        labels=tuple(ReportedLabel(*_convert_span(label.place), label.message) for label in finding.labels),
        fix=_describe_fix(finding.fix) if finding.fix is not None else None,
    )


def _describe_fix(fix: Fix) -> ReportedFix:
    edits = tuple(ReportedEdit(*_convert_span(edit.place), edit.text) for edit in fix.edits)
    return ReportedFix(fix.description, fix.is_safe, edits)


def _describe_drift(drift: Drift, report: Report) -> ReportedDrift:
    place = report.locate_drift(drift)
    old, new = (drift.change.old or None, drift.change.new or None) if drift.change is not None else (None, None)
    return ReportedDrift(drift.state, place.path, drift.note, place.line or None, old, new)


def _describe_key(key: KeyOutcome) -> ReportedKey:
    path, line, column, _, _ = _convert_span(key.place)
    return ReportedKey(key.pointer, path, line, column, key.outcome, key.keys, key.reason or None)


def _convert_span(place: Place) -> tuple[str, int | None, int | None, int | None, int | None]:
    """Return the fields of the place, with None for every 0: a place uses it for the file as a whole."""
    return place.path, place.line or None, place.column or None, place.end_line or None, place.end_column or None


def _summarize(report: Report) -> ReportSummary:
    return ReportSummary(
        verb=report.verb,
        files=report.files or 0,
        written=len(report.written),
        deleted=len(report.deleted),
        hidden=report.hidden,
        fixed=report.fixed or 0,
        repair=report.repair,
        findings={severity: report.count_findings(severity) for severity in Severity},
        drifts={state: report.count_drifts(state) for state in DriftState},
        keys={outcome: report.count_keys(outcome) for outcome in Outcome},
        changes={verdict: report.count_changes(verdict) for verdict in Verdict},
        semver=report.semver,
    )
