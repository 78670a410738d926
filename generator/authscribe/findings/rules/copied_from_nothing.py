"""Report copied secrets without a required secret to copy from."""

from __future__ import annotations

from collections.abc import Collection
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="copied-from-nothing",
    severity=Severity.WARNING,
    summary="copied secret without a matching required secret",
    why=(
        "The description says that the value is copied from the configuration, but no required secret matches it. The "
        "generated code then expects the value from the onboarding."
    ),
    wrong=cleandoc("""
        * - ``consumer_key``
          - Required by the API.

        * - ``token``
          - The access code as provided in the connector configuration.
        """),
    right=cleandoc("""
        * - ``access_code``
          - Required by the API.

        * - ``token``
          - The access code as provided in the connector configuration.
        """),
)


def report_copied_from_nothing(name: str, place: Place, known: Collection[str]) -> Finding:
    """Report an injected secret that is described as copied although no required secret, of those known, matches it."""
    return RULE.finding(
        place,
        f"'{name}' is described as copied, but no required secret matches it",
        (
            f"state it in the definition: `origin: {{source: copied, required: {name}}}`"
            if name in known
            else f"add a required secret '{name}', or describe another origin"
        ),
        name=name,
    )
