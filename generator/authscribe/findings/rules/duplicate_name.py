"""The rule `duplicate-name`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="duplicate-name",
    severity=Severity.ERROR,
    summary="a name that stands twice in one list",
    why=(
        "A list that names a secret twice either repeats itself or means two secrets; the second one would "
        "vanish when lists are merged by name."
    ),
    wrong=("required:\n" "  - name: api_key\n" "  - name: api_key"),
    right=("required:\n" "  - name: api_key"),
)


def report_duplicate_name(name: str, place: Place, first: Place) -> Finding:
    """One list with the same name twice."""
    return RULE.finding(
        place,
        f"'{name}' is listed a second time",
        "remove one of the two",
        labels=(Label(first, "first here"),),
        name=name,
    )
