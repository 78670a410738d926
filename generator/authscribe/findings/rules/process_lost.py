"""Report worker processes that were killed."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="process-lost",
    severity=Severity.ERROR,
    summary="killed worker process",
    why=(
        "Large runs share their work among several processes. If the system kills one of them, for example because "
        "memory runs out, its results are missing, so nothing is written at all."
    ),
    wrong="authscribe generate --jobs 16",
    right="authscribe generate --jobs 1",
)


def report_process_lost() -> Finding:
    """Report that a worker process was killed; nothing is written."""
    return RULE.finding(
        Place("--jobs"),
        "a worker process was killed before it had finished; nothing was written",
        "use fewer processes, such as --jobs 1, in case memory ran out",
    )
