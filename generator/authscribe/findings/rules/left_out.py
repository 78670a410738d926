"""The rule `left-out`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="left-out",
    severity=Severity.INFO,
    summary="a definition that a run goes on without",
    why=(
        "With --keep-going a run uses what is right and says what is not. What it leaves out is produced by "
        "nothing any more: files that were made of it earlier are orphaned, and stay until --prune."
    ),
    wrong="authscribe generate --source catalogue.yaml --keep-going",
    right="authscribe lint --source catalogue.yaml",
)


def report_left_out(identifier: str, place: Place) -> Finding:
    """A definition that a run goes on without."""
    return RULE.finding(
        place,
        f"'{identifier}' is left out, since it has mistakes",
        "correct them, or run without --keep-going to stop at them",
    )
