"""Report examples and defaults that do not match their patterns."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="example-mismatch",
    severity=Severity.WARNING,
    summary="example or default that does not match its pattern",
    why=(
        "People imitate the example. If its own pattern rejects it, one of the two is wrong. Examples that are masked "
        "with asterisks, bullets or dots are not checked."
    ),
    wrong=cleandoc("""
        required:
          - name: account
            pattern: ^[0-9]+$
            example: acme
        """),
    right=cleandoc("""
        required:
          - name: account
            pattern: ^[a-z]+$
            example: acme
        """),
)


def report_example_mismatch(name: str, noun: str, place: Place) -> Finding:
    """Report an `example` or `default` that its pattern rejects, without showing the value."""
    return RULE.finding(
        place,
        f"the {noun} of '{name}' does not match its pattern",
        f"correct the pattern or the {noun}",
        name=name,
    )
