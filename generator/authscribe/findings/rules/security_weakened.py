"""Report changes after which secrets are less protected."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import Impact

RULE: Final = Rule(
    code="security-weakened",
    severity=Severity.ERROR,
    summary="change after which secrets are less protected",
    why=(
        "A secret became plain or moved into a URL, requests go unencrypted or to another host, more scopes are "
        "requested, PKCE or the verification of certificates is off, a client authenticates by a weaker method, or a "
        "stolen value stays useful for longer. Such a change can be right, but not by accident, so it is an error even "
        "where breaking changes are accepted."
    ),
    wrong=cleandoc("""
        placements:
          - {in: query, name: key, value: "{api_key}"}
        """),
    right=cleandoc("""
        placements:
          - {in: header, name: X-Api-Key, value: "{api_key}"}
        """),
)


def report_security_weakened(message: str, place: Place, impact: Impact) -> Finding:
    """Report a difference that protects secrets less."""
    return RULE.finding(place, message, impact.describe("confirm that this is intended"))
