"""Report pages that `docs` skips."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="page-skipped",
    severity=Severity.INFO,
    summary="page that is not checked",
    why=(
        "Some page of a large documentation may have a very long line, or an encoding other than UTF-8. Such a page "
        "is skipped if it has no scheme tables and no markers, so that it does not keep the others from being checked."
    ),
    wrong="docs/latin-1.rst, encoded in Latin-1",
    right="docs/latin-1.rst, encoded in UTF-8",
)


def report_page_skipped(reason: Finding) -> Finding:
    """Report that a page is skipped; `reason` is the finding that keeps it from being read."""
    help_text = f"{reason.help}, or exclude the page"
    return RULE.finding(reason.place, f"the page is skipped: {reason.message}", help_text)
