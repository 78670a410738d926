"""Report required keys that are missing."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="missing-key",
    severity=Severity.ERROR,
    summary="missing key",
    why="The format requires this key. Nothing can be generated without it.",
    wrong=cleandoc("""
        connectors:
          - title: Wave
            scheme: oauth2
        """),
    right=cleandoc("""
        connectors:
          - id: wave
            title: Wave
            scheme: oauth2
        """),
)


def report_missing_key(key: str, place: Place, *others: str) -> Finding:
    """Report a required key that is missing; any of `others` may be there in its place."""
    keys = " or ".join(f"'{name}'" for name in (key, *others))
    return RULE.finding(place, f"missing key {keys}", f"add {keys}", name=key)
