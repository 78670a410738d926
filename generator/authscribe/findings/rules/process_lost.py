"""The rule `process-lost`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="process-lost",
    severity=Severity.ERROR,
    summary="a process of a run that was killed",
    why=(
        "Large runs are shared by several processes. When the system kills one of them, as it does when memory "
        "runs out, what it was making is missing; so nothing is written at all."
    ),
    wrong="authscribe generate --jobs 16",
    right="authscribe generate --jobs 1",
)


def report_process_lost() -> Finding:
    """A process that shared the work is gone; nothing was written."""
    return RULE.finding(
        Place("--jobs"),
        "a process that was making files was killed before it was done, and nothing was written",
        "the system may have run out of memory: use fewer processes, such as --jobs 1",
    )
