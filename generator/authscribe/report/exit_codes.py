"""The exit codes of the command line contract."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Severity
from authscribe.report.model import Report

FINE: Final = 0
"""The exit code of a run that found nothing wrong."""

FOUND: Final = 1
"""The exit code of a run that found drift, or findings that weigh at least `--fail-on`."""


def choose_exit_code(report: Report, *, fail_on: Severity, exit_zero: bool) -> int:
    """0, or 1 when there is drift or a finding that weighs at least `fail_on`."""
    found = report.has_drift or any(finding.severity.at_least(fail_on) for finding in report.findings)
    return FOUND if found and not exit_zero else FINE


WRONG_INPUT: Final = 2
"""The exit code of a run whose input, options or surroundings cannot be used."""
