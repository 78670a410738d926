"""Report templates that a manifest names and the connector does not have."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="template-missing",
    severity=Severity.ERROR,
    summary="missing template",
    why="The manifest names a template that the connector does not contain. The platform cannot expand the connector.",
    wrong='"template": "templates/customer-collect.json"',
    right='"template": "templates/customer.json"',
)


def report_template_missing(path: str, place: Place, meant: str | None = None) -> Finding:
    """Report a template that the manifest names and the folder does not contain; `meant` is one of nearly its name."""
    return RULE.finding(
        place,
        f"template '{path}' does not exist",
        f"did you mean '{meant}'?" if meant is not None else "add the file, or correct the path in the manifest",
        name=path,
    )
