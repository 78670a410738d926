"""The rule `unreadable-file`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unreadable-file",
    severity=Severity.ERROR,
    summary="a file that cannot be read",
    why="The operating system does not give out the file, so nothing that it defines is known.",
    wrong="a source without read permission",
    right="chmod +r schemes/wave.yaml",
)


# Files as bytes


def report_unreadable_file(path: str, reason: str) -> Finding:
    """The operating system refused to give the file's bytes."""
    return RULE.finding(
        Place(path),
        f"the file cannot be read: {reason}",
        "check the path and its permissions",
    )
