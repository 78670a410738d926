"""Report values that may be secret."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unknown-secrecy",
    severity=Severity.WARNING,
    summary="value that may be secret",
    why=(
        "Nobody has stated whether the value is secret. authscribe treats it as secret everywhere, which is safe but "
        "may hide a value that people need to see."
    ),
    wrong=cleandoc("""
        required:
          - name: tenant
            secret: unknown
        """),
    right=cleandoc("""
        required:
          - name: tenant
            secret: no
        """),
)


def report_unknown_secrecy(name: str, place: Place) -> Finding:
    """Report a value that is marked neither as secret nor as public."""
    return RULE.finding(
        place,
        f"it is not known whether '{name}' is secret, so it is treated as secret",
        f"set `secret` of '{name}' to yes or no",
        name=name,
    )


def report_unstated_secrecy(name: str, scheme: str, place: Place) -> Finding:
    """Report such a value in a document of another system, whose author cannot be asked; nothing is at stake."""
    finding = report_unknown_secrecy(name, place)
    help_text = f"set `secret` of '{name}' to yes or no in a refinement of the scheme"
    return finding._replace(severity=Severity.INFO, help=help_text, scheme=scheme)
