"""Report lock files that cannot be used."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="bad-lock",
    severity=Severity.ERROR,
    summary="unusable lock file",
    why=(
        "The lock file tells hand-edited files from generated ones. Without a lock file that it can read, authscribe "
        "does not know which files it may overwrite."
    ),
    wrong=cleandoc("""
        {
        "version": 1,
        <<<<<<< HEAD
        "formatter": "black 25",
        =======
        "formatter": "black 26",
        >>>>>>> main
        """),
    right=cleandoc("""
        {
        "version": 1,
        "formatter": "black 26",
        """),
)


def report_bad_lock(place: Place, problem: str) -> Finding:
    """Report a lock file that authscribe cannot use; `problem` is a clause such as `it is not valid JSON`."""
    return RULE.finding(
        place,
        f"unusable lock file: {problem}",
        "restore it from version control, or delete it and run: authscribe generate --force",
    )
