"""Report changes that break what relies on the old definitions."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import describe_affected

RULE: Final = Rule(
    code="breaking-change",
    severity=Severity.WARNING,
    summary="breaking change",
    why=(
        "Owners supply the required secrets, systems use the injected ones, and code uses the generated attributes. A "
        "change that takes something away from one of them, or asks for more, needs to be announced first."
    ),
    wrong=cleandoc("""
        injected:
          - name: access_token   # was oauth_access_token
        """),
    right=cleandoc("""
        injected:
          - name: oauth_access_token
            deprecated: true
          - name: access_token
        """),
)


def report_breaking_change(message: str, place: Place, users: Sequence[str]) -> Finding:
    """Report a difference between two sets of definitions that breaks something; `users` are the connectors."""
    return RULE.finding(place, message, describe_affected(users))
