"""Report defaults that are not allowed values."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="default-not-allowed",
    severity=Severity.WARNING,
    summary="default that is not an allowed value",
    why=(
        "A default of another type, or one that is not among the allowed values, fails for everybody who relies on "
        "it. Generated classes do not validate their defaults."
    ),
    wrong=cleandoc("""
        parameters:
          - name: region
            default: us
            enum: [{value: eu}, {value: uk}]
        """),
    right=cleandoc("""
        parameters:
          - name: region
            default: eu
            enum: [{value: eu}, {value: uk}]
        """),
)


def report_default_not_allowed(name: str, place: Place) -> Finding:
    """Report a default that is not one of the allowed values, without showing it."""
    return RULE.finding(
        place,
        f"the default of '{name}' is not one of the allowed values",
        "change the default, or allow this value",
        name=name,
    )


def report_default_of_another_type(name: str, expected: str, place: Place) -> Finding:
    """Report a default that is not of the expected type, without showing it."""
    return RULE.finding(
        place,
        f"the default of '{name}' is not of type '{expected}'",
        "write a default of this type, or correct the type",
        name=name,
    )
