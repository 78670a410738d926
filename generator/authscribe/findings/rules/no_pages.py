"""Report a run on files that people own without any file."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="no-pages",
    severity=Severity.ERROR,
    summary="run of `docs` or `sync` without files",
    why=(
        "`authscribe docs` updates the pages that its arguments name, or those that `pages` in the configuration "
        "lists; so does `authscribe sync`, with the key `files`. A check of nothing would always pass."
    ),
    wrong="authscribe docs --check",
    right='pages = ["docs", "!docs/drafts"]',
)


_EXAMPLES: Final = {"pages": "docs", "files": ".env.example"}


def report_no_pages(place: Place, key: str) -> Finding:
    """Report that neither arguments nor the key of the configuration name a file."""
    example = f'{key} = ["{_EXAMPLES[key]}"]'
    return RULE.finding(
        place,
        f"no {key} are given or configured",
        f"set `{key}` in authscribe.toml, such as {example}, or pass files, folders or patterns as arguments",
    )


def report_all_pages_excluded(place: Place, key: str) -> Finding:
    """Report a pattern that excludes the last file."""
    return RULE.finding(
        place, f"every {key.removesuffix('s')} is excluded", f"correct the pattern, or list other {key}"
    )
