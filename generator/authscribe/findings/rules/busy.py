"""Report output folders that another run is writing to."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="busy",
    severity=Severity.ERROR,
    summary="output folder in use by another run",
    why=(
        "Two runs that write to one output folder at the same time could leave a mixture of their files. The second "
        "run therefore stops. The lock on the folder ends with the process that holds it, even if that process is "
        "killed."
    ),
    wrong="authscribe generate & authscribe generate",
    right="authscribe generate && authscribe generate",
)


def report_busy(path: str) -> Finding:
    """Report that another run holds the output folder."""
    return RULE.finding(
        Place(path),
        "another run is writing to this output folder",
        "wait until that run has ended, and repeat the command",
    )
