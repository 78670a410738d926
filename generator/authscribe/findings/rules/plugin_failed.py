"""Report plugins that cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="plugin-failed",
    severity=Severity.ERROR,
    summary="unusable plugin",
    why=(
        "Other packages can provide readers, targets, rules and templates. If one of them fails, the run ends before "
        "anything is written, and the finding shows the line of the plugin that failed."
    ),
    wrong='templates = ["package:amce"]',
    right='templates = ["package:acme"]',
)


def report_plugin_failed(name: str, problem: str, place: Place) -> Finding:
    """Report a reader, target or template folder of another package that fails."""
    return RULE.finding(
        place,
        f"plugin '{name}' failed: {problem}",
        "correct the plugin here, report it to its maintainers, or uninstall it",
        name=name,
    )


def report_plugin_missing(name: str) -> Finding:
    """Report a plugin that no installed package provides."""
    return RULE.finding(
        Place(name),
        f"no installed package provides the plugin '{name}'",
        "install the package, or correct the name",
        name=name,
    )


def report_plugin_ambiguous(name: str, packages: Sequence[str]) -> Finding:
    """Report a plugin that several installed packages provide."""
    return RULE.finding(
        Place(name),
        f"several installed packages provide the plugin '{name}': {', '.join(packages)}",
        "uninstall all of these packages but one",
        name=name,
    )
