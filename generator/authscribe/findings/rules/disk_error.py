"""The rule `disk-error`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="disk-error",
    severity=Severity.ERROR,
    summary="an output that cannot be written or read",
    why=(
        "The operating system refused a write or a read. Each output is either as it was or new, never half; "
        "running again finishes the work."
    ),
    wrong="a full disk, or a folder without write permission",
    right="make room or correct the permissions, then run: authscribe generate",
)


def report_disk_error(path: str, reason: str, what: str) -> Finding:
    """The operating system refused that an output is `what`, written or read; nothing was half written."""
    return RULE.finding(
        Place(path),
        f"the output cannot be {what}: {reason}",
        "make room or correct the permissions, then run again",
    )
