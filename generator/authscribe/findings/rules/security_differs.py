"""The rule `security-differs`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="security-differs",
    severity=Severity.WARNING,
    summary="security that is stated in two ways",
    why=(
        "A document states its security in more than one place, or two documents state that of one connector, "
        "and they do not say the same; or it asks for two values of one header. The connector is made from one "
        "of them; calls that need the other will fail."
    ),
    wrong=("security: [{api_key: []}]\n" "paths: {/admin: {get: {security: [{oauth: []}]}}}"),
    right="security: [{api_key: []}, {oauth: []}]",
)


def report_operations_ask_otherwise(operations: Sequence[str], places: Sequence[Place]) -> Finding:
    """Operations with security of their own that none of the connector's methods satisfies."""
    some = ", ".join(operations[:3]) + (", ..." if len(operations) > 3 else "")
    times = "1 operation asks" if len(operations) == 1 else f"{len(operations)} operations ask"
    return RULE.finding(
        places[0],
        f"{times} for other security than the document: {some}",
        "add what they ask for to the `security` of the document, if it is a way to authenticate of its own",
        labels=[Label(place, "and here") for place in places[1:3]],
    )


def report_cannot_be_together(first: str, other: str, part: str, place: Place) -> Finding:
    """A requirement for two schemes of which each fills the same part of a request."""
    return RULE.finding(
        place,
        f"'{first}' and '{other}' both fill {part}, so that no request can have both; each is a way to choose from",
        "make each of them a requirement of its own in `security`",
        name=other,
    )


def report_security_never_asked_for(connector: str, places: Sequence[Place]) -> Finding:
    """Security schemes that are declared and that no requirement names."""
    return RULE.finding(
        places[0],
        "no `security` asks for what is declared here; each is a way to choose from",
        "add `security` to the document",
        labels=[Label(place, "and here") for place in places[1:3]],
        connector=connector,
    )


def report_sources_contradict(connector: str, stated: str, place: Place, other: str, other_place: Place) -> Finding:
    """Two documents about one connector that cannot both be right; what stands at `place` counts."""
    return RULE.finding(
        place,
        f"'{connector}' has {stated} here, which counts, and {other} in its other document",
        "make the two documents agree",
        labels=[Label(other_place, other)],
        connector=connector,
    )
