"""The rule `template-error`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="template-error",
    severity=Severity.ERROR,
    summary="a template of your own that cannot be rendered",
    why=(
        "A template of your own asks for something that the view does not have, or prints text without a filter "
        "that encodes it."
    ),
    wrong="<< view.titel | text >>",
    right="<< view.title | text >>",
)


def report_bad_template_file(place: Place, problem: str) -> Finding:
    """A user's own template that cannot be rendered."""
    return RULE.finding(
        place,
        f"the template cannot be rendered: {problem}",
        "correct the template, or remove it to use the built-in one",
    )
