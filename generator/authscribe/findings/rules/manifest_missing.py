"""Report folders without a connector's manifest."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="manifest-missing",
    severity=Severity.ERROR,
    summary="folder without a manifest",
    why=(
        "authscribe identifies a connector by its manifest. Without one there is nothing to read, and a run that has "
        "read nothing must not look like one that has found nothing wrong."
    ),
    wrong="authscribe lint connectors/wave/templates",
    right="authscribe lint connectors/wave",
)


def report_no_manifest(path: str, manifest: str) -> Finding:
    """Report a folder that contains no connector."""
    return RULE.finding(
        Place(path),
        f"no {manifest} in this folder or below it",
        "give the folder of a connector, or a folder of connectors",
    )


def report_manifest_unknown(path: str, platform: str) -> Finding:
    """Report a folder whose connectors nothing identifies, since the profile of the platform names no manifest."""
    return RULE.finding(
        Place(path),
        f"the profile of the platform '{platform}' names no manifest, by which connectors are found",
        "add `manifest` to the profile, or choose another `--platform`",
        name=platform,
    )
