"""The rule `undeclared-name`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest

RULE: Final = Rule(
    code="undeclared-name",
    severity=Severity.WARNING,
    summary="a name of a foreign document that it does not declare",
    why=(
        "The document refers to a part of itself that it does not have. What refers to it is left out, or gets a "
        "setting of that name, so that the rest can be used."
    ),
    wrong=("security: [{apiKey: []}]\n" "components: {securitySchemes: {}}"),
    right=(
        "security: [{apiKey: []}]\n"
        "components: {securitySchemes: {apiKey: {type: apiKey, in: header, name: X-Api-Key}}}"
    ),
)


# Documents of other systems


def report_undeclared_name(what: str, name: str, place: Place, known: Iterable[str]) -> Finding:
    """A document of another system that refers to something of its own that it does not have; `what` names its kind."""
    return RULE.finding(
        place,
        f"the document has no {what} '{name}'",
        f"declare it in the document; {suggest(name, known)}",
        name=name,
    )


def report_unfollowed_reference(name: str, place: Place) -> Finding:
    """A `$ref` out of its document, in a circle, or to nothing; what it stands for is left out."""
    return RULE.finding(
        place,
        f"'{name}' is a reference that leads to nothing in the document",
        "write out what it refers to",
        name=name,
    )


def report_undeclared_reference(reference: str, place: Place) -> Finding:
    """A template of another system names something that its definition does not declare."""
    return RULE.finding(
        place,
        f"nothing declares '{reference}', which is used here; it is asked for",
        "declare it in the definition, or correct the reference",
        name=reference,
    )
