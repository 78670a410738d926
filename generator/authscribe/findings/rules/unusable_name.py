"""The rule `unusable-name`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unusable-name",
    severity=Severity.ERROR,
    summary="a name that no target can spell",
    why=(
        "No target can make a name of its own from this one: it has no ASCII letter or digit, or it is not one "
        "printable line."
    ),
    wrong=("required:\n" '  - name: "***"'),
    right=("required:\n" "  - name: api_key"),
)


def report_unusable_name(name: str, place: Place, problem: str) -> Finding:
    """A name from which no target can derive one of its own."""
    return RULE.finding(
        place,
        f"the name '{name}' {problem}",
        "use one printable line with ASCII letters or digits",
        name=name,
    )
