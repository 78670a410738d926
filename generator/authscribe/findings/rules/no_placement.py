"""Report connectors whose secrets have no place in a request."""

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
