"""Report pages about authentication that name secrets in sentences only."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="secrets-in-prose",
    severity=Severity.INFO,
    summary="page about authentication without a table of secrets",
    why=(
        "A section of the page is about authentication and names a secret, but no sentence of the page introduces a "
        "table or list of required or injected secrets. Names in other sentences are not read, so that the page "
        "defines no scheme."
    ),
    wrong=cleandoc("""
        # Wave authentication

        Create an `api_key` in the portal.
        """),
    right=cleandoc("""
        # Wave authentication

        The following secrets are required:

        - `api_key`: The key, which you create in the portal.
        """),
)


def report_secrets_in_prose(place: Place, name: str) -> Finding:
    """Report a page that defines nothing, although a section about authentication has the name of a secret."""
    return RULE.finding(
        place,
        f"this page defines no scheme: '{name}' is neither in a table nor in a list of required or injected secrets",
        "write a sentence such as 'The following secrets are required:', and a table or list of their names after it",
    )
