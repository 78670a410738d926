"""Report allowed values of another type than their setting."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="choice-type-differs",
    severity=Severity.WARNING,
    summary="allowed value of another type than its setting",
    why=(
        "No value of the setting's type equals an allowed value of another type. Generated classes therefore accept "
        "every value of such a setting."
    ),
    wrong=cleandoc("""
        parameters:
          - name: version
            enum: [{value: 1}, {value: 2}]
        """),
    right=cleandoc("""
        parameters:
          - name: version
            enum: [{value: "1"}, {value: "2"}]
        """),
)


def report_choice_of_another_type(name: str, expected: str, place: Place) -> Finding:
    """Report an allowed value that is not of the type of its setting, without showing it."""
    return RULE.finding(
        place,
        f"an allowed value of '{name}' is not of type '{expected}'",
        "write allowed values of this type, or correct the type",
        name=name,
    )
