"""Report YAML features that are not supported."""

from __future__ import annotations

from inspect import cleandoc
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unsupported-yaml",
    severity=Severity.ERROR,
    summary="unsupported YAML feature",
    why="Anchors, tags and merge keys let a small file expand to a very large one, and hide where a fact comes from.",
    wrong=cleandoc("""
        required: &secrets [{name: api_key}]
        injected: *secrets
        """),
    right=cleandoc("""
        required: [{name: api_key}]
        injected: [{name: api_key}]
        """),
)


def report_unsupported_yaml(place: Place, feature: str, remedy: str = "write the value out") -> Finding:
    """Report a YAML feature, in the plural, that is not supported.

    Tags and the like are refused in every document; anchors, aliases and merge keys only in definitions.
    """
    return RULE.finding(place, f"{feature} are not supported", remedy)
