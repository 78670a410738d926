"""Report credentials in the requests of definitions."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="literal-credential",
    severity=Severity.ERROR,
    summary="literal credential in a request or an address of a definition",
    why=(
        "Code, documentation and catalogues repeat what a definition states about requests. The value is in every "
        "clone of the repository as well, so it must be considered compromised. Reports do not repeat it."
    ),
    wrong=cleandoc("""
        placements:
          - {in: header, name: X-Api-Key, value: the key of somebody's account}
        """),
    right=cleandoc("""
        placements:
          - {in: header, name: X-Api-Key, value: "{api_key}"}
        """),
)


def report_literal_credential(name: str, place: Place) -> Finding:
    """Report a literal that is a credential by its name, or by its place in an address, without repeating it."""
    return RULE.finding(
        place,
        f"the value of '{name}' looks like a credential, which nothing may show",
        "revoke the value, and refer to a secret instead",
        name=name,
    )
