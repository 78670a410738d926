"""The rule `copied-from-nothing`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="copied-from-nothing",
    severity=Severity.WARNING,
    summary="a copy of a required secret that is not there",
    why=(
        "The description says that the value comes from the configuration, but no required secret has that name. "
        "Generated code then asks the onboarding for it."
    ),
    wrong=(
        "required: consumer_key\n" 'injected: token - "The access code as provided in the connector configuration."'
    ),
    right=("required: access_code\n" 'injected: token - "The access code as provided in the connector configuration."'),
)


def report_copied_from_nothing(name: str, place: Place) -> Finding:
    """The text says that a secret is copied, but no required secret fits it."""
    return RULE.finding(
        place,
        f"the text says that '{name}' is copied, but no required secret fits",
        "name the required secret after it, or state `origin: {source: copied, required: ...}`",
        name=name,
    )
