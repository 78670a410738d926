"""Report revisions that no repository has."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="no-such-revision",
    severity=Severity.ERROR,
    summary="revision that does not exist",
    why=(
        "Definitions and connectors can be read from a revision of a git repository. The repository does not have the "
        "one that is given, or the folder is in no repository."
    ),
    wrong="authscribe diff mian",
    right="authscribe diff main",
)


def report_no_such_revision(argument: str, revision: str, *, is_shallow: bool = False) -> Finding:
    """Report a revision that the repository does not have; a shallow clone has only the latest ones."""
    remedy = ", or fetch the history with `git fetch --unshallow`" if is_shallow else ""
    return RULE.finding(
        Place(argument),
        f"the repository has no revision '{revision}'",
        f"give a branch, a tag or a commit{remedy}",
    )


def report_no_repository(revision: str) -> Finding:
    """Report a revision that is given in a folder that no repository contains."""
    return RULE.finding(
        Place(revision),
        f"'{revision}' is not a file, and no git repository contains the definitions",
        "give the path of a file or folder, or a revision in a repository",
    )


def report_ambiguous_revision(argument: str, revision: str) -> Finding:
    """Report an abbreviated hash that several commits have."""
    return RULE.finding(
        Place(argument),
        f"several commits of the repository begin with '{revision}'",
        "give more digits of the hash",
    )
