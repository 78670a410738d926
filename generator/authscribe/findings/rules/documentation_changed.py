"""Report changes of texts for people."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import Impact

RULE: Final = Rule(
    code="documentation-changed",
    severity=Severity.INFO,
    summary="change of documentation",
    why=(
        "`authscribe diff` lists every change to the definitions. This one concerns only what people read: a title, a "
        "description, an example, the layout of a form."
    ),
    wrong="authscribe diff main --fail-on info",
    right="authscribe diff main --fail-on warning",
)


def report_documentation_changed(message: str, place: Place, impact: Impact) -> Finding:
    """Report a difference in texts for people."""
    return RULE.finding(place, message, impact.describe())
