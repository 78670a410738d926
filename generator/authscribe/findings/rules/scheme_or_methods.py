"""The rule `scheme-or-methods`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="scheme-or-methods",
    severity=Severity.ERROR,
    summary="a connector with both `scheme` and `methods`, or neither",
    why=(
        "`scheme` is the short form for one way to authenticate, `methods` lists several. With both, or none, it "
        "is not clear what the connector accepts."
    ),
    wrong=("connectors:\n" "  - id: wave"),
    right=("connectors:\n" "  - id: wave\n" "    scheme: oauth2"),
)


def report_scheme_or_methods(connector: str, place: Place) -> Finding:
    """A connector that says both `scheme` and `methods`, or neither."""
    return RULE.finding(
        place,
        f"the connector '{connector}' needs either `scheme` or `methods`",
        "keep `scheme` for one way to authenticate, `methods` for several",
        connector=connector,
    )
