"""Report connectors with both `scheme` and `methods`, or neither."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="scheme-or-methods",
    severity=Severity.ERROR,
    summary="connector with both `scheme` and `methods`, or neither",
    why=(
        "`scheme` is the short form for a single way to authenticate, and `methods` lists several. With both or "
        "neither, it is not clear what the connector accepts."
    ),
    wrong=cleandoc("""
        connectors:
          - id: wave
            title: Wave
        """),
    right=cleandoc("""
        connectors:
          - id: wave
            title: Wave
            scheme: oauth2
        """),
)


def report_scheme_or_methods(connector: str, place: Place) -> Finding:
    """Report a connector that has both `scheme` and `methods`, or neither."""
    return RULE.finding(
        place,
        f"connector '{connector}' must have either `scheme` or `methods`",
        "use `scheme` for one way to authenticate, or `methods` for several",
        connector=connector,
    )
