"""Report files that cannot be read."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unreadable-file",
    severity=Severity.ERROR,
    summary="file that cannot be read",
    why="The operating system does not give access to the file, so nothing that the file defines is known.",
    wrong=cleandoc("""
        $ ls -l schemes/wave.yaml
        --w------- 1 ann ann 212 schemes/wave.yaml
        """),
    right=cleandoc("""
        $ ls -l schemes/wave.yaml
        -rw-r--r-- 1 ann ann 212 schemes/wave.yaml
        """),
)


def report_unreadable_file(path: str, reason: str) -> Finding:
    """Report a file that the operating system does not give access to."""
    return RULE.finding(
        Place(path),
        f"the file cannot be read: {reason}",
        "correct the path or the permissions of the file",
    )


def report_missing_content(path: str) -> Finding:
    """Report a file of a revision whose content a partial clone does not contain."""
    return RULE.finding(
        Place(path),
        "the file cannot be read: the clone is partial and does not contain it",
        "fetch what is missing with `git fetch --refetch --no-filter`",
    )
