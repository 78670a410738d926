"""Report environment files that hold values."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="file-of-values",
    severity=Severity.ERROR,
    summary="environment file that holds values",
    why=(
        "A file such as `.env` holds the values of secrets, belongs to one person or machine, and is kept out of "
        "version control. authscribe neither reads nor changes it. It maintains the template that people copy."
    ),
    wrong="authscribe sync .env",
    right="authscribe sync .env.example",
)


def report_file_of_values(path: str) -> Finding:
    """Report an environment file whose name does not mark it as a template."""
    return RULE.finding(
        Place(path),
        "the environment file may hold the values of secrets",
        "use a template whose name ends with .example, .sample, .template or .dist",
    )
