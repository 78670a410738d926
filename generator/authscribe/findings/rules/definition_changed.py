"""Report changes that break nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import describe_affected

RULE: Final = Rule(
    code="definition-changed",
    severity=Severity.INFO,
    summary="compatible change",
    why=(
        "`authscribe diff` lists every change to the definitions, including those that break nothing: a new optional "
        "secret, a different lifetime, a better description."
    ),
    wrong="authscribe diff main --fail-on info",
    right="authscribe diff main --fail-on warning",
)


def report_definition_changed(message: str, place: Place, users: Sequence[str]) -> Finding:
    """Report a difference between two sets of definitions that breaks nothing; `users` are the connectors."""
    return RULE.finding(place, message, describe_affected(users))
