"""The rule `unpaired-marker`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unpaired-marker",
    severity=Severity.ERROR,
    summary="a marker in a page without its partner",
    why=(
        "A region between markers belongs to the tool, the rest of the page to its author. Where a region ends "
        "nowhere, or begins twice, nobody knows which is which."
    ),
    wrong=".. authscribe:begin table scheme=oauth2 part=injected",
    right=(".. authscribe:begin table scheme=oauth2 part=injected\n" "\n" ".. authscribe:end"),
)


def report_unpaired_marker(what: str, place: Place) -> Finding:
    """A marker without its partner; what it encloses is not known."""
    partner = "end" if what == "begin" else "begin"
    return RULE.finding(place, f"this marker has no `authscribe:{partner}`", f"add `authscribe:{partner}`")
