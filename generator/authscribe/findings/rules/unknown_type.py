"""The rule `unknown-type`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest

RULE: Final = Rule(
    code="unknown-type",
    severity=Severity.WARNING,
    summary="a type that no target knows",
    why=(
        "The table uses a type that no target knows. It is documented as it is written, and code treats the "
        "value as a string."
    ),
    wrong=("* - ``api_key``\n" "  - The key.\n" "  - Sting"),
    right=("* - ``api_key``\n" "  - The key.\n" "  - String"),
)


def report_unknown_type(label: str, place: Place, known: Iterable[str]) -> Finding:
    """A type that no target knows; it is documented as written and treated as text."""
    return RULE.finding(place, f"unknown type '{label}', treated as string", suggest(label, known))
