"""The rule `syntax-error`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="syntax-error",
    severity=Severity.ERROR,
    summary="text that its language does not allow",
    why="The file cannot be read beyond this place, so nothing that it defines is known.",
    wrong="required: [name: api_key",
    right="required: [{name: api_key}]",
)


# Structured text


def report_syntax_error(place: Place, language: str, problem: str) -> Finding:
    """The text is not in the language that its file name promises."""
    return RULE.finding(
        place,
        f"this is not valid {language}: {problem}",
        f"correct the {language} syntax here",
    )


def report_merge_markers(place: Place) -> Finding:
    """What version control writes where two sides of a merge differ; a reader could take one of them, or neither."""
    return RULE.finding(
        place,
        "this file has merge markers, from here on",
        "keep what is right of both sides, and remove the markers",
    )
