"""The rule `broken-table`."""

from __future__ import annotations

from typing import Final

from authscribe.findings.finding import Finding, Place, Severity
from authscribe.findings.rule import Rule

RULE: Final = Rule(
    code="broken-table",
    severity=Severity.ERROR,
    summary="a scheme's table that cannot be read",
    why=(
        "The section says that a table of secrets follows, but what follows is no table to docutils. Skipping it "
        "would silently remove the secrets from every output."
    ),
    wrong=(".. list-table::\n" "\n" "   * - Property\n" "     - Description\n" "   * - ``client_id``"),
    right=(
        ".. list-table::\n"
        "\n"
        "   * - Property\n"
        "     - Description\n"
        "   * - ``client_id``\n"
        "     - Names the application."
    ),
)


# Pages


def report_broken_table(place: Place, problem: str, *, scheme: str | None) -> Finding:
    """A table in a scheme's section that is no valid table."""
    return RULE.finding(
        place,
        f"the table of this scheme cannot be read: {problem}",
        "correct the table: its rows are part of the page, and each has as many cells as the header",
        scheme=scheme,
    )
