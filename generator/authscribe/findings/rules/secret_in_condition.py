"""Report conditions of a form that are about the value of a secret."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="secret-in-condition",
    severity=Severity.ERROR,
    summary="condition on the value of a secret",
    why=(
        "Documentation, catalogues and forms show the conditions under which a setting is asked for, and with them a "
        "value of the secret. Reports do not repeat it."
    ),
    wrong=cleandoc("""
        required:
          - name: password
          - name: tenant
            secret: no
            visible_when: {password: [the value that selects it]}
        """),
    right=cleandoc("""
        required:
          - name: password
          - name: tenant
            secret: no
            visible_when: {mode: [tenant]}
        parameters:
          - name: mode
            enum: [{value: tenant}, {value: account}]
        """),
)


def report_secret_in_condition(name: str, place: Place) -> Finding:
    """Report a condition on the value of a secret, without repeating it."""
    return RULE.finding(
        place,
        f"the condition depends on the value of the secret '{name}', which nothing may show",
        f"depend on a setting that is not secret, or mark '{name}' with 'secret: no'",
        name=name,
    )
