"""The rule `bad-template`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="bad-template",
    severity=Severity.ERROR,
    summary="a placement value that is no template",
    why=(
        "A placement value is text with holes. A brace without a partner is either a typing mistake or a brace "
        "that should be in the request, and only the author knows which."
    ),
    wrong=("placements:\n" "  - in: header\n" "    name: Authorization\n" "    value: Bearer {api_key"),
    right=("placements:\n" "  - in: header\n" "    name: Authorization\n" "    value: Bearer {api_key}"),
)


def report_bad_template(name: str, place: Place, problem: str) -> Finding:
    """A placement value that is no template."""
    return RULE.finding(
        place,
        f"the placement value of '{name}' is not a template: {problem}",
        "write {name} for a secret or parameter, and {{ or }} for a brace",
        name=name,
    )
