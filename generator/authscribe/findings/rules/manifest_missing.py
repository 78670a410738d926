"""The rule `manifest-missing`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="manifest-missing",
    severity=Severity.ERROR,
    summary="a folder without a manifest",
    why=(
        "A connector is known by its manifest. Without one there is nothing to read, and a run that read nothing "
        "must not look like one that found nothing wrong."
    ),
    wrong="authscribe lint connectors/wave/templates",
    right="authscribe lint connectors/wave",
)


def report_no_manifest(path: str) -> Finding:
    """A folder in which no connector lies."""
    return RULE.finding(
        Place(path),
        "there is no manifest.json here, nor in a folder below",
        "name the folder of a connector",
    )
