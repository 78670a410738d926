"""Report patterns that take too long."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="slow-pattern",
    severity=Severity.WARNING,
    summary="pattern that takes too long",
    why=(
        "A quantifier inside a quantified group can match one text in very many ways, so that the time doubles with "
        "each character. Anybody who may enter a value can then stop the program that checks it."
    ),
    wrong="pattern: ^(a+)+$",
    right="pattern: ^a+$",
)


def report_slow_pattern(name: str, place: Place) -> Finding:
    """Report a pattern that backtracks for too long."""
    return RULE.finding(
        place,
        f"the pattern of '{name}' takes too long",
        "avoid nested quantifiers such as (a+)+",
        name=name,
    )
