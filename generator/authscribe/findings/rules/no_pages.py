"""Report a run on pages without any page."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="no-pages",
    severity=Severity.ERROR,
    summary="run of `docs` without pages",
    why=(
        "`authscribe docs` updates the pages that its arguments name, or those that `pages` in the configuration "
        "lists. A check of no pages would pass without checking anything."
    ),
    wrong="authscribe docs --check",
    right='pages = ["docs", "!docs/drafts"]',
)


def report_no_pages(place: Place) -> Finding:
    """Report that neither arguments nor configuration name a page."""
    return RULE.finding(
        place,
        "no pages are given or configured",
        'set `pages` in authscribe.toml, such as pages = ["docs"], or pass files, folders or patterns as arguments',
    )


def report_all_pages_excluded(place: Place) -> Finding:
    """Report a pattern that excludes the last page."""
    return RULE.finding(place, "every page is excluded", "correct the pattern, or list other pages")
