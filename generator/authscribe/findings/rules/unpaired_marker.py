"""Report markers in pages without their partner."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unpaired-marker",
    severity=Severity.ERROR,
    summary="unpaired marker",
    why=(
        "authscribe owns the region between two markers, and the author owns the rest of the page. If a marker is "
        "missing, it is not clear where one ends and the other begins."
    ),
    wrong=".. authscribe:begin table scheme=oauth2 part=injected",
    right=cleandoc("""
        .. authscribe:begin table scheme=oauth2 part=injected

        .. authscribe:end
        """),
)


def report_unpaired_marker(name: str, place: Place) -> Finding:
    """Report a `begin` or `end` marker without its partner."""
    partner = "end" if name == "begin" else "begin"
    return RULE.finding(place, f"`authscribe:{name}` without `authscribe:{partner}`", f"add `authscribe:{partner}`")
