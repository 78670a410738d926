"""The report as a versioned JSON document; `schema` publishes its shape."""

from __future__ import annotations

from typing import Final

from authscribe.drift.compare import DriftState
from authscribe.encoders.json import json_document
from authscribe.findings.finding import Finding, Place, Severity
from authscribe.model.draft import KeyOutcome, Outcome
from authscribe.report.model import Report, Style

VERSION: Final = 1


def render_json(report: Report, style: Style) -> str:
    """The document of version 1; new keys may be added to it, none is taken away or changes its meaning."""
    del style
    return json_document(
        {
            "version": VERSION,
            "findings": [_finding(finding) for finding in report.findings],
            "drifts": [{"state": d.state.value, "path": report.path(d), "note": d.note} for d in report.drifts],
            "connectors": [contents._asdict() for contents in report.connectors],
            "carried": [_carried(key) for key in report.key_outcomes],
            "summary": _summary(report),
        }
    )


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        **_place(finding.place),
        "connector": finding.connector,
        "scheme": finding.scheme,
        "name": finding.name,
        "help": finding.help,
        "labels": [{**_place(label.place), "message": label.message} for label in finding.labels],
    }


def _carried(key: KeyOutcome) -> dict[str, object]:
    place = {name: value for name, value in _place(key.place).items() if name in ("path", "line", "column")}
    return {"pointer": key.pointer, **place, "fate": key.outcome.value, "keys": key.keys, "reason": key.reason or None}


def _place(place: Place) -> dict[str, object]:
    return {
        "path": place.path,
        "line": place.line or None,
        "column": place.column or None,
        "end_line": place.end_line or None,
        "end_column": place.end_column or None,
    }


def _summary(report: Report) -> dict[str, object]:
    return {
        "verb": report.verb,
        "files": report.files,
        "written": len(report.written),
        "hidden": report.hidden,
        "repair": report.repair,
        "findings": {severity.value: report.count(severity) for severity in Severity},
        "drifts": {state.value: report.drifted(state) for state in DriftState},
        "keys": {outcome.value: report.keys(outcome) for outcome in Outcome},
    }
