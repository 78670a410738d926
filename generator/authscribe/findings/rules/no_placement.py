"""Report secrets that have no place in a request."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="no-placement",
    severity=Severity.INFO,
    summary="secrets without a placement",
    why=(
        "The platform injects the secrets of this connector, but no placement puts them into a header, parameter or "
        "setting. The generated stubs therefore refer to none of them."
    ),
    wrong=cleandoc("""
        connectors:
          - id: wave
            scheme: api_key
        """),
    right=cleandoc("""
        connectors:
          - id: wave
            scheme: api_key
            placements:
              - {in: header, name: X-Api-Key, value: "{api_key}"}
        """),
)


def report_no_placement(connector: str, place: Place) -> Finding:
    """Report a connector whose secrets no placement puts into a request."""
    return RULE.finding(
        place,
        f"no placement puts the secrets of '{connector}' into a request",
        "add `placements` to the connector or to its scheme",
        connector=connector,
    )


def report_half_placed(slot: str, name: str, place: Place) -> Finding:
    """Report that requests have half of a credential only: no setting has the name that the default placement needs."""
    finding = RULE.finding(
        place,
        f"no placement fills the slot '{slot}': there is no secret or parameter '{name}'",
        f"rename the setting to '{name}', or add `placements` to the scheme",
        name=name,
    )
    return finding._replace(severity=Severity.WARNING)
