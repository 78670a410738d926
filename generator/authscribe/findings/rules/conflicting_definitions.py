"""The rule `conflicting-definitions`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="conflicting-definitions",
    severity=Severity.ERROR,
    summary="two sources that define one thing differently",
    why=(
        "Two sources define the same scheme or connector and state different facts. Taking either would make the "
        "other a lie; wording may differ, facts may not."
    ),
    wrong=("# a.yaml\n" "schemes: [{id: s, kind: jwt}]\n" "# b.yaml\n" "schemes: [{id: s, kind: api_key}]"),
    right=("# a.yaml\n" "schemes: [{id: s, kind: jwt}]\n" "# b.yaml\n" "refine: [{id: s, kind: api_key}]"),
)


# References between definitions


def report_conflicting_definitions(
    what: str, identifier: str, detail: str, place: Place, sides: Sequence[tuple[Place, str]]
) -> Finding:
    """Several sources define one thing and do not agree; `sides` is what each of them says, and where."""
    times = "twice" if len(sides) == 2 else f"{len(sides)} times"
    return RULE.finding(
        place,
        f"the {what} '{identifier}' is defined {times} and differs: {detail}",
        "make them agree, or turn all but one into entries under `refine`",
        labels=[Label(side, said) for side, said in sides],
        name=identifier,
    )
