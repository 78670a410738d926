"""Report inputs that are symbolic links to somewhere else."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="link-outside",
    severity=Severity.ERROR,
    summary="symbolic link out of the inputs",
    why=(
        "A pull request can add a symbolic link to any file of the machine that reads it. Reports show lines of "
        "inputs, and `docs` and `sync` rewrite files, so authscribe follows no link that leads out of the current "
        "folder, that of the configuration, or the folder given."
    ),
    wrong="authscribe docs --source page.rst docs/link-to-another-repository.rst",
    right="authscribe docs --source page.rst ../another-repository/page.rst",
)


def report_link_outside(path: str) -> Finding:
    """Report an input that is reached by a symbolic link out of its folder."""
    return RULE.finding(
        Place(path), "a symbolic link leads out of the folder", "name the file or folder that the link leads to"
    )
