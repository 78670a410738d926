"""The rule `empty-file`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="empty-file",
    severity=Severity.ERROR,
    summary="a source without content",
    why="A source that was emptied by accident would remove everything it defined from every output.",
    wrong="schemes/connectors/wave.yaml with no content",
    right="restore the file, or take its path out of `sources`",
)


def report_empty_file(path: str) -> Finding:
    """A source without content would silently remove everything it used to define."""
    return RULE.finding(Place(path), "the file is empty", "restore the file, or take it out of the sources")
