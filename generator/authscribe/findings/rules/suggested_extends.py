"""The rule `suggested-extends`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="suggested-extends",
    severity=Severity.INFO,
    summary="prose that says more than the tables",
    why=(
        "The text calls the scheme a regular form of another one, but its tables do not repeat the other's "
        "secrets. If it is one, `extends` adds them and keeps them in step."
    ),
    wrong='SuperOffice: "It is a regular OAuth2 authentication", with a table of two secrets',
    right=("refine:\n" "  - id: superoffice\n" "    extends: oauth2"),
)


def report_suggested_extends(scheme: str, base: str, place: Place) -> Finding:
    """The prose calls the scheme a form of another one, the tables do not."""
    return RULE.finding(
        place,
        f"the text calls '{scheme}' a form of '{base}', but it does not extend it",
        f"add `refine: [{{id: {scheme}, extends: {base}}}]` to a definition file, if it is so",
        scheme=scheme,
    )
