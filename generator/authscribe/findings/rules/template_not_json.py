"""The rule `template-not-json`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="template-not-json",
    severity=Severity.ERROR,
    summary="a template that does not expand to JSON",
    why="After expansion a template must be JSON. The platform refuses the whole connector when one is not.",
    wrong='{"_id": "{{@ system @}}" "type": "system:rest"}',
    right='{"_id": "{{@ system @}}", "type": "system:rest"}',
)


def report_template_not_json(path: str, place: Place, problem: str) -> Finding:
    """A template from which the platform cannot make a configuration."""
    return RULE.finding(
        place,
        f"the template does not expand to JSON: {problem}",
        "correct the template; the platform refuses it as it is",
        name=path,
    )
