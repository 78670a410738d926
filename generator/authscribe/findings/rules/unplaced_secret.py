"""Report secrets that a file lacks without showing which part of it needs them."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unplaced-secret",
    severity=Severity.WARNING,
    summary="missing secret whose place is unclear",
    why=(
        "The file has parameters of the connector, but none of its secrets. A job, step or service that reads a "
        "parameter need not be the one that authenticates, and whatever gets a secret can reveal it. So none is added."
    ),
    wrong=cleandoc("""
        services:
          wave:
            image: wave
            environment:
              WAVE_BASE_URL: https://api.example.com
        """),
    right=cleandoc("""
        services:
          wave:
            image: wave
            environment:
              WAVE_BASE_URL: https://api.example.com
              WAVE_ACCESS_TOKEN: ${WAVE_ACCESS_TOKEN}
        """),
)


def report_unplaced_secret(name: str, place: Place, connector: str, where: str) -> Finding:
    """Report a secret that is missing in a file with parameters of its connector, at the first of these.

    `where` tells what can have the secret, such as `service`.
    """
    return RULE.finding(
        place,
        f"the secret '{name}' is missing, and nothing shows where '{connector}' authenticates",
        f"add it to the {where} that authenticates; the others then go beside it",
        connector=connector,
        name=name,
    )


def report_secret_held_elsewhere(name: str, place: Place, connector: str, where: str) -> Finding:
    """Report a secret that only other parts of a file have, where a part has all parameters of its connector.

    That part may be one that does not authenticate, so this is information only.
    """
    finding = RULE.finding(
        place,
        f"the secret '{name}' is missing in this {where}, while another one has secrets of '{connector}'",
        f"add it to this {where}, if it authenticates; the others then go beside it",
        connector=connector,
        name=name,
    )
    return finding._replace(severity=Severity.INFO)
