"""Report aliases that lead back to themselves."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="cyclic-alias",
    severity=Severity.ERROR,
    summary="circular alias",
    why="An alias takes over what another provider states. In a circle of aliases, no provider states anything.",
    wrong=cleandoc("""
        drive:
            alias: mail
        mail:
            alias: drive
        """),
    right=cleandoc("""
        drive:
            alias: mail
        mail:
            auth_mode: OAUTH2
        """),
)


def report_cyclic_alias(chain: Sequence[str], place: Place) -> Finding:
    """Report a provider that is an alias of itself through others; `chain` begins and ends with it."""
    return RULE.finding(
        place,
        f"provider '{chain[0]}' is an alias of itself: {' -> '.join(chain)}",
        "replace one `alias` with the provider's own settings",
        name=chain[0],
    )
