"""Report references to things that no source defines."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest

RULE: Final = Rule(
    code="unknown-reference",
    severity=Severity.ERROR,
    summary="reference to something undefined",
    why="A definition, page or option refers to a scheme, secret, flag, target or platform that no source defines.",
    wrong=cleandoc("""
        connectors:
          - id: wave
            scheme: oauth
        """),
    right=cleandoc("""
        connectors:
          - id: wave
            scheme: oauth2
        """),
)


def report_unknown_reference(noun: str, identifier: str, place: Place, known: Iterable[str]) -> Finding:
    """Report a reference to a `noun`, such as `scheme`, that no source defines."""
    return RULE.finding(
        place,
        f"unknown {noun} '{identifier}'",
        suggest(identifier, known, f"define the {noun} '{identifier}'"),
        name=identifier,
    )


def report_not_injected(name: str, place: Place) -> Finding:
    """Report a template with a secret that the owner supplies, but that requests never have."""
    return RULE.finding(
        place,
        f"'{name}' is only in 'required', but requests use injected secrets and parameters",
        f"add '{name}' to 'injected'",
        name=name,
    )


def report_unknown_target(name: str, place: Place, known: Iterable[str], otherwise: str) -> Finding:
    """Report a target that neither authscribe nor an installed package has."""
    return RULE.finding(place, f"unknown target '{name}'", suggest(name, known, alternative=otherwise), name=name)


def report_unknown_platform(name: str, known: Iterable[str]) -> Finding:
    """Report a platform profile that neither the sources nor authscribe have."""
    return RULE.finding(
        Place("--platform"),
        f"unknown platform '{name}'",
        suggest(name, known),
        name=name,
    )
