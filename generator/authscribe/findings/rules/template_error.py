"""Report the user's templates that cannot be rendered."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="template-error",
    severity=Severity.ERROR,
    summary="custom template that cannot be rendered",
    why=(
        "A custom template uses a name that its view does not have, prints a value without an encoding filter, or "
        "renders a text that is not in the language of its file."
    ),
    wrong="<< view.titel | text >>",
    right="<< view.title | text >>",
)


def report_bad_template_file(place: Place, problem: str) -> Finding:
    """Report a user's own template that cannot be rendered."""
    return RULE.finding(
        place,
        f"cannot render the template: {problem}",
        "correct the template, or remove it to use the built-in one",
    )
