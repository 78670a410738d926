"""The rule `definition-changed`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import describe_affected

RULE: Final = Rule(
    code="definition-changed",
    severity=Severity.INFO,
    summary="a change that breaks nothing",
    why=(
        "`authscribe diff` names each change of the definitions, also those that break nothing: a new optional "
        "secret, another lifetime, a better description."
    ),
    wrong="authscribe diff main",
    right="authscribe diff main --fail-on warning",
)


def report_definition_changed(message: str, place: Place, users: Sequence[str]) -> Finding:
    """A difference between two sets of definitions after which everything works that did."""
    return RULE.finding(place, message, describe_affected(users))
