"""Report contradictory security in documents of other systems."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="security-differs",
    severity=Severity.WARNING,
    summary="contradictory security requirements",
    why=(
        "A document, or two documents about one connector, state the security in several places that do not agree; or "
        "one requirement needs two values for one header. The connector follows one of them, and calls that need the "
        "other fail."
    ),
    wrong=cleandoc("""
        security: [{api_key: []}]
        paths: {/admin: {get: {security: [{oauth: []}]}}}
        """),
    right=cleandoc("""
        security: [{api_key: []}, {oauth: []}]
        paths: {/admin: {get: {security: [{oauth: []}]}}}
        """),
)


def report_operations_ask_otherwise(operations: Sequence[str], places: Sequence[Place]) -> Finding:
    """Report operations whose own security replaces that of the document: both are methods of the connector."""
    count = "1 operation requires" if len(operations) == 1 else f"{len(operations)} operations require"
    message = f"{count} security that the document does not: {_join_some(operations)}"
    return _report_operations(message, "use a method for each operation that it accepts; none is for all", places)


def report_logins_ask_otherwise(operations: Sequence[str], places: Sequence[Place]) -> Finding:
    """Report logins whose own security no other operation accepts, so that it is no method of the connector."""
    message = f"no method is made of what only a login requires: {_join_some(operations)}"
    return _report_operations(message, "add it to the document's `security` if other operations accept it", places)


def _join_some(operations: Sequence[str]) -> str:
    return ", ".join(operations[:3]) + (", ..." if len(operations) > 3 else "")


def _report_operations(message: str, advice: str, places: Sequence[Place]) -> Finding:
    finding = RULE.finding(places[0], message, advice, labels=[Label(place, "and here") for place in places[1:3]])
    return finding._replace(severity=Severity.INFO)


def report_cannot_be_together(first: str, other: str, part: str, place: Place) -> Finding:
    """Report a requirement for two schemes that fill the same part of a request."""
    return RULE.finding(
        place,
        f"'{first}' and '{other}' both fill the slot '{part}', so they are treated as alternatives",
        "make each of them a requirement of its own in `security`",
        name=other,
    )


def report_security_never_asked_for(connector: str, place: Place) -> Finding:
    """Report declared security schemes that no requirement names; using any of them is all that is left to do."""
    finding = RULE.finding(
        place,
        "no `security` requires the schemes declared here, so all but parts of one credential are alternatives",
        "add `security` to the document",
        connector=connector,
    )
    return finding._replace(severity=Severity.INFO)


def report_parameters_taken(connector: str, parameters: Sequence[str], place: Place) -> Finding:
    """Report parameters that are taken for the credentials of a document that declares no security scheme."""
    names = ", ".join(f"'{name}'" for name in parameters)
    finding = RULE.finding(
        place,
        f"no security scheme is declared, so parameters of the operations are taken for credentials: {names}",
        "declare a security scheme of type `apiKey` for each of them",
        connector=connector,
    )
    return finding._replace(severity=Severity.INFO)


def report_sources_contradict(connector: str, stated: str, place: Place, other: str, other_place: Place) -> Finding:
    """Report two documents about one connector that contradict each other; the one at `place` is used."""
    return RULE.finding(
        place,
        f"'{connector}' has {stated} here but {other} in its other document; this document is used",
        "make the two documents agree",
        labels=[Label(other_place, other)],
        connector=connector,
    )
