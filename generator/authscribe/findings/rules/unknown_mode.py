"""Report authentication modes that a reader does not know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest

RULE: Final = Rule(
    code="unknown-mode",
    severity=Severity.WARNING,
    summary="unknown authentication mode",
    why=(
        "Other systems have a fixed list of authentication modes, which grows over time. A mode that the reader does "
        "not know is read with all its settings, but it is not known which secrets it obtains and where they are "
        "sent."
    ),
    wrong="auth_mode: OAUTH",
    right="auth_mode: OAUTH2",
)


def report_unknown_mode(mode: str, place: Place, known: Iterable[str]) -> Finding:
    """Report an authentication mode that the reader of another system's catalogue does not know."""
    return RULE.finding(
        place, f"unknown authentication mode '{mode}', treated as custom", suggest(mode, known), name=mode
    )
