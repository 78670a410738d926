"""The rule `cyclic-alias`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="cyclic-alias",
    severity=Severity.ERROR,
    summary="an alias of itself",
    why="An alias takes what another definition says. In a circle of aliases, nobody says anything.",
    wrong=("drive:\n" "    alias: mail\n" "mail:\n" "    alias: drive"),
    right=("drive:\n" "    alias: mail\n" "mail:\n" "    auth_mode: OAUTH2"),
)


def report_cyclic_alias(chain: Sequence[str], place: Place) -> Finding:
    """An alias of itself through others; none of them says how it authenticates."""
    return RULE.finding(
        place,
        f"the provider is an alias of itself: {' -> '.join(chain)}",
        "write out what one of them is",
        name=chain[0],
    )
