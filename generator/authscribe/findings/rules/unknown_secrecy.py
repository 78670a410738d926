"""The rule `unknown-secrecy`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unknown-secrecy",
    severity=Severity.WARNING,
    summary="a value that may be secret",
    why=(
        "Nobody has said whether the value is secret. It is treated as one everywhere, which is safe, but may "
        "hide a value that people need to see."
    ),
    wrong=("required:\n" "  - name: tenant\n" "    secret: unknown"),
    right=("parameters:\n" "  - name: tenant"),
)


def report_unknown_secrecy(name: str, place: Place) -> Finding:
    """A value of which nobody said whether it is secret."""
    return RULE.finding(
        place,
        f"nothing says whether '{name}' is secret; it is treated as one",
        "set `secret` to yes or no",
        name=name,
    )
