"""The rule `no-placement`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="no-placement",
    severity=Severity.INFO,
    summary="secrets that nothing puts into a request",
    why=(
        "The secrets of this connector are injected, but nothing says in which header, parameter or setting they "
        "go, so its stubs reference none of them."
    ),
    wrong=("connectors:\n" "  - id: wave\n" "    scheme: api_key"),
    right=(
        "connectors:\n"
        "  - id: wave\n"
        "    scheme: api_key\n"
        "    placements:\n"
        '      - {in: header, name: X-Api-Key, value: "{api_key}"}'
    ),
)


def report_no_placement(connector: str, place: Place) -> Finding:
    """A connector whose secrets nothing puts into a request."""
    return RULE.finding(
        place,
        f"nothing says where the secrets of '{connector}' go in a request",
        "add `placements` to the connector or its scheme",
        connector=connector,
    )
