"""Report changes that break nothing."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import Impact

RULE: Final = Rule(
    code="definition-changed",
    severity=Severity.INFO,
    summary="compatible change",
    why=(
        "`authscribe diff` lists every change to the definitions, including those that break nothing: a new optional "
        "secret, a parameter with another default, a token path on the same host."
    ),
    wrong="authscribe diff main --fail-on info",
    right="authscribe diff main --fail-on warning",
)


def report_definition_changed(message: str, place: Place, impact: Impact) -> Finding:
    """Report a difference that breaks nothing."""
    return RULE.finding(place, message, impact.describe())
