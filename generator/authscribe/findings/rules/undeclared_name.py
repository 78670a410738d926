"""Report names that a document of another system does not declare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Label, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest_nearest

RULE: Final = Rule(
    code="undeclared-name",
    severity=Severity.WARNING,
    summary="undeclared name in a document of another system",
    why=(
        "The document refers to a part of itself that it does not contain. Whatever refers to it is left out or "
        "becomes a setting of that name, so that the rest can be used."
    ),
    wrong=cleandoc("""
        security: [{apiKey: []}]
        components: {securitySchemes: {}}
        """),
    right=cleandoc("""
        security: [{apiKey: []}]
        components: {securitySchemes: {apiKey: {type: apiKey, in: header, name: X-Api-Key}}}
        """),
)


def report_undeclared_name(noun: str, name: str, place: Place, known: Iterable[str]) -> Finding:
    """Report a name of the kind `noun`, such as `server variable`, that its document does not declare."""
    return RULE.finding(
        place,
        f"the document does not declare the {noun} '{name}'",
        suggest_nearest(name, known, f"declare the {noun} in the document"),
        name=name,
    )


def report_unfollowed_reference(reference: str, place: Place, others: Sequence[Place] = ()) -> Finding:
    """Report a `$ref` that is circular or leads to nothing; what it stands for is left out, here and at the others."""
    return RULE.finding(
        place,
        f"the reference '{reference}' cannot be resolved",
        "add the file to the sources if the reference leads to one, or replace it with what it refers to",
        labels=[Label(other, "and here") for other in others[:2]],
        name=reference,
    )


def report_undeclared_reference(reference: str, place: Place) -> Finding:
    """Report a name in a template of another system that its definition does not declare."""
    return RULE.finding(
        place,
        f"'{reference}' is used but not declared, so owners will be asked for it",
        "declare it in the definition, or correct the reference",
        name=reference,
    )
