"""Report keys that the format does not have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest

RULE: Final = Rule(
    code="unknown-key",
    severity=Severity.ERROR,
    summary="unknown key",
    why=(
        "A tolerant reader would ignore a misspelt key, and the fact that it states would be missing from every "
        "output."
    ),
    wrong=cleandoc("""
        connectors:
          - id: wave
            sheme: oauth2
        """),
    right=cleandoc("""
        connectors:
          - id: wave
            scheme: oauth2
        """),
)


def report_unknown_key(key: str, place: Place, known: Iterable[str], meant: Sequence[str] = ()) -> Finding:
    """Report a key that the format does not have.

    `meant` is the path to the known key that it stands for, if that is clear: this key, or one in a mapping beside it.
    """
    match meant:
        case (other,):
            remedy = f"did you mean '{other}'?"
        case (*outer, _):
            remedy = f"move it into '{'.'.join(outer)}'"
        case _:
            remedy = suggest(key, known)
    return RULE.finding(place, f"unknown key '{key}'", remedy, name=key)


def report_unknown_options(target: str, place: Place, known: Iterable[str], otherwise: str) -> Finding:
    """Report options of a target that neither authscribe nor an installed package has."""
    return RULE.finding(place, f"unknown key '{target}'", suggest(target, known, alternative=otherwise), name=target)


def report_target_without_options(target: str, place: Place) -> Finding:
    """Report options of a plugin's target that has none."""
    return RULE.finding(place, f"unknown key '{target}': this target has no options", "remove it", name=target)
