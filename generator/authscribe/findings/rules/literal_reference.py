"""Report references that are written as in other keys or languages, and therefore sent as text."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="literal-reference",
    severity=Severity.WARNING,
    summary="reference that is sent as text",
    why=(
        "In a placement value, `{name}` inserts a secret or parameter, and `{{` and `}}` are literal braces; in a URL "
        "or a request for a token, `${name}` does. Any other spelling sends the name itself, or a dollar sign."
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


def report_literal_name(subject: str, name: str, place: Place, spelt: str) -> Finding:
    """Report the name of a secret or parameter between literal braces; `spelt` is how its value is inserted."""
    return RULE.finding(
        place,
        f"{subject} sends the name of '{name}' in braces, and not its value",
        f"write {spelt}",
        name=name,
    )
