"""Show the places of a report from another folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from authscribe.findings.finding import Finding, Place
from authscribe.report.model import Report

ShowPath: TypeAlias = Callable[[str], str]


def move_findings(report: Report, show: ShowPath) -> Report:
    """Return the report with another path in each place of a finding or change, and in its source line."""
    return report._replace(
        findings=tuple(_move_finding(finding, show) for finding in report.findings),
        changes=tuple(replace(change, path=show(change.path)) for change in report.changes),
        lines={(show(path), number): line for (path, number), line in report.lines.items()},
    )


def move_drifts(report: Report, show: ShowPath) -> Report:
    """Return the report with another path for each drift, which includes the output folder."""
    drifts = tuple(drift._replace(path=show(report.show_path(drift))) for drift in report.drifts)
    return report._replace(drifts=drifts, out_dir="")


def _move_finding(finding: Finding, show: ShowPath) -> Finding:
    labels = tuple(label._replace(place=_move_place(label.place, show)) for label in finding.labels)
    return finding._replace(place=_move_place(finding.place, show), labels=labels)


def _move_place(place: Place, show: ShowPath) -> Place:
    return place._replace(path=show(place.path))
