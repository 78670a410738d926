"""Report templates outside of their connector."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="template-outside",
    severity=Severity.ERROR,
    summary="template outside of the connector",
    why=(
        "A path that leaves the connector, through `..`, an absolute path or a link, would read files beside it. "
        "authscribe never opens such a file."
    ),
    wrong='"template": "../shared/customer.json"',
    right='"template": "templates/customer.json"',
)


def report_template_outside(path: str, place: Place, problem: str) -> Finding:
    """Report a path that is not followed; `problem` is a clause such as `it is a symbolic link`."""
    return RULE.finding(
        place,
        f"'{path}' is not read: {problem}",
        "move the template into the connector, as a plain file",
        name=path,
    )
