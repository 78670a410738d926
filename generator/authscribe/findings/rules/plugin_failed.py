"""The rule `plugin-failed`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="plugin-failed",
    severity=Severity.ERROR,
    summary="a plugin that cannot be used",
    why=(
        "Readers, targets and templates can come from other packages. What goes wrong in one of them is shown "
        "with the line in which it did, and the run ends before anything is written."
    ),
    wrong="authscribe generate --target acme",
    right="pip install acme-authscribe && authscribe generate --target acme",
)


# The workspace


def report_plugin_failed(name: str, problem: str, place: Place) -> Finding:
    """A reader, target or folder of templates of another package that cannot be used."""
    return RULE.finding(
        place,
        f"the plugin '{name}' cannot be used: {problem}",
        "tell those who made it, or do without it",
        name=name,
    )
