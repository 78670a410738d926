"""Report sources that define nothing."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="nothing-defined",
    severity=Severity.ERROR,
    summary="sources without definitions",
    why=(
        "The sources can be read but define no scheme and no connector. Generating from them would orphan every "
        "output."
    ),
    wrong="authscribe generate --source docs/index.rst",
    right="authscribe generate --source docs/authentication-schemes.rst",
)


def report_no_sources(place: Place) -> Finding:
    """Report that neither options nor configuration name a source."""
    return RULE.finding(
        place,
        "no sources are given or configured",
        'set `sources` in authscribe.toml, such as sources = ["schemes"], pass --source, or run: authscribe init',
    )


def report_nothing_defined(place: Place) -> Finding:
    """Report sources without any scheme or connector."""
    return RULE.finding(
        place,
        "the sources define no scheme and no connector",
        "add a definition file or a page with scheme tables to the sources, or run: authscribe init",
    )
