"""The rule `unknown-mode`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest

RULE: Final = Rule(
    code="unknown-mode",
    severity=Severity.WARNING,
    summary="a way to authenticate that a reader does not know",
    why=(
        "Other systems have a closed list of ways to authenticate, which grows. One that the reader does not "
        "know is read with all its settings, but what it obtains and where that goes is not known."
    ),
    wrong="auth_mode: OAUTH",
    right="auth_mode: OAUTH2",
)


def report_unknown_mode(mode: str, place: Place, known: Iterable[str]) -> Finding:
    """A way to authenticate that the reader of another system's catalogue does not know."""
    return RULE.finding(place, f"unknown mode '{mode}', read as custom", suggest(mode, known), name=mode)
