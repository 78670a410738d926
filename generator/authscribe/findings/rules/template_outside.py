"""The rule `template-outside`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="template-outside",
    severity=Severity.ERROR,
    summary="a template path that leaves the connector",
    why=(
        "A path that leaves the connector, by `..`, from the root or through a link, would read what lies beside "
        "it. Such a file is never opened."
    ),
    wrong='"template": "../shared/customer.json"',
    right='"template": "templates/customer.json"',
)


def report_template_outside(path: str, place: Place, problem: str) -> Finding:
    """A path that must not be followed."""
    return RULE.finding(
        place,
        f"'{path}' is not read: {problem}",
        "keep templates as plain files inside the connector",
        name=path,
    )
