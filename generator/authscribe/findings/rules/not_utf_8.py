"""The rule `not-utf-8`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="not-utf-8",
    severity=Severity.ERROR,
    summary="a file in another encoding",
    why="Text in another encoding reads as other characters, and names are compared character by character.",
    wrong="a page saved as Latin-1",
    right="the same page saved as UTF-8",
)


def report_not_utf8(place: Place) -> Finding:
    """The bytes at `place` are no UTF-8."""
    return RULE.finding(place, "the file is not UTF-8 text from here on", "save the file as UTF-8")
