"""The rule `no-such-connector`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="no-such-connector",
    severity=Severity.ERROR,
    summary="an argument that is no connector",
    why="The argument is no folder, no archive and no revision of a repository.",
    wrong="authscribe lint conectors/wave",
    right="authscribe lint connectors/wave",
)


# Folders and files


def report_no_such_connector(argument: str) -> Finding:
    """An argument that is no folder, no archive and no revision."""
    return RULE.finding(
        Place(argument),
        f"there is no connector at '{argument}'",
        "name a folder, an archive, or REPO@REV",
    )


def report_no_such_revision(argument: str, revision: str) -> Finding:
    """A revision that the repository does not have."""
    return RULE.finding(
        Place(argument),
        f"the repository has no revision '{revision}'",
        "name a branch, a tag or a commit",
    )
