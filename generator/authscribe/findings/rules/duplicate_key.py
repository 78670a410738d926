"""The rule `duplicate-key`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="duplicate-key",
    severity=Severity.ERROR,
    summary="a key that stands twice in one mapping",
    why=(
        "Most parsers keep the last of two equal keys and drop the first without a word. Here a lost key is a "
        "lost fact."
    ),
    wrong=("id: wave\n" "title: Wave\n" "title: Wave Apps"),
    right=("id: wave\n" "title: Wave"),
)


def report_duplicate_key(key: str, place: Place, first: Place) -> Finding:
    """One mapping with the same key twice; parsers that keep the last one would hide the first."""
    return RULE.finding(
        place,
        f"the key '{key}' is here a second time",
        "keep one of the two",
        labels=(Label(first, "first here"),),
        name=key,
    )
