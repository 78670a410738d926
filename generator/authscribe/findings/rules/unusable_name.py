"""Report names that cannot be spelt in generated code."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unusable-name",
    severity=Severity.ERROR,
    summary="name that cannot be spelt in generated code",
    why=(
        "No target can make an identifier from this name: it has no ASCII letter or digit, or it is not a single "
        "printable line."
    ),
    wrong=cleandoc("""
        required:
          - name: "***"
        """),
    right=cleandoc("""
        required:
          - name: api_key
        """),
)


def report_unusable_name(name: str, place: Place, problem: str) -> Finding:
    """Report a name that no target can spell; `problem` is a predicate such as `has no ASCII letter or digit`."""
    return RULE.finding(
        place,
        f"the name '{name}' {problem}",
        "use a single printable line with at least one ASCII letter or digit",
        name=name,
    )
