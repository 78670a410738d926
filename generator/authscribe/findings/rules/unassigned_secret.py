"""Report secrets of Compose files that no service uses."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unassigned-secret",
    severity=Severity.WARNING,
    summary="declared secret that no service uses",
    why=(
        "Compose gives a secret to a service only if the service lists it. It is not clear which service needs this "
        "one, so nothing is added."
    ),
    wrong=cleandoc("""
        services:
          wave: {image: wave}
        secrets:
          WAVE_ACCESS_TOKEN:
            file: ./secrets/WAVE_ACCESS_TOKEN
        """),
    right=cleandoc("""
        services:
          wave:
            image: wave
            secrets:
              - WAVE_ACCESS_TOKEN
        secrets:
          WAVE_ACCESS_TOKEN:
            file: ./secrets/WAVE_ACCESS_TOKEN
        """),
)


def report_unassigned_secret(name: str, place: Place, connector: str) -> Finding:
    """Report a secret of a connector that the file declares, but no service uses."""
    return RULE.finding(
        place,
        f"no service uses the secret '{name}'",
        "add it to the `secrets` of a service, or remove it",
        connector=connector,
        name=name,
    )
