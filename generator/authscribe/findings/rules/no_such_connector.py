"""Report arguments that name no connector."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest_nearest

RULE: Final = Rule(
    code="no-such-connector",
    severity=Severity.ERROR,
    summary="connector that does not exist",
    why=(
        "A connector is given as a folder, as an archive, or as a revision of a repository. The argument is none of "
        "these."
    ),
    wrong="authscribe lint conectors/wave",
    right="authscribe lint connectors/wave",
)


def report_no_such_connector(argument: str, place: Place | None = None, known: Iterable[str] = ()) -> Finding:
    """Report an argument, or a configured pattern at `place`, that names no connector, such as one of the `known`."""
    remedy = (
        "give the path of a folder, or a pattern for folders" if place else "give a folder, an archive, or REPO@REV"
    )
    return RULE.finding(
        place or Place(argument), f"no connector at '{argument}'", suggest_nearest(argument, known, remedy)
    )


def report_lost_connector(argument: str, lock: Place) -> Finding:
    """Report a connector that is gone, and for which the recorded files were generated."""
    return RULE.finding(
        lock,
        f"no connector at '{argument}', for which files were generated",
        "list `connectors` in the configuration; with an empty list, their files are no longer produced",
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
