"""The rule `clashing-placements`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="clashing-placements",
    severity=Severity.ERROR,
    summary="two values for one slot",
    why=(
        "A header, parameter or setting holds one value. With two placements for it, one secret would never be " "sent."
    ),
    wrong=(
        "placements:\n"
        '  - {in: header, name: Authorization, value: "{a}"}\n'
        '  - {in: header, name: authorization, value: "{b}"}'
    ),
    right=(
        "placements:\n"
        '  - {in: header, name: Authorization, value: "{a}"}\n'
        '  - {in: header, name: X-Token, value: "{b}"}'
    ),
)


def report_clashing_placements(slot: str, place: Place) -> Finding:
    """Two values for one slot of the request or of the platform's block."""
    return RULE.finding(place, f"two placements fill {slot}", "keep one of the two", name=slot)
