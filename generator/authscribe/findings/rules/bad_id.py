"""Report ids that cannot be used as file names."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="bad-id",
    severity=Severity.ERROR,
    summary="invalid id",
    why=(
        "An id becomes a file name, a Python module and the prefix of environment variables. authscribe rejects every "
        "id that some file system or Python rejects, so that definitions which work on one machine work on all of "
        "them."
    ),
    wrong=cleandoc("""
        connectors:
          - id: HubSpot EU
            scheme: oauth2
        """),
    right=cleandoc("""
        connectors:
          - id: hubspot-eu
            title: HubSpot EU
            scheme: oauth2
        """),
)


def report_bad_id(identifier: str, place: Place) -> Finding:
    """Report an id that cannot be a file name on every system."""
    return RULE.finding(
        place,
        f"invalid id '{identifier}'",
        "use at most 80 lower-case letters, digits, '_', '.' and '-', begin with a letter or digit, do not end with "
        "'.', and avoid device names such as 'con'",
        name=identifier,
    )
