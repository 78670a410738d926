"""Report files of types that no reader supports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unknown-format",
    severity=Severity.ERROR,
    summary="unsupported file type",
    why="The suffix of a file name determines how the file is read.",
    wrong="authscribe generate --source schemes.docx",
    right="authscribe generate --source schemes.yaml",
)


def report_unknown_format(path: str, known: Iterable[str]) -> Finding:
    """Report a file whose suffix no reader supports."""
    return RULE.finding(
        Place(path),
        "unsupported file type",
        f"use a file of one of these types: {', '.join(sorted(known))}",
    )
