"""Report changes that break what relies on the old definitions."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import Impact

RULE: Final = Rule(
    code="breaking-change",
    severity=Severity.WARNING,
    summary="breaking change",
    why=(
        "Owners supply required secrets and parameters. Developers use the generated classes, implement their "
        "protocols, and write templates with the injected secrets. A change that takes something away from either of "
        "them, or asks for more, needs to be announced first."
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


def report_breaking_change(message: str, place: Place, impact: Impact) -> Finding:
    """Report a difference that breaks something."""
    return RULE.finding(place, message, impact.describe("announce it"))
