"""Report files that are not UTF-8."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="not-utf-8",
    severity=Severity.ERROR,
    summary="file that is not UTF-8",
    why="In the wrong encoding, text turns into other characters, and names are compared character by character.",
    wrong=cleandoc("""
        $ file schemes/wave.rst
        schemes/wave.rst: ISO-8859 text
        """),
    right=cleandoc("""
        $ file schemes/wave.rst
        schemes/wave.rst: Unicode text, UTF-8 text
        """),
)


def report_not_utf8(place: Place) -> Finding:
    """Report bytes at `place` that are not UTF-8."""
    return RULE.finding(place, "the file is not valid UTF-8 from here on", "save the file as UTF-8")
