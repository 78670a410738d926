"""Report values of a file that are not among the allowed values of a setting."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="value-not-allowed",
    severity=Severity.WARNING,
    summary="value in a file that is not an allowed value of its setting",
    why=(
        "Generated classes refuse every value that the definition of the setting does not list, so that whoever copies "
        "the file cannot start the program. The value is left as it is."
    ),
    wrong=cleandoc("""
        # The definition allows eu and us.
        WAVE_REGION=europe
        """),
    right=cleandoc("""
        # The definition allows eu and us.
        WAVE_REGION=eu
        """),
)


def report_value_not_allowed(name: str, place: Place, connector: str, choices: Iterable[str]) -> Finding:
    """Report the value at a place, which is not among the choices for a setting of a connector, without showing it."""
    return RULE.finding(
        place,
        f"the value of '{name}' is not one that connector '{connector}' allows",
        f"use one of these values: {', '.join(choices)}",
        connector=connector,
        name=name,
    )
