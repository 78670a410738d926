"""Report settings in files of other programs that refer to another name than their own, or to one of another kind."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="reference-differs",
    severity=Severity.WARNING,
    summary="setting of a connector that refers to another name",
    why=(
        "The setting gets the value of another setting of the connector, or none at all if the name is misspelt. A "
        "secret that refers to a configuration variable of GitHub is stored and logged in cleartext. Names "
        "of your own, such as one for each environment, are no mistakes, nor are settings in a part of the value or in "
        "its default. The value is left as it is."
    ),
    wrong="WAVE_CLIENT_SECRET: ${WAVE_CLIENT_SECRT}",
    right="WAVE_CLIENT_SECRET: ${WAVE_CLIENT_SECRET}",
)


def report_reference_differs(name: str, place: Place, connector: str, found: str, expected: str) -> Finding:
    """Report a reference to `found`, which is at a place, in the value of a setting of a connector."""
    return RULE.finding(
        place,
        f"'{name}' refers to '{found}'",
        f"refer to '{expected}', or suppress this finding if the reference is right",
        connector=connector,
        name=name,
    )


def report_secret_in_variable(name: str, place: Place, connector: str, expected: str) -> Finding:
    """Report a secret of a connector that refers to a configuration variable at a place."""
    return RULE.finding(
        place,
        f"'{name}' is a secret, but refers to a configuration variable",
        f"store it as a secret, and refer to 'secrets.{expected}'",
        connector=connector,
        name=name,
    )
