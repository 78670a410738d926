"""The rule `missing-key`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="missing-key",
    severity=Severity.ERROR,
    summary="a key that the format asks for",
    why="The format asks for this key, since nothing can be generated without it.",
    wrong=("connectors:\n" "  - title: Wave\n" "    scheme: oauth2"),
    right=("connectors:\n" "  - id: wave\n" "    title: Wave\n" "    scheme: oauth2"),
)


def report_missing_key(key: str, place: Place) -> Finding:
    """A key that the format asks for."""
    return RULE.finding(place, f"the key '{key}' is missing", f"add '{key}'", name=key)
