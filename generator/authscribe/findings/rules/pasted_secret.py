"""Report values of secrets in definitions, pages and connectors."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="pasted-secret",
    severity=Severity.WARNING,
    summary="value of a secret in a text",
    why=(
        "The text contains a value whose form shows that it is a credential. It is in every clone of the repository, "
        "so it must be considered compromised. Reports and outputs do not repeat it: `x` takes the place of each "
        "character."
    ),
    wrong="example: the token that the provider has issued for somebody's account",
    right="example: ghp_****",
)


def report_pasted_secret(kind: str, place: Place) -> Finding:
    """Report a value, without repeating it; `kind` is a noun phrase such as `a GitHub token`."""
    return RULE.finding(place, f"the text contains {kind}, which is withheld", "revoke the value, and remove it")
