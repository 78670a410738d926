"""Report placements that fill the same slot."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="clashing-placements",
    severity=Severity.ERROR,
    summary="two placements for one slot",
    why="A header, parameter or setting holds one value. If two placements fill it, one of the secrets is never sent.",
    wrong=cleandoc("""
        placements:
          - {in: header, name: Authorization, value: "{a}"}
          - {in: header, name: authorization, value: "{b}"}
        """),
    right=cleandoc("""
        placements:
          - {in: header, name: Authorization, value: "{a}"}
          - {in: header, name: X-Token, value: "{b}"}
        """),
)


def report_clashing_placements(slot: str, place: Place) -> Finding:
    """Report the second placement for a slot of the request or of the platform's block."""
    return RULE.finding(place, f"two placements fill the slot '{slot}'", "remove one of the two", name=slot)
