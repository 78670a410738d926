"""Report injected secrets that are copied from a required secret of another type."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="copied-type-differs",
    severity=Severity.ERROR,
    summary="secret copied from one of another type",
    why=(
        "Generated code copies the value as it is, so both names need one type. Only texts are copied between a secret "
        "and a value that is not secret."
    ),
    wrong=cleandoc("""
        required: [{name: port, secret: "no", type: integer}]
        injected: [{name: port, secret: "no", origin: {source: copied, required: port}}]
        """),
    right=cleandoc("""
        required: [{name: port, secret: "no", type: integer}]
        injected: [{name: port, secret: "no", type: integer, origin: {source: copied, required: port}}]
        """),
)


def report_copied_type_differs(name: str, kind: str, source: str, source_kind: str, place: Place) -> Finding:
    """Report an injected secret whose required secret has values of another kind, such as `of type integer`."""
    return RULE.finding(
        place,
        f"'{name}' is {kind}, but it is copied from '{source}', which is {source_kind}",
        "give both the same `type` and the same `secret`",
        name=name,
    )
