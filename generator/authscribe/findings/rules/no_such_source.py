"""Report sources that match no file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule
from authscribe.findings.suggestions import suggest_nearest

RULE: Final = Rule(
    code="no-such-source",
    severity=Severity.ERROR,
    summary="source that does not exist",
    why=(
        "A path or pattern that matches nothing is either misspelt or refers to a file that was deleted. Continuing "
        "without the file would remove everything that it defined."
    ),
    wrong="authscribe generate --source schemas/",
    right="authscribe generate --source schemes/",
)


def report_no_such_source(place: Place, pattern: str, listed: str = "sources", similar: Iterable[str] = ()) -> Finding:
    """Report a path or pattern that matches no file; `listed` names the list that it is in."""
    advice = suggest_nearest(pattern, similar, f"correct the path, or remove it from the {listed}")
    return RULE.finding(place, f"no file matches '{pattern}'", advice)
