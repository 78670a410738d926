"""The rule `unsupported-yaml`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="unsupported-yaml",
    severity=Severity.ERROR,
    summary="YAML that definitions do without",
    why="Anchors, tags and merge keys let a small file become a very large one, and hide where a fact comes from.",
    wrong=("required: &r [{name: api_key}]\n" "injected: *r"),
    right=("required: [{name: api_key}]\n" "injected: [{name: api_key}]"),
)


def report_unsupported_yaml(place: Place, what: str) -> Finding:
    """A YAML feature that is not read: tags, several documents; in definitions of ours also anchors and merge keys."""
    return RULE.finding(place, f"{what} are not read here", "write the value out")
