"""Exit codes of the command line."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Severity
from authscribe.report.model import Report

SUCCESS: Final = 0
"""No problem was found."""

PROBLEMS_FOUND: Final = 1
"""Drift, or a finding of at least the severity that `--fail-on` gives, was found."""

WRONG_INPUT: Final = 2
"""The input, the options or the environment cannot be used."""


def choose_exit_code(report: Report, *, fail_on: Severity, exit_zero: bool) -> int:
    """Return `WRONG_INPUT` for an incomplete report.

    Otherwise, return `PROBLEMS_FOUND` for drift or a finding of at least the severity `fail_on`, unless `exit_zero` is
    set.
    """
    if report.is_incomplete:
        return WRONG_INPUT
    has_problems = report.has_drift or any(finding.severity.at_least(fail_on) for finding in report.findings)
    return PROBLEMS_FOUND if has_problems and not exit_zero else SUCCESS
