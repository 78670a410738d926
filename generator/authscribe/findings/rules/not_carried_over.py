"""The rule `not-carried-over`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="not-carried-over",
    severity=Severity.INFO,
    summary="a key that a conversion leaves out",
    why=(
        "A conversion says of every key what became of it. This one has no place in the document that was made: "
        "tables hold names, descriptions and types and nothing else, and the value of a secret is copied nowhere."
    ),
    wrong="authscribe convert schemes.yaml --to rst",
    right="authscribe convert schemes.yaml --to json",
)


def report_not_carried_over(key: str, reason: str, place: Place) -> Finding:
    """A key of a source that the document made of it does not hold."""
    return RULE.finding(
        place,
        f"'{key}' is not carried over: {reason}",
        "keep the source, or state it by hand in what was made",
    )


def report_withheld(key: str, place: Place) -> Finding:
    """A key of a source whose value may be a secret, which no document that is made of it holds."""
    found = report_not_carried_over(key, "it may be the value of a secret", place)
    return found._replace(help="where it is one, keep it in a store of secrets; it belongs in no definition")
