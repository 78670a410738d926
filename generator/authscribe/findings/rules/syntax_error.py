"""Report files with invalid syntax."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="syntax-error",
    severity=Severity.ERROR,
    summary="invalid syntax",
    why="authscribe cannot read the file beyond this place, so nothing that the file defines is known.",
    wrong="required: [name: api_key",
    right="required: [{name: api_key}]",
)


def report_syntax_error(place: Place, language: str, problem: str) -> Finding:
    """Report text that is not valid in the language of its file; `problem` is a phrase such as `trailing comma`."""
    return RULE.finding(
        place,
        f"invalid {language}: {problem}",
        f"correct the {language} syntax here",
    )


def report_merge_markers(place: Place) -> Finding:
    """Report the markers of an unresolved merge; a reader could take either side of it, or neither."""
    return RULE.finding(
        place,
        "unresolved merge conflict",
        "resolve the conflict, and remove the markers",
    )
