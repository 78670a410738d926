"""Report files that `sync` leaves as they are."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="not-synced",
    severity=Severity.ERROR,
    summary="outdated file that cannot be brought up to date",
    why=(
        "The file does not match the definitions, but authscribe cannot change this part of it safely: it is written "
        "in flow style, belongs to an anchor or alias, or would be read as something else. The file is left unchanged."
    ),
    wrong="env: {WAVE_CLIENT_ID: '${{ secrets.WAVE_CLIENT_ID }}'}",
    right=cleandoc("""
        env:
          WAVE_CLIENT_ID: ${{ secrets.WAVE_CLIENT_ID }}
        """),
)


def report_not_synced(place: Place, problem: str, repair: str) -> Finding:
    """Report a part of a file that is not up to date and cannot be changed; `problem` is a clause."""
    return RULE.finding(place, f"the file cannot be brought up to date: {problem}", repair)
