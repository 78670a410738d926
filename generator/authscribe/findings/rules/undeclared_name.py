"""Report names that a document of another system does not declare."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
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


def report_unfollowed_reference(name: str, place: Place) -> Finding:
    """Report a `$ref` that leaves its document, is circular or leads to nothing; `name` is left out."""
    return RULE.finding(
        place,
        f"the reference in '{name}' cannot be resolved",
        "replace the reference with what it refers to",
        name=name,
    )


def report_undeclared_reference(reference: str, place: Place) -> Finding:
    """Report a name in a template of another system that its definition does not declare."""
    return RULE.finding(
        place,
        f"'{reference}' is used but not declared, so owners will be asked for it",
        "declare it in the definition, or correct the reference",
        name=reference,
    )
