"""The rule `too-large`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="too-large",
    severity=Severity.ERROR,
    summary="a source that is too large",
    why="Reading time grows faster than the size of a page. No real page or catalogue comes near the limit.",
    wrong="one page of ten megabytes",
    right="the same content in several files",
)


def report_too_large(path: str, *, size: int, limit: int, unit: str = "bytes") -> Finding:
    """A source over the size limit; both in `unit`."""
    return RULE.finding(
        Place(path),
        f"the source has {size} {unit}, more than the limit of {limit}",
        "split it into smaller files",
    )


def report_long_line(place: Place, *, length: int, limit: int) -> Finding:
    """A line of a page over the limit; both in characters."""
    return RULE.finding(place, f"the line has {length} characters, more than the limit of {limit}", "break the line")
