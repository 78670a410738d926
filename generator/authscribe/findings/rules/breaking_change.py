"""The rule `breaking-change`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import describe_affected

RULE: Final = Rule(
    code="breaking-change",
    severity=Severity.WARNING,
    summary="a change that breaks what was made before",
    why=(
        "Owners supply what is required, systems use what is injected, and code uses the generated attributes. A "
        "change that takes something away from one of them, or asks for more, must be told to them first."
    ),
    wrong=("injected:\n" "  - name: access_token   # was oauth_access_token"),
    right=("injected:\n" "  - name: oauth_access_token\n" "    deprecated: true\n" "  - name: access_token"),
)


def report_breaking_change(message: str, place: Place, users: Sequence[str]) -> Finding:
    """A difference between two sets of definitions after which something does not work that did."""
    return RULE.finding(place, message, describe_affected(users))
