"""The rule `bad-lock`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="bad-lock",
    severity=Severity.ERROR,
    summary="a lock file that cannot be used",
    why=(
        "The lock tells hand edits from generated text. Without it, or with one that another version wrote, the "
        "tool cannot know which files it may overwrite."
    ),
    wrong="<<<<<<< HEAD in output/authscribe.lock",
    right="resolve the merge, or delete authscribe.lock and run: authscribe generate --force",
)


def report_bad_lock(place: Place, problem: str) -> Finding:
    """A lock file that is not ours to read."""
    return RULE.finding(
        place,
        f"the lock file cannot be used: {problem}",
        "restore it from version control, or delete it and generate with --force",
    )
