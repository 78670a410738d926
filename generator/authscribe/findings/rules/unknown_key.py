"""The rule `unknown-key`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest

RULE: Final = Rule(
    code="unknown-key",
    severity=Severity.ERROR,
    summary="a key that the format does not have",
    why=(
        "A misspelt key would be ignored by a tolerant reader, and the fact it states would be missing from "
        "every output."
    ),
    wrong=("connectors:\n" "  - id: wave\n" "    sheme: oauth2"),
    right=("connectors:\n" "  - id: wave\n" "    scheme: oauth2"),
)


def report_unknown_key(key: str, place: Place, known: Iterable[str]) -> Finding:
    """A key that the format does not have."""
    return RULE.finding(place, f"unknown key '{key}'", suggest(key, known), name=key)
