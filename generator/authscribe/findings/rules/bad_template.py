"""Report placement values with unmatched braces."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="bad-template",
    severity=Severity.ERROR,
    summary="unmatched brace in a placement value",
    why=(
        "A placement value is text with names in braces. An unmatched brace is either a typing mistake or a brace "
        "that belongs in the request, and only the author knows which."
    ),
    wrong=cleandoc("""
        placements:
          - in: header
            name: Authorization
            value: Bearer {api_key
        """),
    right=cleandoc("""
        placements:
          - in: header
            name: Authorization
            value: Bearer {api_key}
        """),
)


def report_bad_template(name: str, place: Place, problem: str) -> Finding:
    """Report a placement value that is not a template; `problem` does not quote the value."""
    return RULE.finding(
        place,
        f"invalid placement value for '{name}': {problem}",
        "write {name} to insert a secret or parameter, and {{ or }} for a literal brace",
        name=name,
    )
