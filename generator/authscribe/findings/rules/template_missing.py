"""The rule `template-missing`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="template-missing",
    severity=Severity.ERROR,
    summary="a template that is not there",
    why="The manifest names a file that the connector does not have. The platform cannot expand the connector.",
    wrong='"template": "templates/customer-collect.json", and no such file',
    right='"template": "templates/customer.json"',
)


def report_template_missing(path: str, place: Place) -> Finding:
    """A template that the manifest names and the folder does not have."""
    return RULE.finding(
        place,
        f"there is no template '{path}'",
        "add the file, or correct the path in the manifest",
        name=path,
    )
