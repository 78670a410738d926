"""The rule `name-clash`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="name-clash",
    severity=Severity.ERROR,
    summary="two names that would be spelt the same",
    why=(
        "Two names that a target spells the same would become one field, and one secret would be lost. A number "
        "added to one of them would depend on the order of the file."
    ),
    wrong=("required:\n" "  - name: api-key\n" "  - name: api_key"),
    right=("required:\n" "  - name: api-key\n" "    names: {python: dashed_api_key}\n" "  - name: api_key"),
)


def report_name_clash(name: str, other: str, spelt: str, place: Place, first: Place) -> Finding:
    """Two different names that a target would spell the same."""
    return RULE.finding(
        place,
        f"'{name}' clashes with '{other}': both become '{spelt}'",
        "rename one, or choose its attribute with names: {python: ...}",
        labels=(Label(first, f"'{other}' is here"),),
        name=name,
    )
