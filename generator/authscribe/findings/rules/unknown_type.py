"""Report types that no target knows."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest

RULE: Final = Rule(
    code="unknown-type",
    severity=Severity.WARNING,
    summary="unknown type",
    why=(
        "No target knows the type in this table. The documentation shows it as written, and code treats the value as "
        "a string."
    ),
    wrong=cleandoc("""
        * - ``api_key``
          - The key.
          - Sting
        """),
    right=cleandoc("""
        * - ``api_key``
          - The key.
          - String
        """),
)


def report_unknown_type(label: str, place: Place, known: Iterable[str]) -> Finding:
    """Report a type that no target knows; it is documented as written and treated as text."""
    return RULE.finding(place, f"unknown type '{label}', treated as a string", suggest(label, known))
