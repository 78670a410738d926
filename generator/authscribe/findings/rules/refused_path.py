"""The rule `refused-path`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="refused-path",
    severity=Severity.ERROR,
    summary="an output path that is not safe",
    why=(
        "The tool owns the whole output folder and deletes in it with --prune. It does not accept a folder that "
        "holds other things, nor a symbolic link or device where a file should be."
    ),
    wrong="authscribe generate --source page.rst --out-dir .",
    right="authscribe generate --source page.rst --out-dir out",
)


def report_refused_path(path: str, problem: str) -> Finding:
    """An output path that is not safe to write."""
    return RULE.finding(
        Place(path),
        f"nothing is written there: {problem}",
        "choose an output folder that holds nothing else",
    )
