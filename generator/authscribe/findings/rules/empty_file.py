"""Report sources without content."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="empty-file",
    severity=Severity.ERROR,
    summary="empty source",
    why="A source that was emptied by accident would remove everything that it used to define from every output.",
    wrong=cleandoc("""
        $ wc -c schemes/wave.yaml
        0 schemes/wave.yaml
        """),
    right=cleandoc("""
        $ wc -c schemes/wave.yaml
        212 schemes/wave.yaml
        """),
)


def report_empty_file(path: str) -> Finding:
    """Report a source without content."""
    return RULE.finding(Place(path), "the file is empty", "restore the file, or remove it from the sources")
