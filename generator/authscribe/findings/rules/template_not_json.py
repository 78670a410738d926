"""Report templates that do not expand to JSON."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="template-not-json",
    severity=Severity.ERROR,
    summary="template that does not expand to JSON",
    why=(
        "A template must be valid JSON after expansion. The platform rejects the whole connector if one of them is "
        "not."
    ),
    wrong='{"_id": "{{@ system @}}" "type": "system:rest"}',
    right='{"_id": "{{@ system @}}", "type": "system:rest"}',
)


def report_template_not_json(path: str, place: Place, problem: str) -> Finding:
    """Report a template from which the platform cannot make a configuration."""
    return RULE.finding(
        place,
        f"template '{path}' does not expand to JSON: {problem}",
        "correct the template here",
        name=path,
    )
