"""The rule `busy`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="busy",
    severity=Severity.ERROR,
    summary="two runs at once in one output folder",
    why=(
        "Two runs that write to one folder at once could leave files of both. The second one stops; the lock "
        "ends with the process that holds it, even when that is killed."
    ),
    wrong="authscribe generate & authscribe generate",
    right="authscribe generate",
)


def report_busy(path: str) -> Finding:
    """Another run holds the output folder."""
    return RULE.finding(
        Place(path),
        "another run is writing to this output folder",
        "wait for it to end, then run again",
    )
