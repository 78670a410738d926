"""The rule `nothing-defined`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="nothing-defined",
    severity=Severity.ERROR,
    summary="sources that define nothing",
    why=(
        "The sources are readable but define no scheme and no connector. Generating from them would leave every "
        "recorded output without its definition."
    ),
    wrong="authscribe generate --source docs/index.rst",
    right="authscribe generate --source docs/authentication-schemes.rst",
)


def report_nothing_defined(place: Place) -> Finding:
    """Sources without any scheme or connector; going on would remove every output."""
    return RULE.finding(
        place,
        "the sources define no scheme and no connector",
        "name a page with scheme tables or a definition file with --source, or run: authscribe init",
    )
