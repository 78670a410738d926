"""Report sources that are too large."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="too-large",
    severity=Severity.ERROR,
    summary="source that is too large",
    why="The time to read a page grows faster than its size. No real page or catalogue comes near the limit.",
    wrong=cleandoc("""
        $ wc -c catalogue.yaml
        10485760 catalogue.yaml
        """),
    right=cleandoc("""
        $ wc -c catalogue-*.yaml
        5242880 catalogue-1.yaml
        5242880 catalogue-2.yaml
        """),
)


def report_too_large(path: str, *, size: int, limit: int, unit: str = "bytes") -> Finding:
    """Report a source over the size limit; `size` and `limit` are in `unit`."""
    return RULE.finding(
        Place(path),
        f"the source has {size} {unit}, more than the limit of {limit}",
        "split it into smaller files",
    )


def report_long_line(place: Place, *, length: int, limit: int) -> Finding:
    """Report a line of a page over the limit; `length` and `limit` are in characters."""
    return RULE.finding(place, f"the line has {length} characters, more than the limit of {limit}", "split the line")
