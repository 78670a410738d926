"""The rule `no-such-source`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="no-such-source",
    severity=Severity.ERROR,
    summary="a source that does not exist",
    why=(
        "A path or pattern that matches nothing is a typing mistake or a file that is gone; going on would treat "
        "what it defined as removed."
    ),
    wrong="authscribe generate --source schemas/",
    right="authscribe generate --source schemes/",
)


def report_no_such_source(place: Place, pattern: str) -> Finding:
    """A source path or pattern that matches no file."""
    return RULE.finding(
        place,
        f"no file matches '{pattern}'",
        "correct the path, or remove it from the sources",
    )
