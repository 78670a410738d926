"""The rule `bad-id`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="bad-id",
    severity=Severity.ERROR,
    summary="an id that cannot be a file name",
    why=(
        "An id becomes a file name, a module and the prefix of environment variables. What some file system or "
        "Python refuses would fail on somebody's machine, so it is refused on every machine."
    ),
    wrong=("connectors:\n" "  - id: HubSpot EU\n" "    scheme: oauth2"),
    right=("connectors:\n" "  - id: hubspot-eu\n" "    title: HubSpot EU\n" "    scheme: oauth2"),
)


# Names


def report_bad_id(identifier: str, place: Place) -> Finding:
    """An id that cannot be a file name on every system."""
    return RULE.finding(
        place,
        f"'{identifier}' cannot be an id",
        "use lower-case letters, digits, '_', '.', '-'; begin with a letter or digit; no device name",
        name=identifier,
    )
