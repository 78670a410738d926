"""Report definitions of one thing that contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="conflicting-definitions",
    severity=Severity.ERROR,
    summary="conflicting definitions",
    why=(
        "Several sources define the same scheme or connector with different facts. Titles and descriptions may "
        "differ, but facts may not: whichever source authscribe followed, the others would be wrong."
    ),
    wrong=cleandoc("""
        # a.yaml
        schemes: [{id: s, kind: jwt}]
        # b.yaml
        schemes: [{id: s, kind: api_key}]
        """),
    right=cleandoc("""
        # a.yaml
        schemes: [{id: s, kind: jwt}]
        # b.yaml
        refine: [{id: s, kind: api_key}]
        """),
)


def report_conflicting_definitions(
    noun: str, identifier: str, detail: str, place: Place, sides: Sequence[tuple[Place, str]]
) -> Finding:
    """Report definitions of one thing that differ; `sides` holds the place and the statement of each of them."""
    times = "twice" if len(sides) == 2 else f"{len(sides)} times"
    return RULE.finding(
        place,
        f"{noun} '{identifier}' is defined {times}, and the definitions conflict: {detail}",
        "make them agree, or move all but one under `refine`",
        labels=[Label(side, statement) for side, statement in sides],
        name=identifier,
    )
