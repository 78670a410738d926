"""Report names that two connectors or schemes share by accident."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="shared-name",
    severity=Severity.WARNING,
    summary="name that two connectors share by accident",
    why=(
        "The names of two connectors and of their secrets can join to one name, such as a variable. Where both "
        "connectors run in one environment, each would then read the value of the other. Connectors that state the "
        "same beginning in `names` share their variables on purpose, and are not reported."
    ),
    wrong=cleandoc("""
        connectors:
          - id: wix
            scheme: sites-key  # has the secret sites_api_key
          - id: wix-sites
            scheme: key  # has the secret api_key
        """),
    right=cleandoc("""
        connectors:
          - id: wix
            scheme: sites-key
          - id: wix-sites
            names: {env: WIXSITES}
            scheme: key
        """),
)


def report_shared_name(owners: tuple[str, str], noun: str, spelt: str, key: str, place: Place, first: Place) -> Finding:
    """Report two connectors or schemes that share a name; the key in `names` changes it."""
    owner, other = owners
    return RULE.finding(
        place,
        f"'{owner}' and '{other}' share the {noun} '{spelt}'",
        f"set `names: {{{key}: ...}}` in one of the two",
        labels=(Label(first, f"'{other}' is here"),),
        name=owner,
    )
