"""Report documents that are nested too deeply."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="too-deep",
    severity=Severity.ERROR,
    summary="document nested too deeply",
    why="Parsers fail or take very long on deeply nested text. Definitions need only a few levels.",
    wrong="extras: {a: {a: {a: ... 64 levels ... }}}",
    right="extras: {a: 1}",
)


def report_too_deep(place: Place, *, limit: int) -> Finding:
    """Report nesting over the limit, before a parser could fail on it."""
    return RULE.finding(place, f"the document is nested more than {limit} levels deep", "reduce the nesting")
