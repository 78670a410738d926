"""Report prose that calls a scheme a form of another one."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="suggested-extends",
    severity=Severity.INFO,
    summary="missing `extends`",
    why=(
        "The text describes the scheme as a form of another one, but its tables do not repeat that scheme's secrets. "
        "`extends` adds them and keeps them in sync."
    ),
    wrong=cleandoc("""
        refine:
          - id: superoffice
            title: SuperOffice
        """),
    right=cleandoc("""
        refine:
          - id: superoffice
            title: SuperOffice
            extends: oauth2
        """),
)


def report_suggested_extends(scheme: str, base: str, place: Place) -> Finding:
    """Report a scheme that the prose, but not the tables, makes a form of another one."""
    return RULE.finding(
        place,
        f"the text calls '{scheme}' a form of '{base}', but '{scheme}' does not extend it",
        f"add `refine: [{{id: {scheme}, extends: {base}}}]` to a definition file if the text is right",
        scheme=scheme,
        name=base,
    )
