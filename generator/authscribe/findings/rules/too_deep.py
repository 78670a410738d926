"""The rule `too-deep`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="too-deep",
    severity=Severity.ERROR,
    summary="a document nested too deeply",
    why="Parsers fail, or take very long, on deeply nested text. Definitions need few levels.",
    wrong="[[[[[[[[ ... more than 64 levels ... ]]]]]]]]",
    right="lists and mappings of a few levels",
)


def report_too_deep(place: Place, *, limit: int) -> Finding:
    """Nesting over the limit, refused before a parser could fail on it."""
    return RULE.finding(place, f"the nesting is deeper than {limit} levels", "flatten the document")
