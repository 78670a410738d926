"""The rule `reserved-name`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="reserved-name",
    severity=Severity.ERROR,
    summary="a name that generated code cannot use",
    why=(
        "The attribute made from this name is a Python keyword, or is used by pydantic or the generated classes. "
        "Only the author can choose another one that stays the same for ever."
    ),
    wrong=("required:\n" "  - name: class"),
    right=("required:\n" "  - name: class\n" "    names: {python: class_value}"),
)


def report_reserved_name(name: str, spelt: str, place: Place, problem: str) -> Finding:
    """A derived name that the generated code cannot use."""
    return RULE.finding(
        place,
        f"'{name}' gives the attribute '{spelt}', which {problem}",
        f"choose the attribute: names: {{python: {spelt}_value}}",
        name=name,
    )
