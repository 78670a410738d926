"""The rule `unknown-format`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unknown-format",
    severity=Severity.ERROR,
    summary="a file that no reader reads",
    why="The suffix of a file decides how it is read.",
    wrong="authscribe generate --source schemes.docx",
    right="authscribe generate --source schemes.yaml",
)


def report_unknown_format(path: str, known: Iterable[str]) -> Finding:
    """No reader reads this kind of file."""
    return RULE.finding(
        Place(path),
        "no reader knows this kind of file",
        f"use one of: {', '.join(sorted(known))}",
    )
