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
