"""Report keys that occur twice in one mapping."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="duplicate-key",
    severity=Severity.ERROR,
    summary="duplicate key",
    why=(
        "Most parsers keep the last of two equal keys and silently drop the first. In a definition, a lost key is a "
        "lost fact."
    ),
    wrong=cleandoc("""
        id: wave
        title: Wave
        title: Wave Apps
        """),
    right=cleandoc("""
        id: wave
        title: Wave
        """),
)


def report_duplicate_key(key: str, place: Place, first: Place | None = None) -> Finding:
    """Report the second occurrence of a key in one mapping; `first` is the place of the first one, if it is another."""
    return RULE.finding(
        place,
        f"duplicate key '{key}'",
        "remove one of the two",
        labels=(Label(first, "first used here"),) if first is not None else (),
        name=key,
    )
