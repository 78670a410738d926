"""Report names that occur twice in one list."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="duplicate-name",
    severity=Severity.ERROR,
    summary="duplicate name in a list",
    why=(
        "A list that names a secret twice either repeats itself or means two secrets. authscribe merges lists by "
        "name, so the second entry would be lost."
    ),
    wrong=cleandoc("""
        required:
          - name: api_key
          - name: api_key
        """),
    right=cleandoc("""
        required:
          - name: api_key
        """),
)


def report_duplicate_name(name: str, place: Place, first: Place) -> Finding:
    """Report the second occurrence of a name in one list, or among the settings of one class."""
    return RULE.finding(
        place,
        f"duplicate name '{name}'",
        "remove or rename one of the two",
        labels=(Label(first, "first used here"),),
        name=name,
    )
