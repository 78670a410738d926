"""The rule `unknown-reference`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest

RULE: Final = Rule(
    code="unknown-reference",
    severity=Severity.ERROR,
    summary="a reference to something undefined",
    why=(
        "Something is referred to by a name that no source defines: a scheme, a secret, a flag, a target or a "
        "platform."
    ),
    wrong=("connectors:\n" "  - id: wave\n" "    scheme: oauth"),
    right=("connectors:\n" "  - id: wave\n" "    scheme: oauth2"),
)


def report_unknown_reference(what: str, identifier: str, place: Place, known: Iterable[str]) -> Finding:
    """A reference to something that no source defines; `what` names its kind, such as `scheme`."""
    return RULE.finding(
        place,
        f"there is no {what} '{identifier}'",
        suggest(identifier, known),
        name=identifier,
    )


def report_unknown_platform(name: str, known: Iterable[str]) -> Finding:
    """A platform profile that neither the sources nor the tool have."""
    return RULE.finding(
        Place("--platform"),
        f"there is no platform '{name}'",
        suggest(name, known),
        name=name,
    )
