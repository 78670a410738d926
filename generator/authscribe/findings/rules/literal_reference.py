"""Report references in placement values that are written as in other keys or languages, and therefore sent as text."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="literal-reference",
    severity=Severity.WARNING,
    summary="reference in a placement value that is sent as text",
    why=(
        "In a placement value, `{name}` inserts a secret or parameter, and `{{` and `}}` are literal braces. The "
        "spellings of URLs and of template languages, `${name}` and `{{ name }}`, send a dollar sign or the name "
        "itself."
    ),
    wrong=cleandoc("""
        placements:
          - in: header
            name: Authorization
            value: Bearer ${api_key}
        """),
    right=cleandoc("""
        placements:
          - in: header
            name: Authorization
            value: Bearer {api_key}
        """),
)


def report_dollar_sign(placement: str, name: str, place: Place) -> Finding:
    """Report a dollar sign before the value of a secret or parameter."""
    return RULE.finding(
        place,
        f"the placement '{placement}' sends a dollar sign before the value of '{name}'",
        f"write {{{name}}} without the dollar sign",
        name=name,
    )


def report_literal_name(placement: str, name: str, place: Place) -> Finding:
    """Report the name of a secret or parameter between literal braces."""
    return RULE.finding(
        place,
        f"the placement '{placement}' sends the name of '{name}' in braces, and not its value",
        f"write {{{name}}}, with single braces and without blanks",
        name=name,
    )
