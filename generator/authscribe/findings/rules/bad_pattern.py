"""Report patterns that are not valid everywhere."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="bad-pattern",
    severity=Severity.WARNING,
    summary="pattern is not a valid regex in Python or ECMAScript",
    why=(
        "Programs check patterns in the dialect of Python, browsers and JSON Schema in that of ECMAScript. A pattern "
        "that is valid in only one of them rejects good values on one side, or accepts bad ones, so no output has it."
    ),
    wrong="pattern: (?i)[a-z]+",
    right="pattern: '[A-Za-z]+'",
)


def report_bad_pattern(name: str, dialect: str, problem: str, place: Place) -> Finding:
    """Report a pattern that is not valid in one of the two dialects, or in both."""
    return RULE.finding(
        place,
        f"the pattern of '{name}' is not a valid regex in {dialect}: {problem.lower()}",
        "use only syntax that Python and ECMAScript have in common",
        name=name,
    )
