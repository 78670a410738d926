"""Report files that do not show by which method a connector authenticates."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import join_names

RULE: Final = Rule(
    code="unclear-method",
    severity=Severity.WARNING,
    summary="file that may use several methods of a connector",
    why=(
        "The connector can authenticate in several ways, and the file has only settings that several of them share. "
        "It is not clear which settings are missing, so none is added."
    ),
    wrong="WAVE_BASE_URL=https://api.example.com",
    right=cleandoc("""
        WAVE_BASE_URL=https://api.example.com
        WAVE_API_KEY=
        """),
)


def report_unclear_method(name: str, place: Place, connector: str, methods: Sequence[str]) -> Finding:
    """Report the first setting of a connector in a file that does not show which of the methods is used."""
    return RULE.finding(
        place,
        f"it is unclear which method of connector '{connector}' the file uses: {join_names(methods)}",
        "add a setting that only one of the methods has",
        connector=connector,
        name=name,
    )
