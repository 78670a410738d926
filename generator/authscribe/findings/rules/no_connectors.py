"""Report runs of `lint` that read no connector."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="no-connectors",
    severity=Severity.WARNING,
    summary="run of `lint` without a connector",
    why=(
        "No argument names a connector, and the configuration lists none. A run that has read no connector must not "
        "look like one that has found nothing wrong."
    ),
    wrong=cleandoc("""
        # authscribe.toml
        sources = ["schemes/*.yaml"]
        """),
    right=cleandoc("""
        # authscribe.toml
        sources = ["schemes/*.yaml"]
        connectors = ["connectors/*"]
        """),
)


def report_no_connectors(place: Place, *, has_definitions: bool) -> Finding:
    """Report that no connector was read; only a remark if the run was about definitions."""
    finding = RULE.finding(
        place,
        "0 connectors read",
        "name a connector as an argument, or set `connectors` in the configuration, to an empty list if there are none",
    )
    return finding._replace(severity=Severity.INFO) if has_definitions else finding
